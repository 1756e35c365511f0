"""Learned arrays that several operations share."""

from __future__ import annotations

from engines.diagrams.graph.nodes import Node

TIES = {"weight": "tied", "bias": "tied_bias"}
"""An array of an operation, and the attribute that names the value whose maker has it already.

The attribute is True where that maker stands in another block.
"""


def maker_of(node: Node, array: str) -> str:
    """The value whose maker an array is shared with, "" when it is its own or of another block."""
    found = node.attrs.get(TIES.get(array, ""))
    return found if isinstance(found, str) else ""


def is_own(node: Node, array: str) -> bool:
    """Whether an array is the operation's own and not counted with another one."""
    return not node.attrs.get(TIES.get(array, ""))
