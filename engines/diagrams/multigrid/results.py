"""What solving gives: errors by kind of right side, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Heatmap, Picture, Table
from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import film
from engines.diagrams.multigrid.asked import ARMS, BANDS, CYCLES, ERROR, MultigridSpec

SMOOTH = next(iter(BANDS))


@dataclass(frozen=True, eq=False)
class MultigridResult(Result):
    """The whole comparison."""

    spec: MultigridSpec
    looks: Looks
    n_parameters: tuple[int, ...]
    """Of each that learns."""
    shown: np.ndarray
    """float32[what, row, column]: a solution, and the error there of the first of each arm."""

    def error(self, arm: str, band: str = SMOOTH) -> Estimate | None:
        """Relative error, mean over networks."""
        return self.looks.mean(ERROR, arm, band)

    def apart(self, other: str, band: str = SMOOTH) -> Estimate | None:
        """V-cycles less another, network by network."""
        return self.looks.apart(ERROR, CYCLES, other, band, self.spec.seed)

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        return film(self.looks)

    def pictures(self) -> tuple[Picture, ...]:
        """Errors by right side, their course, a solution, where errors are, in numbers."""
        by_band, course = self.looks.pictures()
        return (course, by_band, *self.maps(), self.looks.table(ERROR), self.counts())

    def maps(self) -> tuple[Heatmap, ...]:
        """A solution, and the first networks' errors on it, each with its own scale."""
        row, column = Axis("row"), Axis("column")
        names = ("A solution", *(f"Error of it, {arm}" for arm in ARMS))
        return tuple(
            Heatmap(name, values, column, row, Axis("value"), diverging=True, square=True)
            for name, values in zip(names, self.shown, strict=True)
        )

    def counts(self) -> Table:
        """Everybody's parameters."""
        return Table("Parameters", {"arm": ARMS, "learnt": np.array([*self.n_parameters, 0])})
