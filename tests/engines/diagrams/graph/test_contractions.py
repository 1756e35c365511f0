"""The pairwise steps of an einsum of several arrays, by hand from left to right."""

from __future__ import annotations

import pytest

from engines.diagrams.graph.contractions import contractions
from engines.diagrams.graph.nodes import Node, Value


@pytest.mark.parametrize(
    ("args", "out", "steps"),
    [
        ("ij jk", "ik", [("ijk", True)]),
        ("i j", "ij", [("ij", False)]),
        # Nothing is summed before the third array, which still has both axes.
        ("i j ij", "", [("ij", False), ("ij", True)]),
        # The last array has a: it must live through the second step.
        ("ia ib bc ac", "", [("iab", True), ("abc", True), ("ac", True)]),
    ],
)
def test_an_axis_is_kept_until_the_last_array_that_has_it(args, out, steps):
    arrays = [tuple(axes) for axes in args.split()]
    node = Node("einsum", tuple("xyzw"[: len(arrays)]), (Value("out", tuple(out)),))
    assert contractions(node, arrays) == [(tuple(every), met) for every, met in steps]
