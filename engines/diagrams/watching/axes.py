"""Which axis of a value is the example, which are the rows and columns of its map, which repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Axes, Graph, Node


@dataclass(frozen=True)
class Lying:
    """How a value lies as maps: one map per position of ``panels``, ``rows`` by ``columns``."""

    panels: Axes = ()
    rows: Axes = ()
    columns: Axes = ()

    @property
    def order(self) -> Axes:
        """All its axes in this order."""
        return (*self.panels, *self.rows, *self.columns)


def example_axis(circuit: Circuit) -> str:
    """The axis along which examples lie beside each other, "" where nothing is such an axis.

    It comes first in every input and output and is in everything that depends on an input, so
    that no operation mixes its positions by giving up one for another.
    """
    graph = circuit.graph
    values = graph.values()
    firsts = {value.axes[:1] for value in (*graph.inputs, *map(values.get, graph.outputs)) if value}
    if len(firsts) != 1:
        return ""
    first = "".join(firsts.pop())
    return first if first and _everywhere(graph, first) else ""


def _everywhere(graph: Graph, axis: str) -> bool:
    reached = {value.name for value in graph.inputs if axis in value.axes}
    for node in graph.nodes:
        if not any(name in reached for name in node.args):
            continue
        if any(axis not in value.axes for value in node.outs):
            return False
        if node.body is not None and not _inside(node, reached, axis):
            return False
        reached.update(value.name for value in node.outs)
    return True


def _inside(node: Node, reached: set[str], axis: str) -> bool:
    assert node.body is not None
    given = zip(node.args, node.body.inputs, strict=True)
    if any(name in reached and axis not in value.axes for name, value in given):
        return False
    return _everywhere(node.body, axis)


def lying(
    circuit: Circuit, axes: Axes, node: Node | None, attention: Mapping[Axes, Lying]
) -> Lying:
    """How a value is laid out as maps.

    Args:
        circuit: where it is.
        axes: of the value, the example axis left out.
        node: what makes it, None for an input.
        attention: what `attention_maps` found.
    """
    found = attention.get(tuple(sorted(axes)))
    if found is not None:
        return found
    if len(axes) < 2:
        return Lying(columns=axes)
    spatial = _spatial(circuit)
    image = tuple(axis for axis in axes if axis in spatial)
    if len(image) == 2 and (node is None or node.kind != "linear"):
        rest = tuple(axis for axis in axes if axis not in image)
        return Lying(rest, image[:1], image[1:])
    return Lying((), axes[:1], axes[1:])


def _spatial(circuit: Circuit) -> frozenset[str]:
    made = circuit.windows.items()
    return frozenset(name for axis, window in made for name in (axis, window.axis))


def attention_maps(circuit: Circuit, example: str) -> dict[Axes, Lying]:
    """For the axes of every softmax (sorted): queries down, what is chosen among across, by head.

    Heads are the axes that both sides of the product share which the softmax reads.
    """
    found: dict[Axes, Lying] = {}
    for _path, graph, node in circuit.graph.walk():
        if node.kind != "softmax":
            continue
        axes = tuple(axis for axis in node.out.axes if axis != example)
        columns = tuple(axis for axis in axes if axis in node.attrs["axes"])
        rest = tuple(axis for axis in axes if axis not in columns)
        shared = _shared(graph, node)
        panels = tuple(axis for axis in rest if axis in shared)
        rows = tuple(axis for axis in rest if axis not in shared)
        found[tuple(sorted(axes))] = Lying(panels, rows, columns)
    return found


def _shared(graph: Graph, node: Node) -> frozenset[str]:
    """Axes that both factors of the product behind a softmax have."""
    makers = {value.name: maker for maker in graph.nodes for value in maker.outs}
    values = graph.values()
    axes, at = frozenset(node.out.axes), makers.get(node.args[0])
    while at is not None and frozenset(at.out.axes) == axes:
        if at.kind == "einsum" and len(at.args) == 2:
            one, other = (frozenset(values[name].axes) for name in at.args)
            return one & other & axes
        at = makers.get(at.args[0]) if at.args else None
    return frozenset()
