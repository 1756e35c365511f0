"""Paths of operations: each has its own."""

from __future__ import annotations

from engines.diagrams import Diagram

TEXT = """word two(x) = x*relu(x)

def W(x: b p) -> b c
  size p = 8
  u: b h = Linear+[In](x)
  two_2: b h = Linear+[Mid, h -> h](u)
  a: b h = two(two_2)
  e: b h = two(a)
  y: b c = Linear+[Out](e)
"""


def test_a_second_call_does_not_take_the_path_of_a_wire():
    """By hand: Mid has h squared weights and h biases, and they stand in its own row."""
    costs = Diagram.from_text(TEXT).costs()
    assert str(costs.by_path["two_2"].params) == "h² + h"
    assert {"two", "two_3", "two_3/z1"} <= set(costs.by_path)
