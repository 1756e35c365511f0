"""Channels that are dealt into groups: as many in each, or a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engines.diagrams.graph.errors import problem
from engines.diagrams.graph.nodes import Graph, Node


def uneven(groups: int, axes: Iterable[str], sizes: Mapping[str, int]) -> str:
    """What is wrong with the first axis that the groups do not divide, "" where all are well.

    >>> uneven(3, ("c", "d"), {"c": 6, "d": 8})
    'axis d has 8 positions, which 3 groups do not share equally'
    """
    for axis in axes:
        size = sizes.get(axis)
        if size is not None and size % groups:
            return f"axis {axis} has {size} positions, which {groups} groups do not share equally"
    return ""


def hint_of(groups: int) -> str:
    """How to mend it."""
    return f"take a size that {groups} divides, or groups that divide the size"


def check_groups(graph: Graph, sizes: Mapping[str, int]) -> None:
    """Refuse sizes that groups do not divide.

    Raises:
        DiagramError: with the operation, the axis and its size.
    """
    for _path, _graph, node in graph.walk():
        said = uneven(node.attrs.get("groups", 1), grouped_axes(node), sizes)
        if said:
            word = node.attrs.get("fn") or node.kind
            raise problem("bad-size", f"{word} of {node.out.name}: {said}",
                          hint_of(node.attrs["groups"]), node.span)  # fmt: skip


def grouped_axes(node: Node) -> tuple[str, ...]:
    """Axes that an operation deals into groups."""
    if node.kind == "norm":
        return tuple(node.attrs["axes"][:1])
    return tuple(node.attrs[key] for key in ("channel", "made") if key in node.attrs)
