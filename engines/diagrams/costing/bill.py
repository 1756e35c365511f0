"""What a diagram costs, as polynomials in its axis sizes; repeats multiply and are never unrolled.

A multiply and an add of a contraction count as two FLOPs, as in torch's FlopCounterMode;
elementwise work is counted apart. Counts are of numbers, not bytes, but for ``moved``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from engines.diagrams.costing.counting import (
    ZERO,
    elementwise,
    flops,
    saved_here,
    stats_saved,
)
from engines.diagrams.costing.memory import saved_total
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Axes, Graph, Node, join
from engines.diagrams.graph.parameters import parameters
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import is_own


@dataclass(frozen=True)
class Cost:
    """Floating-point operations of contractions, other work, parameters, memory and traffic."""

    flops: Poly = ZERO
    elementwise: Poly = ZERO
    params: Poly = ZERO
    saved: Poly = ZERO
    """Numbers kept for the backward pass, parameters left out."""
    moved: Poly = ZERO
    """Numbers read and written when every operation runs by itself."""
    fused: Poly = ZERO
    """Numbers read and written when every block keeps its inside on the chip."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Cost)))

    def times(self, count: Poly) -> Cost:
        """That often."""
        return Cost(*(getattr(self, f.name) * count for f in fields(Cost)))

    def replaced(self, sizes: dict[str, Poly]) -> Cost:
        """With axes replaced by what defines them."""
        return Cost(*(getattr(self, f.name).replaced(sizes) for f in fields(Cost)))


@dataclass
class Bill:
    """Costs of every operation and block by path, and of the whole."""

    total: Cost
    by_path: dict[str, Cost] = field(default_factory=dict)


def bill(diagram: Circuit) -> Bill:
    """The costs of a diagram, in its free axes and those that windows make."""
    found: dict[str, Cost] = {}
    total = _graph_cost(diagram.graph, "", found)
    total = replace(total, saved=saved_total(diagram.graph))
    derived = dict(diagram.derived)
    closed = {path: cost.replaced(derived) for path, cost in found.items()}
    return Bill(total.replaced(derived), closed)


def _graph_cost(graph: Graph, path: str, found: dict[str, Cost]) -> Cost:
    axes = {value.name: value.axes for value in graph.values().values()}
    total = Cost()
    for node in graph.nodes:
        if node.body is not None:
            inner = join(path, node.key)
            cost = _graph_cost(node.body, inner, found)
            edge = [axes[name] for name in node.args] + [v.axes for v in node.outs]
            outside = sum(map(Poly.product, edge), ZERO) + cost.params
            cost = Cost(cost.flops, cost.elementwise, cost.params, cost.saved, cost.moved, outside)
            cost = _repeated(node, cost)
            found[inner] = cost
        else:
            cost = node_cost(node, [axes[name] for name in node.args])
            found[join(path, node.out.name)] = cost
        total = total + cost
    saved = saved_here(graph)
    return Cost(
        total.flops,
        total.elementwise,
        total.params,
        total.saved + sum((Poly.product(axes[n]) for n in saved), ZERO),
        total.moved,
        total.fused,
    )


def _repeated(node: Node, cost: Cost) -> Cost:
    count = node.attrs.get("repeat")
    if count is not None:
        return cost.times(count)
    over = node.attrs.get("over")
    if over:  # one set of parameters, used at every step
        many = cost.times(Poly.of(over))
        return Cost(many.flops, many.elementwise, cost.params, many.saved, many.moved, many.fused)
    return cost


def node_cost(node: Node, args: list[Axes]) -> Cost:
    """One operation that is no block; what it saves for itself alone is in ``saved``."""
    own = [shape for array, shape in parameters(node) if is_own(node, array)]
    held = sum(map(Poly.product, own), ZERO)
    params = ZERO if node.attrs.get("fixed") else held
    out = sum((Poly.product(v.axes) for v in node.outs), ZERO)
    free = node.kind in ("rename", "view", "permute", "expand", "index", "slice")
    moved = ZERO if free else sum(map(Poly.product, args), ZERO) + out + held
    work = elementwise(node, args)
    return Cost(flops(node, args), work, params, stats_saved(node, args), moved, moved)
