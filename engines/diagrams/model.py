"""What a diagram is: values with named axes, operations between them, blocks inside blocks.

A name is the identity of an axis: two wires with one name are one axis, two axes of equal size
have two names. A value is an array with an ordered list of axes. A `Graph` is a list of
operations in order; an operation may hold a graph of its own (a block), perhaps repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engines.diagrams.errors import NOWHERE, Span
from engines.diagrams.poly import Poly

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

    @property
    def out(self) -> Value:
        """The only result."""
        return self.outs[0]

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
                yield from node.body.walk(join(path, node.name))

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
            for key in ("repeat", "scale", "start"):
                value = node.attrs.get(key)
                if isinstance(value, Poly):
                    found.update(dict.fromkeys(value.names))
            if node.kind == "embed":
                found[node.attrs["table"]] = None
        return tuple(found)


@dataclass(frozen=True)
class Window:
    """How far a kernel slides: the size of the axis it makes from that of ``axis``."""

    axis: str
    kernel: int = 1
    stride: int = 1
    pad: int = 0
    dilation: int = 1
    transposed: bool = False

    def size(self, n: int) -> int:
        """The size of the new axis, as torch rounds it."""
        reach = self.dilation * (self.kernel - 1)
        if self.transposed:
            return (n - 1) * self.stride - 2 * self.pad + reach + 1
        return (n + 2 * self.pad - reach - 1) // self.stride + 1


@dataclass(frozen=True)
class Note:
    """A call-out: what it says, and the value it points to."""

    value: str
    text: str


@dataclass(frozen=True)
class Diagram:
    """A checked diagram: its graph, what is known of sizes, and how it wants to be seen.

    ``sizes`` maps an axis to what was declared of its size, ``derived`` to what follows from
    views and the like, in axes that are in neither; those are free. ``groups`` are axes drawn as
    one double line.
    """

    graph: Graph
    sizes: Mapping[str, Poly] = field(default_factory=dict)
    derived: Mapping[str, Poly] = field(default_factory=dict)
    groups: Mapping[str, Axes] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    windows: Mapping[str, Window] = field(default_factory=dict)
    """Axes whose size follows from that of the axis a window slides along."""
    tape: tuple[str, ...] = field(default=(), compare=False)
    """Inputs that are drawn where they are read: what a backward pass keeps from the forward."""
    imported: Any = field(default=None, compare=False)
    """What came with an imported diagram, see `engines.diagrams.importing.result.Imported`."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.graph.name

    # What people do with a diagram; every verb loads what it needs when it is called. --------

    @staticmethod
    def from_text(text: str) -> Diagram:
        """The diagram of a text; DiagramError tells every mistake in it."""
        from engines.diagrams.check import diagram_from_text

        return diagram_from_text(text)

    @staticmethod
    def from_torch(module: Any, args: tuple[Any, ...], **options: Any) -> Diagram:
        """The diagram of a torch module, see `engines.diagrams.importing.result`."""
        from engines.diagrams.importing.result import diagram_from_torch

        return diagram_from_torch(module, args, **options)

    @property
    def report(self) -> Any:
        """What an import understood; None for a diagram that was written."""
        return self.imported.report if self.imported is not None else None

    def to_torch(self, sizes: Mapping[str, int] | None = None, functions: Any = None) -> Any:
        """The diagram as an `nn.Module`; an imported one has the model's weights."""
        from engines.diagrams.module import module_from_diagram

        if self.imported is None:
            return module_from_diagram(self, sizes, functions)
        found = module_from_diagram(self, sizes, self.imported.functions)
        self.imported.load(found)
        return found

    def verify(self, module: Any, **options: Any) -> Any:
        """Compare with the module it was imported from, see `engines.diagrams.verify`."""
        from engines.diagrams.verify import verify

        return verify(module, self, **options)

    def backward(self) -> Diagram:
        """The diagram that computes every gradient."""
        from engines.diagrams.backprop import backward

        return backward(self)

    def costs(self) -> Any:
        """FLOPs, parameters, memory and traffic as polynomials: ``.total`` and ``.by_path``."""
        from engines.diagrams.cost import bill

        return bill(self)

    def compare(self, other: Diagram) -> Any:
        """What another diagram adds, lacks and changes."""
        from engines.diagrams.compare import comparison

        return comparison(self, other)

    def text(self) -> str:
        """The diagram as a text."""
        from engines.diagrams.writing import text_from_diagram

        return text_from_diagram(self)

    def source(self, sizes: Mapping[str, int] | None = None) -> str:
        """The diagram as Python that needs nothing but torch."""
        from engines.diagrams.source import source_from_diagram

        return source_from_diagram(self, sizes)

    def file(self, kind: str, **look: Any) -> bytes:
        """The diagram as svg, tikz, html, json, python or text."""
        from engines.diagrams.files import file_from_diagram

        return file_from_diagram(self, kind, **look)

    def _repr_html_(self) -> str:
        """What a notebook shows: the picture, in the reader's own light or dark."""
        from engines.diagrams.files import file_from_diagram

        return file_from_diagram(self, "svg", mode="auto").decode()


def join(path: str, name: str) -> str:
    """A path one block deeper."""
    return f"{path}/{name}" if path else name
