"""What attention costs, by the bill of the drawn network."""

from __future__ import annotations

from functools import cache

from engines.diagrams.graph.poly import Poly
from engines.diagrams.keys.asked import N_KEYS, KeysSpec

DRAWN = """\
def DrawnKeys(E: b y m, D: b x m) -> b y m
  # D are those of the patches E that were drawn
  q: b y h k = Linear[Q](E)
  p: b x h k = Linear[K](D)
  v: b x h k = Linear[V](D)
  s: b y x h = einsum(q, p) * k^(-1/2)
  a: b y x h = softmax[x](s)
  o: b y h k = einsum(a, v)
  z: b y m = Linear[O](o)
"""
MAPS = """\
def Rest(E: b y m) -> b y m
  u: b y w = Linear+(E)
  g: b y w = gelu(u)
  z: b y m = Linear(g)
"""


@cache
def _bill(text: str) -> Poly:
    from engines.diagrams.diagram import Diagram

    return Diagram.from_text(text).costs().total.flops


def attention_flops(spec: KeysSpec, n_keys: int) -> int:
    """Of a picture, all layers' attention to so many keys; two per multiplication and addition."""
    given = {"b": 1, "y": N_KEYS, "x": n_keys, "m": spec.width, "h": spec.n_heads, "k": 8}
    return spec.n_layers * _value(_bill(DRAWN), given)


def other_flops(spec: KeysSpec) -> int:
    """Of a picture, all maps that are no attention, between layers, from pixels and to classes."""
    given = {"b": 1, "y": N_KEYS, "m": spec.width, "w": 4 * spec.width}
    ends = 2 * N_KEYS * 4 * spec.width + 2 * spec.width * 10
    return spec.n_layers * _value(_bill(MAPS), given) + ends


def _value(poly: Poly, given: dict[str, int]) -> int:
    return round(float(poly.value({name: given[name] for name in poly.names})))
