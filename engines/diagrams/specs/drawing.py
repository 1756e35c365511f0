"""What to draw, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from engines.contract import Result, Spec, knob
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.diagrams.library import ATTENTION

TEXT_MAX = 200_000
SizeValue = Annotated[int, Field(ge=1, le=2**31)]


class AxisSize(Spec):
    """One axis and how long it is."""

    axis: str = knob("x", label="Axis", help="Its name in the text.", max_length=64)
    size: SizeValue = knob(8, label="Size", help="How many positions it has.")


class DrawSpec(Spec):
    """A text and how to look at it."""

    text: str = knob(
        ATTENTION,
        label="Text",
        help="The diagram in words, a line per operation.",
        widget="hidden",
        max_length=TEXT_MAX,
    )
    direction: Literal["forward", "backward"] = knob(
        "forward",
        label="Pass",
        help="The diagram itself, or the one that computes its gradients.",
        group="Text",
    )
    collapsed: tuple[str, ...] = knob(
        (), label="Folded blocks", help="Paths of blocks drawn as closed boxes.", widget="hidden"
    )
    sizes: tuple[AxisSize, ...] = knob(
        (), label="Sizes", help="Sizes of axes for costs and curves.", widget="hidden"
    )
    curve_axis: str = knob(
        "",
        label="Curves against",
        help="The axis along which costs are plotted; empty for the first free one.",
        group="Sizes",
        max_length=64,
    )
    apart: bool = knob(
        False,
        label="Named blocks apart",
        help="Draw a definition closed where it is called, and once below as an equation.",
        group="Look",
    )
    width: int = knob(
        1100,
        label="Line width",
        help="Where long diagrams wrap, in pixels of the picture.",
        unit="px",
        group="Look",
        ge=300,
        le=100_000,
        soft=(500, 3000),
        step=50,
    )

    def free_sizes(self) -> dict[str, int]:
        """The chosen sizes by axis."""
        return {item.axis: item.size for item in self.sizes}


@dataclass(frozen=True)
class Mistake:
    """A problem as the editor shows it."""

    line: int
    col: int
    length: int
    code: str
    message: str
    hint: str


@dataclass(frozen=True, eq=False)
class Drawing(Result):
    """A drawn diagram: its scene and cards as JSON, its costs, or what is wrong with its text."""

    spec: DrawSpec
    scene: str
    """`engines.diagrams.drawing.painting.scene` as JSON; empty when the text has mistakes."""
    cards: str
    """What to tell about every operation, JSON by path."""
    legend: tuple[tuple[str, str, int, bool], ...]
    """(axis, definition, size, whether it may be chosen) of every axis."""
    totals: tuple[tuple[str, str, float], ...]
    """(quantity, polynomial, value at the sizes)."""
    by_block: tuple[tuple[str, float, float, float], ...]
    """(path, FLOPs, parameters, saved numbers) of the operations that cost most."""
    sentences: tuple[str, ...]
    """Crossovers, in words."""
    mistakes: tuple[Mistake, ...]
    curve_x: np.ndarray
    curve_names: tuple[str, ...]
    curves: np.ndarray
    """float64[quantity, x]."""
    curve_axis: str
    n_visible: int
    folded: tuple[str, ...]
    """Blocks that are closed, by hand or because the diagram is large."""
    notes: tuple[str, ...] = ()

    def pictures(self) -> tuple[Picture, ...]:
        """Costs against one axis, and what costs most."""
        if not len(self.curve_x):
            return ()
        lines = dict(zip(self.curve_names, self.curves, strict=True))
        axis = Axis(f"size of {self.curve_axis}")
        curve = Curves("Costs", self.curve_x, lines, axis, Axis("operations or numbers"))
        columns = {
            "operation": tuple(row[0] for row in self.by_block),
            "FLOPs": np.array([row[1] for row in self.by_block]),
            "parameters": np.array([row[2] for row in self.by_block]),
            "saved": np.array([row[3] for row in self.by_block]),
        }
        return (curve, Table("Costs by operation", columns))
