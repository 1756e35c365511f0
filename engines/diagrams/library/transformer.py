"""Transformers, recurrences and what else runs along a sequence."""

from __future__ import annotations

from engines.diagrams.library.attention import ATTENTION
from engines.diagrams.library.entry import Entry

PRE_NORM = (
    ATTENTION
    + """
def PreNormEncoder(X: x m) -> x m
  size m = 64
  size h = 4
  size k = 16
  size f = 128
  block Layer xN: X -> Y
    n: x m = LayerNorm[m](X)
    a: x m = MultiHeadAttention(n, n)
    r: x m = add(X, a)
    p: x m = LayerNorm[m](r)
    u: x f = Linear+[up](p)
    g: x f = gelu(u)
    d: x m = Linear+[down](g)
    Y: x m = add(r, d)
  size N = 2
"""
)

POST_NORM = (
    ATTENTION
    + """
def PostNormEncoder(X: x m) -> x m
  size m = 64
  size h = 4
  size k = 16
  size f = 128
  block Layer xN: X -> Y
    a: x m = MultiHeadAttention(X, X)
    r: x m = add(X, a)
    n: x m = LayerNorm[m](r)
    u: x f = Linear+[up](n)
    g: x f = gelu(u)
    d: x m = Linear+[down](g)
    s: x m = add(n, d)
    Y: x m = LayerNorm[m](s)
  size N = 2
"""
)

TRANSFORMER = (
    ATTENTION
    + """
def FeedForward(X: x m) -> x m
  u: x f = Linear+[up](X)
  g: x f = relu(u)
  d: x m = Linear+[down](g)

def Transformer(S: x m, T: y m) -> y m
  size m = 64
  size h = 4
  size k = 16
  size f = 128
  size N = 2
  block Encoder xN: S -> E
    a: x m = MultiHeadAttention[self](S, S)
    r: x m = add(S, a)
    n: x m = LayerNorm[m](r)
    d: x m = FeedForward(n)
    s: x m = add(n, d)
    E: x m = LayerNorm[m](s)
  block Decoder xN: T -> Z
    a1: y m = MultiHeadAttention[self](T, T)
    r1: y m = add(T, a1)
    n1: y m = LayerNorm[m](r1)
    a2: y m = MultiHeadAttention[cross](n1, E)
    r2: y m = add(n1, a2)
    n2: y m = LayerNorm[m](r2)
    d2: y m = FeedForward(n2)
    s2: y m = add(n2, d2)
    Z: y m = LayerNorm[m](s2)
"""
)

GPT = """\
def GPT(T: b x in v) -> b x v
  size v = 256
  size m = 64
  size k = 16
  size h = 4
  size f = 256
  size N = 3
  e: b x m = Embed[tokens](T)
  p: x m = param[positions]()
  X: b x m = add(e, p)
  block Layer xN: X -> Y
    n: b x m = LayerNorm[m](X)
    q: b x h k = Linear+[Q](n)
    n2: b y m = rename[x -> y](n)
    g: b y h k = Linear+[K](n2)
    u: b y h k = Linear+[V](n2)
    s: b h x y = einsum(q, g) * k^(-1/2)
    c: b h x y = causal[x y](s)
    a: b h x y = softmax[y](c)
    o: b x h k = einsum(a, u)
    z: b x m = Linear+[O](o)
    r: b x m = add(X, z)
    n3: b x m = LayerNorm[m](r)
    i: b x f = Linear+[up](n3)
    j: b x f = gelu(i)
    d: b x m = Linear+[down](j)
    Y: b x m = add(r, d)
  l: b x m = LayerNorm[m](Y)
  w: b x v = Linear[head](l)
"""

SWIGLU = """\
def SwiGLU(X: x m) -> x m
  n: x m = RMSNorm[m, eps=1e-06](X)
  g: x f = Linear[gate](n)
  s: x f = silu(g)
  u: x f = Linear[up](n)
  p: x f = mul(s, u)
  d: x m = Linear[down](p)
  y: x m = add(X, d)
"""

