"""One cell's way through a run: every swap it took part in, and who made it.

>>> from engines.sorting import SortSpec, simulate, trace
>>> run = simulate(SortSpec(n_cells=12, algotypes="insertion"))
>>> way = trace(run, 5)
>>> way.n_moves == int(run.moves[5]), set(way.by[way.target < way.source].tolist()) == {SELF}
(True, True)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Result, Spec, knob
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.sorting.settings.spec import SortSpec

SELF, OTHER, EITHER, HAND, PROGRAM = range(5)
"""Who made a swap, as in `CellTrace.by`."""

BY = ("itself", "the other", "either", "by hand", "the program")
"""The same in words."""


class TraceSpec(Spec):
    """Which cell of which run, and how far."""

    run: SortSpec = knob(SortSpec(), label="Run", help="The run the cell lives in.")
    cell: int = knob(0, label="Cell", help="The cell, named by its first position.", ge=0)
    n_steps: int = knob(
        2**62, label="Steps", help="Swaps of the run to look at.", unit="swaps", ge=0
    )


@dataclass(frozen=True, eq=False)
class CellTrace(Result):
    """The swaps one cell took part in, in order; each array is indexed by move."""

    spec: TraceSpec
    step: np.ndarray
    """int64[move]: swaps made when the move was done, so the step that shows it first."""
    source: np.ndarray
    """int32[move]: position before."""
    target: np.ndarray
    """int32[move]: position after."""
    other: np.ndarray
    """int32[move]: the cell it changed places with."""
    by: np.ndarray
    """uint8[move]: SELF, OTHER, EITHER, HAND or PROGRAM.

    EITHER is said where uniform turns of bubble cells draw the pair and not the cell.
    """

    @property
    def n_moves(self) -> int:
        """Swaps the cell took part in."""
        return len(self.step)

    def position_at(self, step: int) -> int:
        """Where the cell is after ``step`` swaps."""
        move = int(np.searchsorted(self.step, step, side="right")) - 1
        return int(self.target[move]) if move >= 0 else self.spec.cell

    def columns(self) -> dict[str, np.ndarray | tuple[str, ...]]:
        """The moves as columns of a table."""
        return {
            "step": self.step,
            "from": self.source,
            "to": self.target,
            "other cell": self.other,
            "made by": tuple(BY[code] for code in self.by),
        }

    def pictures(self) -> tuple[Picture, ...]:
        """The way as a line, and the moves as a table."""
        step = np.concatenate([[0], self.step])
        position = np.concatenate([[self.spec.cell], self.target]).astype(float)
        way = Curves("Its way", step, {"position": position}, Axis("swaps"), Axis("position"))
        return (way, Table("Its moves", self.columns()))
