"""Attention in its forms."""

from __future__ import annotations

from engines.diagrams.library.entry import Entry

ATTENTION = """\
def MultiHeadAttention(E: y m, X: x m) -> y m
  q: y k h = Linear[Q](E)
  p: x k h = Linear[K](X)
  v: x k h = Linear[V](X)
  s: y x h = einsum(q, p) * k^(-1/2)
  a: y x h = softmax[x](s)
  o: y k h = einsum(a, v)
  z: y m = Linear[O](o)
"""

CALLED_OUT = (
    ATTENTION
    + """  note q "Learned maps generate Q, K and V from the inputs."
  note s "The h axes are diagonalised: heads run in parallel."
  note o "The heads are combined into one vector."
"""
)

SDPA = """\
def Attention(Q: y k, K: x k, V: x k) -> y k
  s: y x = einsum(Q, K) * k^(-1/2)
  a: y x = softmax[x](s)
  o: y k = einsum(a, V)
"""

CAUSAL = """\
def CausalAttention(Q: b h y k, K: b h x k, V: b h x k) -> b h y k
  s: b h y x = einsum(Q, K) * k^(-1/2)
  c: b h y x = causal[y x](s)
  a: b h y x = softmax[x](c)
  o: b h y k = einsum(a, V)
"""

MASKED = """\
def MaskedAttention(Q: y k, K: x k, V: x k, M: y x in bool) -> y k
  s: y x = einsum(Q, K) * k^(-1/2)
  c: y x = masked(s, M)
  a: y x = softmax[x](c)
  o: y k = einsum(a, V)
"""

GROUPED = """\
def GroupedQueryAttention(Q: b g h y k, K: b g x k, V: b g x k) -> b g h y k
  # h query heads of each group g share one key and one value head
  s: b g h y x = einsum(Q, K) * k^(-1/2)
  a: b g h y x = softmax[x](s)
  o: b g h y k = einsum(a, V)
"""

MULTI_QUERY = """\
def MultiQueryAttention(X: x m, E: y m) -> y m
  q: y k h = Linear[Q](E)
  p: x k = Linear[K](X)
  v: x k = Linear[V](X)
  s: y x h = einsum(q, p) * k^(-1/2)
  a: y x h = softmax[x](s)
  o: y k h = einsum(a, v)
  z: y m = Linear[O](o)
"""

CACHE = """\
def CachedStep(q: h k, K0: x h k, k1: h k, V0: x h k, v1: h k) -> h k
  # one new token; keys and values of the x before it are kept
  kn: u h k = view[-> u](k1)
  vn: u h k = view[-> u](v1)
  K: t h k = concat[x u -> t](K0, kn)
  V: t h k = concat[x u -> t](V0, vn)
  s: t h = einsum(q, K) * k^(-1/2)
  a: t h = softmax[t](s)
  o: h k = einsum(a, V)
"""

ROTARY = """\
def RotaryScores(Q: b h y k, K: b h x k) -> b h y x
  size k = 16
  q: b h y k = rotate[y k](Q)
  p: b h x k = rotate[x k](K)
  s: b h y x = einsum(q, p) * k^(-1/2)
"""

VISUAL = """\
def VisualAttention(Y: p q c, X: r s c) -> p q c
  group ȳ = p q
  group x̄ = r s
  f: p q k h = Linear[Q](Y)
  g: r s k h = Linear[K](X)
  v: r s k h = Linear[V](X)
  e: p q r s h = einsum(f, g) * k^(-1/2)
  a: p q r s h = softmax[r s](e)
  o: p q k h = einsum(a, v)
  z: p q c = Linear[O](o)
"""

PAPER = "Vaswani et al. 2017; Abbott 2024, figure"
ENTRIES = {
    "attention": Entry("Multi-head attention", ATTENTION, f"{PAPER} 21", {"m": 64}),
    "notes": Entry("Multi-head attention, called out", CALLED_OUT, f"{PAPER} 21", {"m": 64}),
    "sdpa": Entry("Scaled dot-product attention", SDPA, f"{PAPER} 20"),
    "causal": Entry("Causal attention", CAUSAL, "torch scaled_dot_product_attention"),
    "masked": Entry("Masked attention", MASKED, "torch scaled_dot_product_attention"),
    "gqa": Entry("Grouped-query attention", GROUPED, "Ainslie et al. 2023"),
    "mqa": Entry("Multi-query attention", MULTI_QUERY, "Shazeer 2019"),
    "cache": Entry("One step with a cache", CACHE, "Shazeer 2019", {"u": 1}),
    "rotary": Entry("Rotary positions", ROTARY, "Su et al. 2021"),
    "visual": Entry("Visual attention", VISUAL, "Abbott 2024, figure 28"),
}