MOE = """\
def MixtureOfExperts(X: x m) -> x m
  size e = 8
  # the router keeps the two best experts; softmax makes the others exactly zero
  r: x e = Linear[router](X)
  t: x e = topk[e, k=2](r)
  w: x e = softmax[e](t)
  W: e m f = param[up]()
  u: x e f = einsum(X, W)
  g: x e f = silu(u)
  D: e f m = param[down]()
  d: x e m = einsum(g, D)
  y: x m = einsum(w, d)
"""

LSTM = """\
def LSTM(X: t b i, H: b n, C: b n) -> t b n, b n, b n
  size g = 4
  scan Cell over t: H C -> H1 C1 collect Y = H1
    u: b g n = Linear+[ih](X)
    v: b g n = Linear+[hh, n -> g n](H)
    s: b g n = add(u, v)
    s0: b n = index[g, at=0](s)
    s1: b n = index[g, at=1](s)
    s2: b n = index[g, at=2](s)
    s3: b n = index[g, at=3](s)
    a: b n = sigmoid(s0)
    f: b n = sigmoid(s1)
    z: b n = tanh(s2)
    o: b n = sigmoid(s3)
    k: b n = mul(f, C)
    w: b n = mul(a, z)
    C1: b n = add(k, w)
    c: b n = tanh(C1)
    H1: b n = mul(o, c)
  return Y, H1, C1
"""

GRU = """\
def GRU(X: t b i, H: b n) -> t b n, b n
  scan Cell over t: H -> H1 collect Y = H1
    r0: b n = Linear+[ir](X)
    r1: b n = Linear+[hr, n -> n](H)
    r2: b n = add(r0, r1)
    r: b n = sigmoid(r2)
    z0: b n = Linear+[iz](X)
    z1: b n = Linear+[hz, n -> n](H)
    z2: b n = add(z0, z1)
    z: b n = sigmoid(z2)
    c0: b n = Linear+[ic](X)
    c1: b n = Linear+[hc, n -> n](H)
    c2: b n = mul(r, c1)
    c3: b n = add(c0, c2)
    c: b n = tanh(c3)
    d: b n = sub(H, c)
    e: b n = mul(z, d)
    H1: b n = add(c, e)
  return Y, H1
"""

GRAPH = """\
def GraphNetworkBlock(E: e i, V: v j, R: e v, S: e v) -> e p, v q
  # R and S say of every edge where it ends and begins (one-hot rows)
  r: e j = einsum(R, V)
  s: e j = einsum(S, V)
  a: e p = Linear+[edge](E)
  b: e p = Linear[receiver](r)
  c: e p = Linear[sender](s)
  d: e p = add(a, b, c)
  F: e p = relu(d)
  g: v p = einsum(R, F)
  h: v q = Linear+[node](V)
  k: v q = Linear[sum](g)
  l: v q = add(h, k)
  W: v q = relu(l)
  return F, W
"""

ENTRIES = {
    "pre-norm": Entry("Pre-norm encoder", PRE_NORM, "torch TransformerEncoderLayer(norm_first)"),
    "post-norm": Entry("Post-norm encoder", POST_NORM, "torch.nn.TransformerEncoderLayer"),
    "transformer": Entry("Transformer", TRANSFORMER, "Vaswani et al. 2017; Abbott 2024, figure 22"),
    "gpt": Entry("GPT", GPT, "Radford et al. 2019"),
    "swiglu": Entry("SwiGLU", SWIGLU, "Shazeer 2020"),
    "moe": Entry("Mixture of experts", MOE, "Shazeer et al. 2017"),
    "lstm": Entry("LSTM", LSTM, "Hochreiter & Schmidhuber 1997"),
    "gru": Entry("GRU", GRU, "Cho et al. 2014"),
    "graph": Entry("Graph network block", GRAPH, "Battaglia et al. 2018"),
}  # fmt: skip
