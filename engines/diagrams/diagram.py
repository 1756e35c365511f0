"""The object people hold: a circuit with the verbs that join the rooms.

Every verb loads what it needs when it is called, so that reading a diagram costs no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from engines.diagrams.graph.circuit import Circuit


class Diagram(Circuit):
    """A checked diagram, to be written, imported, drawn, run, costed, differentiated, compared."""

    @classmethod
    def of(cls, circuit: Circuit) -> Diagram:
        """A circuit with the verbs."""
        return cls(**{f.name: getattr(circuit, f.name) for f in fields(Circuit)})

    # What people do with a diagram; every verb loads what it needs when it is called. --------

    @staticmethod
    def from_text(text: str) -> Diagram:
        """The diagram of a text; DiagramError tells every mistake in it."""
        from engines.diagrams.language.check import circuit_from_text

        return Diagram.of(circuit_from_text(text))

    @staticmethod
    def from_torch(module: Any, args: tuple[Any, ...], **options: Any) -> Diagram:
        """The diagram of a torch module, see `engines.diagrams.importing.result`."""
        from engines.diagrams.importing.result import circuit_from_torch

        return Diagram.of(circuit_from_torch(module, args, **options))

    def to_torch(self, sizes: Mapping[str, int] | None = None, functions: Any = None) -> Any:
        """The diagram as an `nn.Module`; an imported one has the model's weights."""
        from engines.diagrams.running.weights import built

        return built(self, sizes, functions)

    def values(self, *inputs: Any, module: Any = None) -> dict[str, list[Any]]:
        """Run on these arrays and give what every operation made, by its path, turn by turn.

        Args:
            inputs: a tensor per input.
            module: from `to_torch`, when its weights matter; fresh ones otherwise, in the sizes
                that the inputs have.
        """
        from engines.diagrams.wires.values import fitted, watched

        return watched(module or self.to_torch(fitted(self, inputs)), *inputs)[1]

    def bounds(self, lower: Any, upper: Any, *, module: Any = None) -> dict[str, tuple[Any, Any]]:
        """Least and largest number of every wire for all inputs between two arrays, by its path.

        Args:
            lower: an array, or a tuple of one per input.
            upper: of the same shapes.
            module: from `to_torch`, when its weights matter; fresh ones otherwise, in the sizes
                that the arrays have.

        Raises:
            DiagramError: an operation that bounds do not know, with its path.
        """
        from engines.diagrams.bounding.reading import bounded
        from engines.diagrams.wires.values import fitted

        low, high = (v if isinstance(v, tuple) else (v,) for v in (lower, upper))
        return bounded(module or self.to_torch(fitted(self, low)), low, high)

    def bands(self, lower: Any, upper: Any, *, module: Any = None, mode: Any = "auto") -> str:
        """The same as a picture, an SVG: under every wire what its numbers can be.

        Grey by intervals alone, blue by lines followed back to the input, orange what 500 inputs
        in the box do; a frame reaches from the least to the largest bound by lines.

        Args:
            lower: an array, or a tuple of one per input.
            upper: of the same shapes.
            module: from `to_torch`, when its weights matter.
            mode: light, dark, or auto for what the reader chose.

        Raises:
            DiagramError: an operation that bounds do not know, with its path.
        """
        from engines.diagrams.reaching.once import svg_of_bounds
        from engines.diagrams.wires.values import fitted

        low, high = (v if isinstance(v, tuple) else (v,) for v in (lower, upper))
        return svg_of_bounds(self, module or self.to_torch(fitted(self, low)), low, high, mode)

    def die_together(self) -> tuple[Any, ...]:
        """Which rows of weights die together, axis by axis, and which refuse to be cut."""
        from engines.diagrams.cutting.groups import groups

        return groups(self)

    def cut(self, axis: str, positions: Any, *, module: Any, only: Any = ()) -> Any:
        """The module without these positions of an axis, in everything that has it.

        Args:
            axis: its name; the first group of that name that can be cut is meant.
            positions: along the axis.
            module: from `to_torch`; it stays as it is.
            only: names of what to cut, where that is believed to be all.

        Raises:
            DiagramError: an axis that cannot be cut, or not alone, with the reason.
            InputError: positions that are no whole numbers.
        """
        from engines.diagrams.cutting.removing import named, without

        return without(module, named(self.die_together(), axis), positions, only)

    def verify(self, module: Any, **options: Any) -> Any:
        """Compare with the module it was imported from, see `engines.diagrams.running.verify`."""
        from engines.diagrams.running.verify import verify

        return verify(module, self, **options)

    def backward(self) -> Diagram:
        """The diagram that computes every gradient."""
        from engines.diagrams.backward.backprop import backward

        return Diagram.of(backward(self))

    def costs(self) -> Any:
        """FLOPs, parameters, memory and traffic as polynomials: ``.total`` and ``.by_path``."""
        from engines.diagrams.costing.bill import bill

        return bill(self)

    def compare(self, other: Circuit) -> Any:
        """What another diagram adds, lacks and changes."""
        from engines.diagrams.comparing.alignment import comparison

        return comparison(self, other)

    def text(self) -> str:
        """The diagram as a text."""
        from engines.diagrams.language.writing import text_from_circuit

        return text_from_circuit(self)

    def source(self, sizes: Mapping[str, int] | None = None) -> str:
        """The diagram as Python that needs nothing but torch."""
        from engines.diagrams.running.source import source_from_circuit

        return source_from_circuit(self, sizes)

    def file(self, kind: str, **look: Any) -> bytes:
        """The diagram as svg, tikz, html, json, python or text."""
        from engines.diagrams.drawing.files import file_from_circuit

        return file_from_circuit(self, kind, **look)

    def _repr_html_(self) -> str:
        """What a notebook shows: the picture, in the reader's own light or dark."""
        from engines.diagrams.drawing.files import file_from_circuit

        return file_from_circuit(self, "svg", mode="auto").decode()
