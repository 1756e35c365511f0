"""Operations of one level as they are compared, in an order that both diagrams share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engines.diagrams.graph.nodes import Graph, Node, join
from engines.diagrams.graph.sharing import TIES


@dataclass(frozen=True)
class Step:
    """One operation: where it stands, what it is known by, itself."""

    path: str
    key: tuple[Any, ...]
    node: Node


def steps(graph: Graph, path: str) -> list[Step]:
    """Every operation of a level."""
    return [Step(join(path, node.key), _key(node, graph), node) for node in graph.nodes]


def sort_of(node: Node) -> tuple[str, str, str]:
    """What kind of operation it is, and its label."""
    return node.kind, str(node.attrs.get("fn", "")), node.name


def settings(node: Node) -> dict[str, Any]:
    """All that an operation is told but names of values."""
    return {name: value for name, value in node.attrs.items() if name not in TIES.values()}


def _key(node: Node, graph: Graph) -> tuple[Any, ...]:
    """What an operation is: names of values left out, what its arguments are kept."""
    made = {v.name: n for n in graph.nodes for v in n.outs}
    sources = tuple(sort_of(made[name])[:2] if name in made else ("input",) for name in node.args)
    if node.body is not None:
        return ("block", node.name)
    return (*sort_of(node), sources)


def inputs_alike(a: Graph, b: Graph) -> dict[str, str]:
    """What the first level's inputs are called in the second: by their axes, else by their place.

    A definition that takes the same arrays in another order computes the same.
    """
    left = {v.name: (v.axes, v.dtype) for v in b.inputs}
    found: dict[str, str] = {}
    for value in a.inputs:
        fits = [name for name, kind in left.items() if kind == (value.axes, value.dtype)]
        named = [name for name in fits if name == value.name]
        if fits:
            found[value.name] = (named or fits)[0]
            del left[found[value.name]]
    rest = [value.name for value in a.inputs if value.name not in found]
    return found | dict(zip(rest, left, strict=False))


def in_order_of(a: Graph, b: Graph, right: list[Step]) -> list[Step]:
    """The second level's operations, those that the first has too in the first's order.

    Which line of a text comes first means nothing as long as it comes before its readers. Nothing
    is moved where the order is the same already.
    """
    places: dict[int, list[int]] = {}
    inputs = inputs_alike(a, b)
    for k, known in enumerate(_meanings(a, {name: name for name in inputs})):
        places.setdefault(known, []).append(k)
    meant = _meanings(b, {other: name for name, other in inputs.items()})
    at = [places[m].pop(0) if places.get(m) else None for m in meant]
    found = [k for k in at if k is not None]
    if found == sorted(found):
        return right
    maker = {v.name: k for k, step in enumerate(right) for v in step.node.outs}
    waits = [{maker[n] for n in step.node.args if n in maker} for step in right]
    order: list[int] = []
    last = -1
    while len(order) < len(right):
        ready = [k for k in range(len(right)) if k not in order and waits[k] <= set(order)]
        # What only the second has stands right behind what was before it.
        places_now = {k: last if (place := at[k]) is None else place for k in ready}
        nearest = min(ready, key=lambda k: (places_now[k], k))
        last = places_now[nearest]
        order.append(nearest)
    return [right[k] for k in order]


def _meanings(graph: Graph, inputs: dict[str, str]) -> list[int]:
    """What every operation computes, as far as names of values do not matter."""
    known: dict[str, Any] = {v.name: ("input", inputs.get(v.name)) for v in graph.inputs}
    found = []
    for node in graph.nodes:
        wires = tuple((v.axes, v.dtype) for v in node.outs)
        told = repr(sorted(settings(node).items()))
        meaning = hash((sort_of(node), tuple(known[name] for name in node.args), wires, told))
        found.append(meaning)
        known.update({v.name: (meaning, k) for k, v in enumerate(node.outs)})
    return found
