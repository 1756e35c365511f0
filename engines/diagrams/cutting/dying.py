"""Whether zeros that are put into rows arrive as zeros wherever their axis is summed away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engines.diagrams.cutting.following import Array, Place
from engines.diagrams.graph.nodes import Graph, Node
from engines.diagrams.graph.parameters import statistics
from engines.diagrams.running.attributes import owned

_ZERO_AT_ZERO = frozenset(
    ["relu", "gelu", "gelu_tanh", "silu", "tanh", "square", "abs", "neg", "sin", "elu",
     "leaky_relu", "relu6", "hardswish", "mish", "sign", "stop", "sqrt"]
)  # fmt: skip


def lives(graph: Graph, places: set[Place], arrays: Sequence[Array]) -> str:
    """Where something is left although its rows are zero; empty where nothing is."""
    rows = {array.path + array.value for array in arrays if not array.reads and not array.kept}
    return _Deaths(places, rows).level(graph, "", set())[1]


@dataclass(frozen=True, eq=False)
class _Deaths:
    """Rows of one axis, zeroed."""

    places: set[Place]
    owned: set[str]
    """Wires that are made from rows of their own."""

    def level(self, graph: Graph, path: str, zero: set[str]) -> tuple[set[str], str]:
        """Wires of a level that are zero along the axis, given inputs that are; what is not."""
        zero = set(zero)
        axes = {name: value.axes for name, value in graph.values().items()}
        for node, own in zip(graph.nodes, owned(graph), strict=True):
            if node.body is not None:
                made, why = self._block(node, f"{path}{own.block}/", zero)
                if why:
                    return zero, why
                zero |= made
                continue
            has = [w for w in node.args if self._has(path, w, axes[w])]
            stays = self._has(path, node.out.name, node.out.axes)
            dead = [w in zero for w in has]
            if has and not stays:
                if not (any(dead) if node.kind == "einsum" else all(dead)):
                    wire = next(w for w in has if w not in zero)
                    why = f"{path}{wire} is not 0 where its rows are, and {node.out.name} sums"
                    return zero, f"{why} over it"
            elif stays and _stays(
                node, dead, len(has) == len(node.args), path + node.out.name in self.owned
            ):
                zero.add(node.out.name)
        return zero, ""

    def _has(self, path: str, wire: str, axes: tuple[str, ...]) -> bool:
        return any((path + wire, axis) in self.places for axis in axes)

    def _block(self, node: Node, inner: str, zero: set[str]) -> tuple[set[str], str]:
        """What a block gives that is zero; what it carries must come out zero to go in as zero."""
        assert node.body is not None
        body, carried = node.body, node.attrs.get("carried", 0)
        given = {v.name for v, arg in zip(body.inputs, node.args, strict=True) if arg in zero}
        while True:
            found, why = self.level(body, inner, given)
            if why:
                return set(), why
            comes = zip(body.inputs[:carried], body.outputs, strict=False)
            lost = {v.name for v, made in comes if v.name in given and made not in found}
            if not lost:
                pairs = zip(node.outs, body.outputs, strict=True)
                return {value.name for value, made in pairs if made in found}, ""
            given -= lost


def _stays(node: Node, dead: list[bool], alone: bool, owned: bool) -> bool:
    """Whether an operation gives 0 for what is dead; ``alone``: every argument has the axis."""
    word = str(node.attrs.get("fn") or "")
    match node.kind:
        case "linear" | "conv" | "embed" | "param" | "norm":
            made = bool(node.attrs.get("bias") or statistics(node))  # 0 less a mean is not 0
            return owned or (bool(dead) and all(dead) and not made)
        case "pointwise":
            return all(dead) and word in _ZERO_AT_ZERO
        case "combine" if word == "mul":
            return any(dead)
        case "combine":
            return bool(dead) and all(dead) and alone
        case "einsum":
            return any(dead)
        case "permute" | "rename" | "expand" | "reduce":
            return bool(dead) and all(dead)
    return False
