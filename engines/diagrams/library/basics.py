"""The language itself: indexes, broadcasts, elementwise maps, graphical linear algebra."""

from __future__ import annotations

from engines.diagrams.library.entry import Entry

TENSORS = """\
def Tensors(a: p, b: q r, c: s) -> u r
  size p = 3
  size q = 4
  size r = 2
  size s = 6
  f: p1 p2 = fn[f, q r s -> p1 p2](b, c)
  g: u r = fn[g, p p1 p2 -> u r](a, f)
"""

INDEXES = """\
def Indexes(A: a b) -> ()
  u: b = index[a, at=i_a](A)
  v: () = index[b, at=j_b](u)
"""

SUBTENSOR = """\
def Subtensor(A: r c) -> c
  size r = 4
  size c = 3
  v: c = index[r, at=2](A)
"""

BROADCAST = """\
def Broadcasting(A: r c) -> r d
  size r = 4
  size c = 3
  size d = 2
  v: r d = fn[G, c -> d](A)
"""

INDEXED_BROADCAST = """\
def BroadcastThenIndex(A: r c) -> d
  size r = 4
  size c = 3
  size d = 2
  v: r d = fn[G, c -> d](A)
  w: d = index[r, at=2](v)
"""

INNER = """\
def InnerBroadcasting(A: r c, B: s) -> r d
  size r = 4
  size c = 3
  size s = 4
  size d = 2
  v: r d = fn[H, c s -> d](A, B)
"""

INDEXED_INNER = """\
def InnerBroadcastThenIndex(A: r c, B: s) -> d
  size r = 4
  size c = 3
  size s = 4
  size d = 2
  v: r d = fn[H, c s -> d](A, B)
  w: d = index[r, at=2](v)
"""

ELEMENTWISE = """\
def Elementwise(A: r c) -> r c
  size r = 4
  size c = 3
  v: r c = tanh(A)
"""

SCORES = """\
def Scores(Q: y k h, K: x k h) -> y x h
  s: y x h = einsum(Q, K) * k^(-1/2)
"""

SCORES_IN_STEPS = """\
def ScoresInSteps(Q: y k h, K: x k h) -> y x h
  t: k x h = permute(K)
  s: y x h = einsum(Q, t)
  e: y x h = permute(s) * k^(-1/2)
"""

SNAKE = """\
def Snake(X: a) -> c
  # a unit and an inner product, arranged like this, are the identity
  size b = 5
  g: b = Linear[G](X)
  u: b1 b2 = eye()
  r: b1 = rename[b -> b1](g)
  w: b2 = einsum(r, u)
  h: c = Linear[H](w)
"""

TRANSPOSE = """\
def AssociatedTranspose(X: b a) -> c
  # F: a -> b c, its wire b bent round: F^T takes b and a
  F: b c a = param[F]()
  y: c = einsum(X, F)
"""

OUTER = """\
def OuterProduct(X: a, Y: b) -> c d
  g: c = Linear[G](X)
  h: d = Linear[H](Y)
  k: c d = einsum(g, h)
"""

DIGITS = """\
def DigitRecogniser(X: x y) -> c
  size x = 28
  size y = 28
  size f = 512
  size g = 512
  size c = 10
  v: p = view[x y -> p](X)
  a: f = Linear+(v)
  r: f = relu(a)
  b: g = Linear+(r)
  s: g = relu(b)
  d: c = Linear+(s)
  Y: c = softmax[c](d)
"""

FIGURE = "Abbott 2024, figure"
ENTRIES = {
    "tensors": Entry("Tensors and tuples", TENSORS, "Abbott 2024, section 2.3"),
    "indexes": Entry("Indexes", INDEXES, f"{FIGURE} 8"),
    "subtensor": Entry("Subtensor", SUBTENSOR, f"{FIGURE} 9"),
    "broadcast": Entry("Broadcasting", BROADCAST, f"{FIGURE} 10"),
    "broadcast-index": Entry("Broadcasting, defined", INDEXED_BROADCAST, f"{FIGURE} 10"),
    "inner": Entry("Inner broadcasting", INNER, f"{FIGURE} 11"),
    "inner-index": Entry("Inner broadcasting, defined", INDEXED_INNER, f"{FIGURE} 11"),
    "elementwise": Entry("Elementwise", ELEMENTWISE, f"{FIGURE} 12"),
    "scores": Entry("Scores, fused", SCORES, f"{FIGURE} 17"),
    "scores-steps": Entry("Scores, in steps", SCORES_IN_STEPS, f"{FIGURE} 17"),
    "snake": Entry("Unit and inner product", SNAKE, f"{FIGURE} 18"),
    "transpose": Entry("Associated transpose", TRANSPOSE, f"{FIGURE} 18"),
    "outer": Entry("Outer product", OUTER, f"{FIGURE} 18"),
    "digits": Entry("Digit recogniser", DIGITS, f"{FIGURE} 19"),
}
