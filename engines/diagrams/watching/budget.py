"""How many numbers would flow, told before they do."""

from __future__ import annotations

import math

from engines.contract import InputError
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Graph
from engines.diagrams.graph.poly import Poly

NUMBERS_MAX = 50_000_000
"""Numbers that one run may make on all wires together."""


def check_numbers(circuit: Circuit, sizes: dict[str, int]) -> None:
    """Refuse what would be too many.

    Raises:
        InputError: with how many there would be.
    """
    given = sum(math.prod(sizes[axis] for axis in v.axes) for v in circuit.graph.inputs)
    n = given + n_numbers(circuit.graph, sizes)
    if n > NUMBERS_MAX:
        raise InputError(
            f"the wires would carry {n:,} numbers, more than {NUMBERS_MAX:,}; take fewer examples "
            "or smaller sizes"
        )


def n_numbers(graph: Graph, sizes: dict[str, int]) -> int:
    """How many numbers all operations make together, every turn counted."""
    found = 0
    for node in graph.nodes:
        found += math.prod(sizes[axis] for axis in node.out.axes)
        if node.body is not None:
            repeat = node.attrs.get("repeat")
            turns = sizes.get(node.attrs.get("over", ""), 1)
            turns *= int(Poly.of(repeat).value(sizes)) if repeat is not None else 1
            found += turns * n_numbers(node.body, sizes)
    return found
