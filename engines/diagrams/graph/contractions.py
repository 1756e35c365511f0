"""The order in which an einsum of several arrays is computed."""

from __future__ import annotations

from engines.diagrams.graph.nodes import Axes, Node


def contractions(node: Node, args: list[Axes]) -> list[tuple[Axes, bool]]:
    """Every pairwise step of an einsum from left to right: its axes, and whether any is summed."""
    found = []
    left = args[0] if args else ()
    for k, right in enumerate(args[1:], start=2):
        every = tuple(dict.fromkeys((*left, *right)))
        later = {axis for axes in args[k:] for axis in axes}
        kept = tuple(a for a in every if a in node.out.axes or a in later)
        # An outer product of two factors of a contraction is a matrix product, as torch does it.
        met = len(kept) < len(every) or bool(node.attrs.get("outer"))
        found.append((every, met))
        left = kept
    return found
