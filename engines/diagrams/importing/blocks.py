"""Blocks from the module tree, and equal neighbours folded into one that repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engines.diagrams.graph.nodes import Graph, Node, Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import TIES, maker_of

Stacks = Mapping[str, tuple[tuple[str, str], ...]]
"""The modules around every operation, by the name of its first result."""


_LAYERS = frozenset(["Linear", "Embedding", "LayerNorm", "RMSNorm", "Dropout", "Upsample"])
"""Modules that are an operation, even where reading their tables takes two."""


def with_blocks(graph: Graph, stacks: Stacks) -> Graph:
    """The flat graph as blocks inside blocks, repeats folded."""
    nodes = _grouped(list(graph.nodes), 0, stacks, set(graph.outputs), graph.values())
    return replace(graph, nodes=tuple(_folded(nodes, set(graph.outputs))))


def _grouped(
    nodes: list[Node], depth: int, stacks: Stacks, needed: set[str], known: dict[str, Value]
) -> list[Node]:
    runs: list[tuple[tuple[str, str] | None, list[Node]]] = []
    for node in nodes:
        stack = stacks[node.out.name]
        here = stack[depth] if len(stack) > depth else None
        if here is not None and runs and runs[-1][0] == here:
            runs[-1][1].append(node)
        else:
            runs.append((here, [node]))
    readers = Counter(name for node in nodes for name in node.args)
    names: Counter[str] = Counter()
    found: list[Node] = []
    for here, run in runs:
        inside = Counter(name for node in run for name in node.args)
        made = {v.name: v for node in run for v in node.outs}
        outs = [v for n, v in made.items() if n in needed or readers[n] > inside[n]]
        if here is None or len(run) == 1 or not outs or here[1] in _LAYERS:
            found += run
            continue
        inner = _grouped(run, depth + 1, stacks, {v.name for v in outs}, known)
        if len(inner) == 1 and inner[0].body is not None:
            found += inner
            continue
        takes = [n for node in run for n in node.args if n not in made]
        takes = list(dict.fromkeys(takes))
        inputs = tuple(known[n] for n in takes)
        name = _block_name(here, names)
        body = Graph(
            name, inputs, tuple(_folded(inner, {v.name for v in outs})), tuple(v.name for v in outs)
        )
        found.append(Node("block", tuple(takes), tuple(outs), {"ins": len(takes)}, name, body))
    return found


def _block_name(here: tuple[str, str], names: Counter[str]) -> str:
    path, cls = here
    last = path.rsplit(".", 1)[-1]
    base = re.sub(r"\W", "_", cls if last.isdigit() else last) or "block"
    base = base if not base[0].isdigit() else "_" + base
    names[base] += 1
    return base if names[base] == 1 else f"{base}_{names[base]}"


def _folded(nodes: list[Node], needed: set[str]) -> list[Node]:
    """Neighbouring blocks that feed one another and differ in nothing but weights, as one."""
    found: list[Node] = []
    k = 0
    while k < len(nodes):
        run = [nodes[k]]
        while k + len(run) < len(nodes) and _continues(run[-1], nodes[k + len(run)]):
            run.append(nodes[k + len(run)])
        run = _unseen(run, nodes, k, needed)
        found.append(_repeated(run) if len(run) > 1 else run[0])
        k += len(run)
    return found


def _unseen(run: list[Node], nodes: list[Node], k: int, needed: set[str]) -> list[Node]:
    """Cut a run where somebody else reads what a block inside it gives."""
    for n in range(len(run) - 1):
        inner = {v.name for v in run[n].outs}
        others = [*nodes[:k], *nodes[k + n + 2 :]]
        if inner & needed or any(inner & set(node.args) for node in others):
            return run[: n + 1]
    return run


def _continues(a: Node, b: Node) -> bool:
    if a.body is None or b.body is None or len(a.args) != len(b.args) or len(a.outs) != len(b.outs):
        return False
    if a.attrs.get("over") or b.attrs.get("over") or "repeat" in a.attrs or "repeat" in b.attrs:
        return False
    outs = [v.name for v in a.outs]
    fed = [name for name in b.args if name in outs]
    rest = [name for name in b.args if name not in outs]
    if fed != outs or any(name not in a.args for name in rest):
        return False
    return _shape(a, len(a.outs), rest) == _shape(b, len(b.outs), rest)


def _shape(node: Node, n_carried: int, rest: list[str]) -> Any:
    """What a block is but for names of values and of axes that only it has."""
    assert node.body is not None
    fixed = {a for v in node.body.inputs for a in v.axes} | {a for v in node.outs for a in v.axes}
    canon = _Canon(fixed)
    carried = [v for v in node.body.inputs if v.name not in rest]
    if len(carried) != n_carried:
        return object()
    ordered = [
        *carried,
        *sorted((v for v in node.body.inputs if v.name in rest), key=lambda v: v.name),
    ]
    return canon.graph(replace(node.body, inputs=tuple(ordered)))


class _Canon:
    def __init__(self, fixed: set[str]) -> None:
        self.fixed = fixed
        self.axes: dict[str, str] = {}
        self.values: dict[str, int] = {}

    def axis(self, name: str) -> str:
        return name if name in self.fixed else self.axes.setdefault(name, f"#{len(self.axes)}")

    def value(self, name: str) -> int:
        return self.values.setdefault(name, len(self.values))

    def graph(self, graph: Graph) -> Any:
        inputs = tuple((self.value(v.name), self.any(v.axes), v.dtype) for v in graph.inputs)
        nodes = tuple(self.node(node) for node in graph.nodes)
        return inputs, nodes, tuple(self.value(n) for n in graph.outputs)

    def node(self, node: Node) -> Any:
        attrs = tuple((k, self.any(v)) for k, v in sorted(node.attrs.items()))
        args = tuple(self.value(n) for n in node.args)
        body = self.graph(node.body) if node.body is not None else None
        outs = tuple((self.value(v.name), self.any(v.axes), v.dtype) for v in node.outs)
        return node.kind, args, outs, attrs, body

    def any(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self.any(v) for v in value)
        if isinstance(value, str):
            return self.axis(value)
        if isinstance(value, Poly):
            return value.replaced({n: Poly.of(self.axis(n)) for n in value.names})
        return value


def _repeated(run: list[Node]) -> Node:
    first, last = run[0], run[-1]
    assert first.body is not None
    outs = [v.name for v in first.outs]
    feeds = [name for name in run[1].args if name in outs]
    positions = [run[1].args.index(name) for name in feeds]
    rest = [k for k in range(len(first.args)) if k not in positions]
    order = [*positions, *rest]
    body = replace(first.body, inputs=tuple(first.body.inputs[k] for k in order))
    new = {a: b.name for a, b in zip(body.outputs, last.outs, strict=True)}
    body = _renamed_values(body, new)
    attrs = {"carried": len(positions), "repeat": Poly.of(len(run))}
    args = tuple(first.args[k] for k in order)
    copies = tuple(node.body for node in run if node.body is not None)
    made = tuple(replace(v, axes=w.axes) for v, w in zip(last.outs, first.outs, strict=True))
    return Node("block", args, made, attrs, first.name, body, copies=copies)


def _renamed_values(graph: Graph, new: Mapping[str, str]) -> Graph:
    """The graph with some of its own values under other names."""

    def name(old: str) -> str:
        return new.get(old, old)

    nodes = []
    for node in graph.nodes:
        body = node.body
        if body is not None:
            body = replace(
                _renamed_values(body, new),
                inputs=tuple(replace(v, name=name(v.name)) for v in body.inputs),
            )
        outs = tuple(replace(v, name=name(v.name)) for v in node.outs)
        nodes.append(replace(node, args=tuple(map(name, node.args)), outs=outs, body=body))
    return replace(graph, nodes=tuple(nodes), outputs=tuple(map(name, graph.outputs)))


def ties_in_reach(graph: Graph) -> Graph:
    """Weights are shared by name within one block; one from elsewhere is told to be no new one."""
    made = {value.name for node in graph.nodes if node.body is None for value in node.outs}

    def kept(node: Node) -> Node:
        if node.body is not None:
            return replace(node, body=ties_in_reach(node.body))
        far = {TIES[a]: True for a in TIES if maker_of(node, a) and maker_of(node, a) not in made}
        return node.with_attrs(**far)

    return replace(graph, nodes=tuple(map(kept, graph.nodes)))
