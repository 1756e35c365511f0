"""What to compare, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engines.contract import Result, Spec, knob
from engines.contract.pictures import Picture, Table
from engines.diagrams.library import LIBRARY
from engines.diagrams.specs.drawing import TEXT_MAX, Drawing


class CompareSpec(Spec):
    """Two texts."""

    text: str = knob(
        LIBRARY["post-norm"].text,
        label="First text",
        help="The diagram to start from.",
        widget="hidden",
        max_length=TEXT_MAX,
    )
    other: str = knob(
        LIBRARY["pre-norm"].text,
        label="Second text",
        help="The diagram to compare with it.",
        widget="hidden",
        max_length=TEXT_MAX,
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


@dataclass(frozen=True, eq=False)
class ComparedDrawings(Result):
    """Both drawings with what differs marked in their scenes, and the differences in words."""

    first: Drawing
    second: Drawing
    differences: tuple[tuple[str, str, str], ...]
    """(what, operation, where)."""
    wires: tuple[tuple[str, str, str], ...]
    delta: tuple[tuple[str, str], ...]
    """(quantity, polynomial) by which the second costs more."""
    rewritten: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    """bool[rewrite]: whether a difference was told between the first text and itself, with other
    names of values and its lines in another order."""
    altered: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    """bool[rewrite]: the same where one operation was altered as well."""

    def pictures(self) -> tuple[Picture, ...]:
        """The differences as a table."""
        rows = self.differences
        columns = {
            name: tuple(row[k] for row in rows)
            for k, name in enumerate(("what", "operation", "where"))
        }
        return (Table("Differences", columns),)
