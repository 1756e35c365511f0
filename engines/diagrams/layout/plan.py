"""When things happen: operations that need nothing of each other share a column."""

from __future__ import annotations

from collections import Counter

from engines.diagrams.model import Graph, Node


def levels(graph: Graph) -> list[list[Node]]:
    """Operations by the longest path that leads to them; sources wait for who needs them."""
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
    for k, node in enumerate(graph.nodes):
        if not node.args:
            later = [at[u] for value in node.outs for u in users.get(value.name, ())]
            at[k] = max(at[k], min(later, default=1) - 1)
    found: list[list[Node]] = [[] for _ in range(max(at, default=-1) + 2)]
    for place, node in zip(at, graph.nodes, strict=True):
        found[place].append(node)
    return [nodes for nodes in found if nodes]


def uses(graph: Graph) -> Counter[str]:
    """How often each value is read, outputs included."""
    counts: Counter[str] = Counter(graph.outputs)
    for node in graph.nodes:
        counts.update(node.args)
    return counts
