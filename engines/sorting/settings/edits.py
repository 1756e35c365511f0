"""A change by hand in the middle of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from engines.contract import Spec, knob
from engines.sorting.settings.shares import Algotype

FrozenKind = Literal["movable", "immovable"]


class Edit(Spec):
    """A change by hand after ``at_swap`` swaps; the run goes on with the same random streams."""

    at_swap: int = knob(0, label="At swap", help="Swaps made before the edit.", unit="swaps", ge=0)
    kind: Literal["freeze", "unfreeze", "algotype", "swap"] = knob(
        "freeze", label="Kind", help="What is done to the cell."
    )
    cell: int = knob(0, label="Cell", help="The cell, named by its first position.", ge=0)
    other: int | None = knob(
        None, label="Other cell", help="For a swap by hand: the cell it changes places with.", ge=0
    )
    algotype: Algotype | None = knob(
        None, label="New algotype", help="For a change of algotype: the new one."
    )
    frozen_kind: FrozenKind = knob(
        "immovable", label="Frozen kind", help="For a freeze: may others still move the cell?"
    )
    descending: bool = knob(
        False, label="Descending", help="For a change of algotype: the new direction."
    )

    @model_validator(mode="after")
    def _complete(self) -> Edit:
        if self.kind == "swap" and self.other is None:
            raise ValueError(f"a swap by hand of cell {self.cell} needs the other cell")
        if self.kind == "swap" and self.other == self.cell:
            raise ValueError(f"cell {self.cell} cannot be swapped with itself")
        if self.kind == "algotype" and self.algotype is None:
            raise ValueError(f"a change of algotype of cell {self.cell} needs the new algotype")
        return self
