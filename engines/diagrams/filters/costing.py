"""What a picture costs, by the bill of the drawn network."""

from __future__ import annotations

from functools import cache

from engines.diagrams.filters.asked import ALL, GUESSED, KNOWN, SHARES
from engines.diagrams.graph.poly import Poly

DRAWN = """\
def SomeFilters(X: b c y x) -> b k
  size c = 1
  size y = 8
  size x = 8
  first: b d p q = Conv+[y x -> p q, c -> d, kernel=3, stride=2, pad=1](X)
  r: b d p q = relu(first)
{heads_of_second}\
  second: b e u v = Conv+[p q -> u v, d -> e, kernel=2, pad=0](r)
  s: b e u v = relu(second)
{heads_of_third}\
  third: b f i j = Conv+[u v -> i j, e -> f, kernel=2, pad=0](s)
  t: b f i j = relu(third)
  z: b k = Linear+[f i j -> k](t)
"""
HEADS = {
    "heads_of_second": "  m: b d = max[p q](r)\n  g: b E = Linear+[d -> E](m)\n",
    "heads_of_third": "  n: b e = max[u v](s)\n  h: b F = Linear+[e -> F](n)\n",
}
"""E and F filters of the layers there are, of which e and f are computed."""


def drawn(arm: str) -> str:
    """The network of an arm as a diagram."""
    return DRAWN.format(**(HEADS if arm == GUESSED else dict.fromkeys(HEADS, "")))


@cache
def _bill(arm: str) -> Poly:
    from engines.diagrams.diagram import Diagram

    return Diagram.from_text(drawn(arm)).costs().total.flops


def flops(arm: str, level: str, sizes: tuple[int, int, int], n_classes: int = 10) -> int:
    """Of a picture; two per multiplication and addition.

    What is known afterwards was computed first: it costs as much as all filters.
    """
    d, e, f = sizes
    share = 1.0 if arm in (ALL, KNOWN) else SHARES[level]
    found = _bill(arm)
    given = {"b": 1, "c": 1, "d": d, "e": kept(e, share), "f": kept(f, share), "E": e, "F": f}
    given |= {"k": n_classes, "p": 4, "q": 4, "u": 3, "v": 3, "i": 2, "j": 2}
    return round(float(found.value({name: given[name] for name in found.names})))


def kept(n: int, share: float) -> int:
    """So many of n filters."""
    return round(n * share)
