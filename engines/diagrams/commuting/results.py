"""What a square gives: how far it commutes, for whom, and where not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, InputError, Result
from engines.contract.pictures import Picture, Table
from engines.diagrams.commuting import pictures as drawn
from engines.diagrams.commuting.asked import KINDS, LEVELS, ROWS, CommutingSpec
from engines.diagrams.commuting.pictures import Shown
from engines.lab.statistics import half_widths, mean_over

UNIT = "squares"


@dataclass(frozen=True, eq=False)
class CommutingFrame(Frame):
    """So far: ``course`` float64[look, kind, net] is the mean degree."""

    steps: np.ndarray
    course: np.ndarray
    shown: Shown | None

    def pictures(self) -> tuple[Picture, ...]:
        """The square now, and the degree up to here."""
        course = drawn.course(self.steps, self.course)
        if self.shown is None:
            return (course,)
        return (drawn.square(self.shown), drawn.least(self.shown), course)


@dataclass(frozen=True, eq=False)
class CommutingResult(Result):
    """The whole comparison; arrays are [kind of the first, kind of the second, net] unless said."""

    spec: CommutingSpec
    steps: np.ndarray
    course: np.ndarray
    """float64[look, kind, net]: mean degree where both are of a kind."""
    degree: np.ndarray
    """Mean over the exam."""
    least: np.ndarray
    """The lowest of the exam: *for all pictures*."""
    dealt: np.ndarray
    """Mean degree when answers are dealt to other pictures, over all deals."""
    differ: np.ndarray
    """Share of pictures with two classes."""
    wrong: np.ndarray
    """float64[way, kind, net]: share of pictures whose parity each way gets wrong."""
    under: np.ndarray
    """float64[row, kind, level, net]: mean degree as noise in the lower way grows."""
    shown: Shown

    def moments(self) -> tuple[Frame, ...]:
        """The course as a film; what is shown of single pictures is that of the end."""
        n = len(self.steps)
        return tuple(
            CommutingFrame(self.steps[:k], self.course[:k], self.shown if k == n else None,
                           fraction=k / n)
            for k in range(1, n + 1)
        )  # fmt: skip

    def of_a_kind(self, values: np.ndarray) -> np.ndarray:
        """float64[kind, net]: where both networks are of one kind."""
        kinds = np.arange(len(values))
        return values[kinds, kinds]

    def at(self, row: str, level: float) -> Estimate:
        """Mean degree of all kinds, at a level of noise in the lower way.

        Raises:
            InputError: no such row or level.
        """
        if row not in ROWS or level not in LEVELS:
            raise InputError(
                f"there is no {row!r} at noise {level!r}; rows are {', '.join(ROWS)}, levels "
                f"{', '.join(f'{one:g}' for one in LEVELS)}"
            )
        found = self.under[ROWS.index(row), :, LEVELS.index(level)].mean(0)
        return mean_over(found, of=f"degree at noise {level:g}, {row}", unit=UNIT)

    def errors(self) -> np.ndarray:
        """Shares wrong of both ways together."""
        return self.wrong[0][:, None] + self.wrong[1][None]

    def pictures(self) -> tuple[Picture, ...]:
        """The square, where it does not commute, noise, pairs, course and numbers."""
        return (
            drawn.square(self.shown),
            drawn.least(self.shown),
            drawn.noise(self.under),
            drawn.sorted_degrees(self.shown, self.spec.drawn),
            drawn.pairs(self.degree),
            drawn.course(self.steps, self.course),
            drawn.told(self.shown),
            self.table(),
        )

    def table(self) -> Table:
        """Squares of one kind, means over squares."""
        measures = {"degree": self.degree, "least": self.least, "answers dealt": self.dealt,
                    "classes differ on": self.differ, "errors of both": self.errors()}  # fmt: skip
        columns = {}
        for name, values in measures.items():
            rows = self.of_a_kind(values)
            columns[name] = tuple(f"{m:.3f} ± {h:.2g}" for m, h in
                                  zip(rows.mean(-1), half_widths(rows), strict=True))  # fmt: skip
        said = f"mean ± 95 % t interval of {self.spec.n_nets} squares"
        return Table(f"Both networks of one kind, {said}", {"both": KINDS, **columns})
