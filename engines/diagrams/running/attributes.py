"""What the module of a graph holds, and how it calls it: parameters, buffers, blocks."""

from __future__ import annotations

from dataclasses import dataclass

from engines.diagrams.graph.nodes import Graph, Node
from engines.diagrams.graph.parameters import Shape, parameters, statistics
from engines.diagrams.running.program import identifier


@dataclass(frozen=True)
class Owned:
    """What one operation holds: attribute names and shapes by suffix, or its block's attribute."""

    names: dict[str, str]
    shapes: dict[str, Shape]
    buffers: frozenset[str] = frozenset()
    """Suffixes of those that are given, not learned."""
    block: str = ""


def owned(graph: Graph) -> list[Owned]:
    """For every operation of one level, in order."""
    taken: set[str] = set()
    return [_of_node(node, taken) for node in graph.nodes]


def _of_node(node: Node, taken: set[str]) -> Owned:
    if node.body is not None:
        return Owned({}, {}, block=_free(node.name, taken))
    buffers = statistics(node)
    every = [*parameters(node), *buffers]
    if not every:
        return Owned({}, {})
    base = _free(node.name or node.out.name, taken)
    names = {suffix: base if len(every) == 1 else f"{base}_{suffix}" for suffix, _ in every}
    taken.update(names.values())
    given = every if node.attrs.get("fixed") else buffers
    return Owned(names, dict(every), frozenset(suffix for suffix, _ in given))


def _free(name: str, taken: set[str]) -> str:
    base = name = identifier(name)
    k = 2
    while name in taken or any(t.startswith(name + "_") for t in taken):
        name = f"{base}_{k}"
        k += 1
    taken.add(name)
    return name
