"""The same diagram written otherwise, and written otherwise with one operation altered.

What a comparison is held against: names of values and the order of lines mean nothing, every
setting of an operation does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from engines.diagrams.comparing.alignment import lines_of
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Graph, Node, Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import TIES

N_REWRITES = 60
OPERATIONS_MAX = 300
"""Larger diagrams are not rewritten: their comparison is slow enough by itself."""
_OTHERS = {
    "pointwise": ("relu", "tanh", "silu", "sigmoid"),
    "combine": ("add", "mul", "sub"),
    "softmax": ("softmax", "log_softmax"),
    "reduce": ("sum", "mean", "max"),
}


def told_apart(circuit: Circuit) -> tuple[np.ndarray, np.ndarray]:
    """Whether a difference is told, bool[rewrite]: as it is, and with one operation altered.

    Both are empty where nothing can be altered, or where the diagram is large.
    """
    nothing = np.zeros(0, bool)
    if sum(1 for _ in circuit.graph.walk()) > OPERATIONS_MAX:
        return nothing, nothing
    plain, other = [], []
    for k in range(N_REWRITES):
        rng = np.random.Generator(np.random.Philox(key=k))
        same = rewritten(circuit.graph, rng)
        if not _n_changes(same):
            return nothing, nothing
        plain.append(_differ(circuit.graph, same))
        other.append(_differ(circuit.graph, altered(same, rng)))
    return np.array(plain), np.array(other)


def _differ(a: Graph, b: Graph) -> bool:
    lines, wires = lines_of(a, b)
    return bool(wires) or any(what != "same" for what, _, _ in lines)


def rewritten(graph: Graph, rng: np.random.Generator) -> Graph:
    """Other names for all values, and lines in another order in which each has what it reads."""
    names = list(graph.values())
    new = dict(zip(names, (f"v{k}" for k in rng.permutation(len(names))), strict=True))
    made = {value.name: k for k, node in enumerate(graph.nodes) for value in node.outs}
    waits = [{made[n] for n in node.args if n in made} for node in graph.nodes]
    order: list[int] = []
    while len(order) < len(graph.nodes):
        ready = [k for k, needs in enumerate(waits) if k not in order and needs <= set(order)]
        order.append(int(rng.choice(ready)))
    nodes = tuple(_renamed(graph.nodes[k], new, rng) for k in order)
    inputs = tuple(_value(value, new) for value in graph.inputs)
    return Graph(graph.name, inputs, nodes, tuple(new[name] for name in graph.outputs))


def _renamed(node: Node, new: dict[str, str], rng: np.random.Generator) -> Node:
    ties = {a: new[v] for a in TIES.values() if isinstance(v := node.attrs.get(a), str)}
    return replace(
        node.with_attrs(**ties),
        args=tuple(new[name] for name in node.args),
        outs=tuple(_value(value, new) for value in node.outs),
        body=node.body and rewritten(node.body, rng),
    )


def _value(value: Value, new: dict[str, str]) -> Value:
    return replace(value, name=new[value.name])


def altered(graph: Graph, rng: np.random.Generator) -> Graph:
    """One operation of some level otherwise, or what a level gives.

    An operation has another function, factor, bias or order of arguments, or reads another wire of
    the same axes.
    """
    return _with_change(graph, int(rng.integers(_n_changes(graph))))


def _n_changes(graph: Graph) -> int:
    levels = [graph, *(node.body for _, _, node in graph.walk() if node.body is not None)]
    return sum(1 for level in levels for _ in _levels_otherwise(level))


def _with_change(graph: Graph, at: int) -> Graph:
    own = list(_levels_otherwise(graph))
    if at < len(own):
        return own[at]
    at -= len(own)
    for node in graph.nodes:
        inner = _n_changes(node.body) if node.body is not None else 0
        if node.body is not None and at < inner:
            return _with(graph, node, replace(node, body=_with_change(node.body, at)))
        at -= inner
    return graph


def _with(graph: Graph, node: Node, other: Node) -> Graph:
    return replace(graph, nodes=tuple(other if one is node else one for one in graph.nodes))


def _levels_otherwise(graph: Graph) -> Iterator[Graph]:
    """The level with one operation altered, or with another output."""
    above = list(graph.inputs)
    for node in graph.nodes:
        for other in (*_changes(node), *_reading_others(node, above)):
            yield _with(graph, node, other)
        above += node.outs
    for k, name in enumerate(graph.outputs):
        for other in _last_like(name, above):
            yield replace(graph, outputs=(*graph.outputs[:k], other, *graph.outputs[k + 1 :]))


def _reading_others(node: Node, above: Sequence[Value]) -> Iterator[Node]:
    """The operation with one argument replaced by another wire of the same axes."""
    for k, name in enumerate(node.args):
        for other in _last_like(name, above):
            yield replace(node, args=(*node.args[:k], other, *node.args[k + 1 :]))


def _last_like(name: str, values: Sequence[Value]) -> list[str]:
    """The last other value of the same axes, if there is one."""
    kind = next((v.axes, v.dtype) for v in values if v.name == name)
    fits = [v.name for v in values if v.name != name and (v.axes, v.dtype) == kind]
    return fits[-1:]


def _changes(node: Node) -> Iterator[Node]:
    """What one operation could be instead."""
    word = node.attrs.get("fn")
    for other in _OTHERS.get(node.kind, ()):
        if other != word:
            yield node.with_attrs(fn=other)
    if node.kind in ("linear", "einsum"):
        yield node.with_attrs(scale=Poly.of(2) * (node.attrs.get("scale") or Poly.of(1)))
    if node.kind in ("linear", "conv"):
        yield node.with_attrs(bias=not node.attrs.get("bias"))
    if word in ("sub", "div") and len(set(node.args)) == 2:
        yield replace(node, args=node.args[::-1])
