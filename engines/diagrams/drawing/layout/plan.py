"""When things happen: operations that need nothing of each other share a column."""

from __future__ import annotations

from collections import Counter

from engines.diagrams.graph.nodes import Graph, Node


def levels(graph: Graph) -> list[list[Node]]:
    """Operations by the longest path that leads to them; what needs no input waits to be read."""
    level: dict[str, int] = {value.name: 0 for value in graph.inputs}
    at: list[int] = []
    users: dict[str, list[int]] = {}
    for node in graph.nodes:
        needs = (*node.args, *node.attrs.get("needs", ()))
        place = max((level.get(name, 0) for name in needs), default=0)
        at.append(place)
        for name in node.args:
            users.setdefault(name, []).append(len(at) - 1)
        for value in node.outs:
            level[value.name] = place + 1
        level |= dict.fromkeys(node.attrs.get("hides", ()), place + 1)
    free = rootless(graph)
    for k, node in reversed(list(enumerate(graph.nodes)) if free else ()):
        if (node.outs and node.outs[0].name in free) or not node.args:
            later = [at[u] for value in node.outs for u in users.get(value.name, ())]
            at[k] = max(at[k], min(later, default=1) - 1)
    found: list[list[Node]] = [[] for _ in range(max(at, default=-1) + 2)]
    for place, node in zip(at, graph.nodes, strict=True):
        found[place].append(node)
    return [nodes for nodes in found if nodes]


def rootless(graph: Graph) -> set[str]:
    """Values that come from no input: learned arrays, constants, memory, and what they become."""
    free: set[str] = set()
    for node in graph.nodes:
        needs = (*node.args, *node.attrs.get("needs", ()))
        if not node.args or (free and node.body is None and free.issuperset(needs)):
            free.update(value.name for value in node.outs)
    return free


def uses(graph: Graph) -> Counter[str]:
    """How often each value is read, outputs included."""
    counts: Counter[str] = Counter(graph.outputs)
    for node in graph.nodes:
        counts.update(node.args)
    return counts


def partners(graph: Graph) -> dict[int, tuple[str, ...]]:
    """What each source is first read together with, by the identity of the source."""
    free = rootless(graph)
    if not free:
        return {}
    near: dict[str, tuple[str, ...]] = {}
    for node in reversed(graph.nodes):
        others = tuple(name for name in node.args if name not in free)
        if not others and node.outs:
            others = near.get(node.outs[0].name, ())
        near.update((name, others) for name in node.args if name in free)
    return {id(n): near.get(n.outs[0].name, ()) for n in graph.nodes if not n.args and n.outs}
