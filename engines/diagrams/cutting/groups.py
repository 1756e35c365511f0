"""Which rows of weights die together: an axis followed along wires into every array that has it.

A position of an axis can be taken out of a network when everything that has that axis is cut at
once, and when zeros put into the rows that make it arrive as zeros where it is summed away: then
nothing changes by cutting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Graph, Node
from engines.diagrams.graph.parameters import parameters, statistics

Place = tuple[str, str]
"""A wire and one of its axes."""
_ZERO_AT_ZERO = frozenset(
    ["relu", "gelu", "gelu_tanh", "silu", "tanh", "square", "abs", "neg", "sin", "elu",
     "leaky_relu", "relu6", "hardswish", "mish", "sign", "stop", "sqrt"]
)  # fmt: skip
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

    def __str__(self) -> str:
        """Say "rows of In weight"."""
        part = "columns" if self.reads else "rows"
        return f"{part} of {self.maker or self.value} {self.suffix}"


@dataclass(frozen=True)
class Group:
    """An axis as far as it reaches: what must be cut at once."""

    axes: tuple[str, ...]
    """Its names."""
    wires: tuple[str, ...]
    arrays: tuple[Array, ...]
    refuses: str = ""
    """Why cutting it would change what the network computes; empty where it would not."""

    def __str__(self) -> str:
        """Say "h: rows of In weight, rows of In bias, columns of Out weight"."""
        said = f"{' = '.join(self.axes)}: {', '.join(map(str, self.arrays)) or 'no learned array'}"
        return f"{said} (refused: {self.refuses})" if self.refuses else said


@dataclass(eq=False)
class _Follower:
    """Places that are one axis, and what happens to them."""

    graph: Graph
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

    def follow(self) -> None:
        """Every operation of the level."""
        axes = {name: value.axes for name, value in self.graph.values().items()}
        for value in self.graph.inputs:
            for axis in value.axes:
                self.reasons.append(((value.name, axis), f"{value.name} is an input"))
        for node in self.graph.nodes:
            self._one_axis(node, axes)
            if node.body is not None:
                self._shut(node, axes, f"{node.name} is a block")
                continue
            for array, axis in _arrays(node):
                wire = node.args[0] if array.reads else node.out.name
                self.arrays.append(((wire, axis), array))
            self._meets(node, axes)
        for name in self.graph.outputs:
            for axis in axes[name]:
                self.reasons.append(((name, axis), f"{name} is an output"))

    def _one_axis(self, node: Node, axes: dict[str, tuple[str, ...]]) -> None:
        """A name is one axis in all that an operation takes and makes."""
        wires = [*node.args, *(value.name for value in node.outs)]
        first: dict[str, Place] = {}
        for wire in wires:
            for axis in axes[wire]:
                self.join(first.setdefault(axis, (wire, axis)), (wire, axis))
        if node.kind == "rename":
            taken = [a for a in axes[node.args[0]] if a not in node.out.axes]
            made = [a for a in node.out.axes if a not in axes[node.args[0]]]
            for old, new in zip(taken, made, strict=False):
                self.join((node.args[0], old), (node.out.name, new))

    def _meets(self, node: Node, axes: dict[str, tuple[str, ...]]) -> None:
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
            self._shut(node, axes, f"{node.out.name} is made by {word}")
            return
        for axis in ends:
            for wire in (*node.args, node.out.name):
                if axis in axes[wire]:
                    why = f"{word} at {node.out.name} is taken over all of {axis}"
                    self.reasons.append(((wire, axis), why))

    def _shut(self, node: Node, axes: dict[str, tuple[str, ...]], why: str) -> None:
        for wire in (*node.args, *(value.name for value in node.outs)):
            self.reasons += [((wire, axis), why) for axis in axes[wire]]


def _arrays(node: Node) -> Iterator[tuple[Array, str]]:
    """Arrays of an operation, dimension by dimension, with the axis of each."""
    attrs = node.attrs
    reads = set(attrs.get("ins", ())) if node.kind == "linear" else {attrs.get("channel")}
    kept = dict(statistics(node))
    for suffix, shape in [*parameters(node), *kept.items()]:
        for dim, size in enumerate(shape):
            names = list(size.names)
            if len(names) != 1 or (node.kind == "embed" and dim == 0):
                continue
            sums = node.kind in ("linear", "conv") and names[0] in reads and suffix == "weight"
            yield Array(node.name, node.out.name, suffix, dim, sums, suffix in kept), names[0]


def groups(circuit: Circuit) -> tuple[Group, ...]:
    """Every axis that some learned array has, as far as it reaches.

    Args:
        circuit: a diagram; what is inside of its blocks is not followed, and what goes into one is
            refused.
    """
    graph = circuit.graph
    made = _Follower(graph)
    made.follow()
    members: dict[Place, list[Place]] = {}
    for place in made.above:
        members.setdefault(made.root(place), []).append(place)
    found = []
    for root, places in members.items():
        arrays = tuple(a for place, a in made.arrays if made.root(place) == root)
        if not arrays:
            continue
        axes = tuple(dict.fromkeys(axis for _, axis in places))
        wires = tuple(dict.fromkeys(wire for wire, _ in places))
        why = next((said for place, said in made.reasons if made.root(place) == root), "")
        why = why or _elsewhere(members, root, axes) or _follows(circuit, axes)
        why = why or _lives(graph, set(places), arrays)
        found.append(Group(axes, wires, arrays, why))
    return tuple(found)


def _elsewhere(members: dict[Place, list[Place]], root: Place, axes: tuple[str, ...]) -> str:
    """Another axis of the same name would change its size too."""
    for other, places in members.items():
        if other != root:
            for wire, axis in places:
                if axis in axes:
                    return f"{axis} of {wire} is another axis of the same name"
    return ""


def _follows(circuit: Circuit, axes: tuple[str, ...]) -> str:
    for known in (circuit.derived, circuit.sizes):
        for name, size in known.items():
            if name not in axes and set(size.names) & set(axes):
                return f"the size of {name} follows from it"
    return ""


def _lives(graph: Graph, places: set[Place], arrays: tuple[Array, ...]) -> str:
    """Whether something is left where the axis is summed away, when its rows are zero."""
    owned = {array.value for array in arrays if not array.reads and not array.kept}
    axes = {name: value.axes for name, value in graph.values().items()}
    zero: set[str] = set()
    for node in graph.nodes:
        has = [w for w in node.args if any((w, axis) in places for axis in axes[w])]
        ends = has and not any((node.out.name, axis) in places for axis in node.out.axes)
        dead = [w in zero for w in has]
        if ends:
            if not (any(dead) if node.kind == "einsum" else all(dead)):
                wire = next(w for w in has if w not in zero)
                return f"{wire} is not 0 where its rows are, and {node.out.name} sums over it"
            continue
        if any((node.out.name, axis) in places for axis in node.out.axes) and _stays(
            node, dead, len(has) == len(node.args), node.out.name in owned
        ):
            zero.add(node.out.name)
    return ""


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
