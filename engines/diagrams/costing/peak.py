"""The most that is alive at once."""

from __future__ import annotations

from fractions import Fraction

from engines.diagrams.costing.counting import (
    ZERO,
)
from engines.diagrams.graph.nodes import Graph
from engines.diagrams.graph.poly import Poly


def peak(graph: Graph, sizes: dict[str, int]) -> tuple[Poly, str]:
    """The most that is alive at once when running in order, and after which operation."""
    axes = {name: value.axes for name, value in graph.values().items()}
    last = {name: k for k, node in enumerate(graph.nodes) for name in node.args}
    last.update(dict.fromkeys(graph.outputs, len(graph.nodes)))
    live = {value.name for value in graph.inputs}
    best, where, most = ZERO, "", Fraction(-1)
    for k, node in enumerate(graph.nodes):
        live |= {value.name for value in node.outs}
        now = sum((Poly.product(axes[name]) for name in sorted(live)), ZERO)
        if node.body is not None:
            inner, _ = peak(node.body, sizes)
            edge = sum((Poly.product(v.axes) for v in node.body.inputs), ZERO)
            now = now + (inner - edge)
        value = Fraction(now.value(sizes))
        if value > most:
            best, where, most = now, (node.outs[0].name if node.outs else node.name), value
        live -= {name for name in live if last.get(name, -1) <= k}
    return best, where
