"""What a whole diagram keeps for its backward pass: every value once, however many read it."""

from __future__ import annotations

from engines.diagrams.costing.counting import ALIASES, ZERO, saved_args, stats_saved
from engines.diagrams.graph.inlining import inlined
from engines.diagrams.graph.nodes import Axes, Graph, Node
from engines.diagrams.graph.parameters import parameters
from engines.diagrams.graph.poly import Poly


def saved_total(graph: Graph) -> Poly:
    """Numbers kept for the backward pass of all levels, parameters left out."""
    names, other = _kept(inlined(graph), frozenset())
    return sum(map(Poly.product, names.values()), other)


def _kept(graph: Graph, still: frozenset[str]) -> tuple[dict[str, Axes], Poly]:
    """Values of this level or from outside that are kept, and how many numbers beside them."""
    axes = {value.name: value.axes for value in graph.values().values()}
    shown, still = _shown(graph), _still(graph, still)
    found: dict[str, Axes] = {}
    learned = {n.out.name for n in graph.nodes if n.kind == "param" and not n.attrs.get("fixed")}
    inside: set[str] = set()
    other = ZERO
    for node in graph.nodes:
        if node.body is not None:
            names, more, same = _kept_by_loop(node, axes, still)
            other, inside = other + more, inside | same
        else:
            if all(name in still for name in node.args) and not _learns(node):
                continue
            names = _needed(node, still)
            other = other + stats_saved(node, [axes[name] for name in node.args])
        found |= {shown.get(n, n): axes[shown.get(n, n)] for n in names}
    return {n: own for n, own in found.items() if n not in learned | inside}, other


def _learns(node: Node) -> bool:
    return bool(parameters(node)) and not node.attrs.get("fixed")


def _still(graph: Graph, outside: frozenset[str]) -> frozenset[str]:
    """Values that no gradient goes back to: constants, positions, and what is made of them."""
    found = set(outside) | {value.name for value in graph.inputs if value.dtype}
    for node in graph.nodes:
        stops = node.attrs.get("fn") == "stop"
        if node.body is None and not _learns(node) and (stops or found.issuperset(node.args)):
            found.update(value.name for value in node.outs)
    return frozenset(found)


def _needed(node: Node, still: frozenset[str]) -> tuple[str, ...]:
    """A factor is kept for the sake of the others."""
    if node.kind == "einsum" or node.attrs.get("fn") == "mul":
        pairs = enumerate(node.args)
        kept = {a for k, a in pairs if any(o not in still for o in _others(node.args, k))}
        return tuple(name for name in saved_args(node) if name in kept)
    return saved_args(node)


def _others(args: tuple[str, ...], k: int) -> tuple[str, ...]:
    return args[:k] + args[k + 1 :]


def _shown(graph: Graph) -> dict[str, str]:
    """Views by what they show."""
    found: dict[str, str] = {}
    for node in graph.nodes:
        if node.kind in ALIASES and "scale" not in node.attrs:
            found[node.out.name] = found.get(node.args[0], node.args[0])
    return found


def _kept_by_loop(
    node: Node, outer: dict[str, Axes], still: frozenset[str]
) -> tuple[set[str], Poly, set[str]]:
    """What a repeated block keeps of the outside; numbers of its own; results among those."""
    assert node.body is not None
    fed = {value.name for value in node.body.inputs[: node.attrs["carried"]]}
    names, each = _kept(node.body, still - fed)
    turns = Poly.of(node.attrs.get("repeat") or node.attrs["over"])
    n = node.attrs["carried"]
    captured = {value.name for value in node.body.inputs[n:]}
    outside = {name for name in names if name in captured and name in outer}
    shown = _shown(node.body)
    same = set()
    states = zip(node.body.inputs, node.body.outputs[:n], node.args, node.outs, strict=False)
    for state, output, arg, out in states:
        if shown.get(output, output) not in names:
            continue
        same.add(out.name)  # the last turn has it already
        if names.pop(state.name, None) is not None:  # the turn before has it already
            outside.add(arg)
    own = sum((Poly.product(axes) for name, axes in names.items() if name not in outside), each)
    return outside, own * turns, same
