"""What a diagram is: values with named axes, operations between them, blocks inside blocks.

A name is the identity of an axis: two wires with one name are one axis, two axes of equal size
have two names. A value is an array with an ordered list of axes. A `Graph` is a list of
operations in order; an operation may hold a graph of its own (a block), perhaps repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engines.diagrams.graph.errors import NOWHERE, Span
from engines.diagrams.graph.poly import Poly

Axes = tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """An array: its name, its axes in order, and what its numbers are.

    ``dtype`` is "" for reals, "bool" for truths, or the name of the axis whose positions the
    numbers are (a token is a position on the vocabulary axis).
    """

    name: str
    axes: Axes
    dtype: str = ""


@dataclass(frozen=True)
class Node:
    """One operation: its kind, what it takes, what it makes, and what else it needs to know.

    ``body`` is the inside of a block; its inputs are ``args`` in order, its outputs ``outs`` in
    order. With ``repeat`` the first ``len(outs)`` inputs are fed from the outputs again; with
    ``over`` the block runs along that axis, which its body does not see.
    """

    kind: str
    args: tuple[str, ...]
    outs: tuple[Value, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    body: Graph | None = None
    span: Span = field(default=NOWHERE, compare=False)
    origin: str = field(default="", compare=False)
    """Where an imported operation was written, as ``file:line``."""
    state: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The imported model's tensors, by what the operation calls them."""
    copies: tuple[Graph, ...] = field(default=(), compare=False)
    """The insides of all imported blocks that this repeated one stands for."""
    apart: str = field(default="", compare=False)
    """A block's own name where an earlier one of its level has the same; `Graph` gives it."""

    @property
    def out(self) -> Value:
        """The only result."""
        return self.outs[0]

    @property
    def key(self) -> str:
        """What it is known by at its level: a block by its name, else by what it makes."""
        return self.apart or self.name if self.body is not None else self.out.name

    def with_attrs(self, **attrs: Any) -> Node:
        """With further attributes."""
        return replace(self, attrs={**self.attrs, **attrs})


@dataclass(frozen=True)
class Graph:
    """Operations in order, from inputs to outputs; what it is called does not make it another."""

    name: str = field(compare=False)
    inputs: tuple[Value, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]

    def __post_init__(self) -> None:
        blocks = [node for node in self.nodes if node.body is not None]
        if len(blocks) > 1 or any(node.apart for node in blocks):
            object.__setattr__(self, "nodes", _told_apart(self.nodes))

    def values(self) -> dict[str, Value]:
        """Every value at this level, by name."""
        found = {value.name: value for value in self.inputs}
        found.update({value.name: value for node in self.nodes for value in node.outs})
        return found

    def walk(self, path: str = "") -> Iterator[tuple[str, Graph, Node]]:
        """Every operation of every level, with the path of its block and its graph."""
        for node in self.nodes:
            yield path, self, node
            if node.body is not None:
                yield from node.body.walk(join(path, node.key))

    def axes(self) -> Axes:
        """Every axis in order of appearance, inner ones too."""
        found: dict[str, None] = {}
        for value in self.inputs:
            found.update(dict.fromkeys(value.axes))
        for _, _, node in self.walk():
            for out in node.outs:
                found.update(dict.fromkeys(out.axes))
            if node.body is not None:
                for value in node.body.inputs:
                    found.update(dict.fromkeys(value.axes))
        return tuple(found)

    def size_names(self) -> tuple[str, ...]:
        """Every name whose size matters: axes, tables, factors, repeats."""
        found = dict.fromkeys(self.axes())
        for _, _, node in self.walk():
            for key in ("repeat", "scale", "start", "dilation", "pad"):
                value = node.attrs.get(key)
                if isinstance(value, Poly):
                    found.update(dict.fromkeys(value.names))
            if node.kind == "embed":
                found[node.attrs["table"]] = None
        return tuple(found)


def join(path: str, name: str) -> str:
    """A path one block deeper."""
    return f"{path}/{name}" if path else name


def _told_apart(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Blocks of one name numbered from the second on: a word that is called twice, say."""
    taken: set[str] = {node.name for node in nodes if node.body is not None}
    taken |= {value.name for node in nodes for value in node.outs}
    seen: set[str] = set()
    found = []
    for node in nodes:
        if node.body is None:
            found.append(node)
            continue
        name, k = node.name, 2
        while node.name in seen and name in taken:
            name, k = f"{node.name}_{k}", k + 1
        seen.add(node.name)
        taken.add(name)
        apart = name if name != node.name else ""
        found.append(node if node.apart == apart else replace(node, apart=apart))
    return tuple(found)
