"""An axis followed along wires, into blocks and out of them, and the arrays it is met in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engines.diagrams.graph.nodes import Graph, Node
from engines.diagrams.graph.parameters import parameters, statistics
from engines.diagrams.running.attributes import owned

Place = tuple[str, str]
"""A wire, after the path of the block it lies in, and one of its axes."""
_FREE = frozenset(
    ["linear", "einsum", "combine", "pointwise", "permute", "rename", "expand", "param", "masked",
     "conv", "embed"]
)  # fmt: skip
"""Kinds in which positions of an axis that passes by do not meet."""


@dataclass(frozen=True)
class Array:
    """An array of an operation and the dimension along which it is cut."""

    maker: str
    """What the operation is called."""
    value: str
    """The wire it makes."""
    suffix: str
    dim: int
    reads: bool
    """Whether it sums the axis away (columns), and does not make it (rows)."""
    kept: bool = False
    """Whether it is a statistic that the operation keeps: cut with the others, never zeroed."""
    path: str = ""
    """The block it lies in, with a slash behind every level; a repeated one has it in each turn."""

    def __str__(self) -> str:
        """Say "rows of In weight", or "rows of Up weight in Layer"."""
        part = "columns" if self.reads else "rows"
        block = f" in {self.path[:-1]}" if self.path else ""
        return f"{part} of {self.maker or self.value} {self.suffix}{block}"


@dataclass(eq=False)
class Follower:
    """Places that are one axis, and what happens to them."""

    above: dict[Place, Place] = field(default_factory=dict)
    arrays: list[tuple[Place, Array]] = field(default_factory=list)
    reasons: list[tuple[Place, str]] = field(default_factory=list)

    def root(self, place: Place) -> Place:
        """Who stands for all places of an axis."""
        while self.above.setdefault(place, place) != place:
            place = self.above[place]
        return place

    def join(self, one: Place, other: Place) -> None:
        """Two places are one axis."""
        a, b = self.root(one), self.root(other)
        self.above[b] = a

    def members(self) -> dict[Place, list[Place]]:
        """All places by who stands for them."""
        found: dict[Place, list[Place]] = {}
        for place in self.above:
            found.setdefault(self.root(place), []).append(place)
        return found

    def follow(self, graph: Graph) -> None:
        """Every operation of every level."""
        axes = {name: value.axes for name, value in graph.values().items()}
        for value in graph.inputs:
            for axis in value.axes:
                self.reasons.append(((value.name, axis), f"{value.name} is an input"))
        self._level(graph, "")
        for name in graph.outputs:
            for axis in axes[name]:
                self.reasons.append(((name, axis), f"{name} is an output"))

    def _level(self, graph: Graph, path: str) -> None:
        axes = {name: value.axes for name, value in graph.values().items()}
        for node, own in zip(graph.nodes, owned(graph), strict=True):
            if node.body is not None:
                self._block(node, axes, path, f"{path}{own.block}/")
                continue
            self._one_axis(node, axes, path)
            for array, axis in arrays_of(node, path):
                wire = node.args[0] if array.reads else node.out.name
                self.arrays.append(((path + wire, axis), array))
            self._meets(node, axes, path)

    def _block(self, node: Node, axes: dict[str, tuple[str, ...]], path: str, inner: str) -> None:
        """What goes in and comes out is what it is inside; what is carried comes round again."""
        assert node.body is not None
        body = node.body
        inside = {name: value.axes for name, value in body.values().items()}
        pairs = [*zip(node.args, (v.name for v in body.inputs), strict=True),
                 *zip((v.name for v in node.outs), body.outputs, strict=True)]  # fmt: skip
        for wire, twin in pairs:
            for axis in axes[wire]:
                if axis in inside[twin]:
                    self.join((path + wire, axis), (inner + twin, axis))
                else:
                    why = f"{node.name} runs along {axis}"
                    self.reasons.append(((path + wire, axis), why))
        for value, made in zip(body.inputs[: node.attrs.get("carried", 0)], body.outputs,
                               strict=False):  # fmt: skip
            for axis in value.axes:
                self.join((inner + value.name, axis), (inner + made, axis))
        self._level(body, inner)

    def _one_axis(self, node: Node, axes: dict[str, tuple[str, ...]], path: str) -> None:
        """A name is one axis in all that an operation takes and makes."""
        wires = [*node.args, *(value.name for value in node.outs)]
        first: dict[str, Place] = {}
        for wire in wires:
            for axis in axes[wire]:
                self.join(first.setdefault(axis, (path + wire, axis)), (path + wire, axis))
        if node.kind == "rename":
            taken = [a for a in axes[node.args[0]] if a not in node.out.axes]
            made = [a for a in node.out.axes if a not in axes[node.args[0]]]
            for old, new in zip(taken, made, strict=False):
                self.join((path + node.args[0], old), (path + node.out.name, new))

    def _meets(self, node: Node, axes: dict[str, tuple[str, ...]], path: str) -> None:
        """Where positions of an axis meet, so that one less changes the others."""
        word = str(node.attrs.get("fn") or node.kind)
        if node.kind in _FREE:
            ends = {"conv": tuple(node.attrs.get("ins", ()))}.get(node.kind, ())
            if node.kind == "conv" and node.attrs.get("groups", 1) != 1:
                ends = (*ends, node.attrs["channel"], node.attrs["made"])
        elif node.kind == "reduce" and word == "sum":
            ends = ()
        elif node.kind in ("softmax", "norm", "reduce", "causal", "topk", "rotate"):
            ends = tuple(node.attrs["axes"])
            if word in ("BatchNorm", "InstanceNorm"):
                ends = ends[1:]
        else:
            self._shut(node, axes, path, f"{node.out.name} is made by {word}")
            return
        for axis in ends:
            for wire in (*node.args, node.out.name):
                if axis in axes[wire]:
                    why = f"{word} at {node.out.name} is taken over all of {axis}"
                    self.reasons.append(((path + wire, axis), why))

    def _shut(self, node: Node, axes: dict[str, tuple[str, ...]], path: str, why: str) -> None:
        for wire in (*node.args, *(value.name for value in node.outs)):
            self.reasons += [((path + wire, axis), why) for axis in axes[wire]]


def arrays_of(node: Node, path: str) -> Iterator[tuple[Array, str]]:
    """Arrays of an operation, dimension by dimension, with the axis of each."""
    kept = dict(statistics(node))
    for suffix, shape in [*parameters(node), *kept.items()]:
        for dim, size in enumerate(shape):
            names = list(size.names)
            if len(names) != 1 or (node.kind == "embed" and dim == 0):
                continue
            sums = suffix == "weight" and _reads(node, dim)
            yield (
                Array(node.name, node.out.name, suffix, dim, sums, suffix in kept, path),
                names[0],
            )


def _reads(node: Node, dim: int) -> bool:
    """Whether a dimension of a weight is summed away, by its place: a square map has one name."""
    if node.kind == "linear":
        return dim >= len(node.attrs["outs"])
    return node.kind == "conv" and dim == (0 if node.attrs.get("fn") == "T" else 1)
