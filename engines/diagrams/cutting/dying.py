"""Whether zeros that are put into rows arrive as zeros wherever their axis is summed away.

A wire may hold an axis twice, under two names: zeros along the one are none along the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engines.diagrams.cutting.following import Place, arrays_of
from engines.diagrams.graph.nodes import Graph, Node
from engines.diagrams.graph.parameters import statistics
from engines.diagrams.running.attributes import owned

_Axes = Mapping[str, tuple[str, ...]]
"""Axes of every wire of a level."""
_ZERO_AT_ZERO = frozenset(
    ["relu", "gelu", "gelu_tanh", "silu", "tanh", "square", "abs", "neg", "sin", "elu",
     "leaky_relu", "relu6", "hardswish", "mish", "sign", "stop", "sqrt"]
)  # fmt: skip


def lives(graph: Graph, places: set[Place]) -> str:
    """Where something is left although its rows are zero; empty where nothing is."""
    return _Deaths(places).level(graph, "", set())[1]


@dataclass(frozen=True, eq=False)
class _Deaths:
    """Rows of one axis, zeroed."""

    places: set[Place]

    def level(self, graph: Graph, path: str, zero: set[Place]) -> tuple[set[Place], str]:
        """Wires of a level that are zero, by axis, given inputs that are; what is not."""
        zero = set(zero)
        axes = {name: value.axes for name, value in graph.values().items()}
        for node, own in zip(graph.nodes, owned(graph), strict=True):
            if node.body is not None:
                made, why = self._block(node, f"{path}{own.block}/", zero)
                if why:
                    return zero, why
                zero |= made
                continue
            wire = self._left(node, path, axes, zero)
            if wire:
                why = f"{path}{wire} is not 0 where its rows are, and {node.out.name} sums over it"
                return zero, why
            zero |= {(node.out.name, axis) for axis in self._zeros(node, path, axes, zero)}
        return zero, ""

    def _left(self, node: Node, path: str, axes: _Axes, zero: set[Place]) -> str:
        """An argument that is summed over the axis and not zero along it."""
        read = {axis for array, axis in arrays_of(node, path) if array.reads}
        gone = {axis for wire in node.args for axis in axes[wire]} - set(node.out.axes)
        for axis in sorted(gone | read) if node.kind != "rename" else ():
            has = [w for w in node.args if (path + w, axis) in self.places and axis in axes[w]]
            dead = [(w, axis) in zero for w in has]
            if has and not (any(dead) if node.kind == "einsum" else all(dead)):
                return next(w for w in has if (w, axis) not in zero)
        return ""

    def _zeros(self, node: Node, path: str, axes: _Axes, zero: set[Place]) -> set[str]:
        """Axes along which what an operation makes is zero."""
        rows = {axis for array, axis in arrays_of(node, path) if not array.reads and not array.kept}
        before = _names_before(node, axes)
        found = set()
        for axis in node.out.axes:
            if (path + node.out.name, axis) not in self.places:
                continue
            was = before.get(axis, axis)
            dead = [(w, was) in zero if was in axes[w] else None for w in node.args]
            if _stays(node, dead, axis in rows):
                found.add(axis)
        return found

    def _block(self, node: Node, inner: str, zero: set[Place]) -> tuple[set[Place], str]:
        """What a block gives that is zero; what it carries must come out zero to go in as zero."""
        assert node.body is not None
        body, carried = node.body, node.attrs.get("carried", 0)
        given = {
            (value.name, axis)
            for value, arg in zip(body.inputs, node.args, strict=True)
            for axis in value.axes
            if (arg, axis) in zero
        }
        while True:
            found, why = self.level(body, inner, given)
            if why:
                return set(), why
            comes = zip(body.inputs[:carried], body.outputs, strict=False)
            lost = {
                (value.name, axis)
                for value, made in comes
                for axis in value.axes
                if (value.name, axis) in given and (made, axis) not in found
            }
            if not lost:
                pairs = zip(node.outs, body.outputs, strict=True)
                return {(v.name, a) for v, made in pairs for a in v.axes if (made, a) in found}, ""
            given -= lost


def _names_before(node: Node, axes: _Axes) -> dict[str, str]:
    """What renamed axes were called."""
    if node.kind != "rename":
        return {}
    was = axes[node.args[0]]
    taken = [axis for axis in was if axis not in node.out.axes]
    made = [axis for axis in node.out.axes if axis not in was]
    return dict(zip(made, taken, strict=False))


def _stays(node: Node, dead: list[bool | None], rows: bool) -> bool:
    """Whether an operation gives 0 along an axis.

    Args:
        node: the operation.
        dead: for every argument, whether it is 0 along the axis; None where it has no such axis.
        rows: whether the axis is made by rows of the operation's own.
    """
    word = str(node.attrs.get("fn") or "")
    has = [d for d in dead if d is not None]
    every = bool(has) and all(has)
    match node.kind:
        case "linear" | "conv" | "embed" | "param" | "norm":
            made = bool(node.attrs.get("bias") or statistics(node))  # 0 less a mean is not 0
            return rows or (every and not made)
        case "pointwise":
            return every and word in _ZERO_AT_ZERO
        case "combine" if word == "mul":
            return any(has)
        case "combine" if word == "div":
            return bool(dead[0]) and not any(dead[1:])  # 0 over 0 is no number
        case "combine":
            return every and None not in dead
        case "einsum":
            return any(has)
        case "permute" | "rename" | "expand" | "reduce":
            return every
    return False
