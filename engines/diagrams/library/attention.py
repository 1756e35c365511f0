"""Attention in its forms."""

from __future__ import annotations

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
