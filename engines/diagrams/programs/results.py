"""What a comparison of symbolic features gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.diagrams.arms.looks import finite_mean, finite_pairs
from engines.diagrams.arms.results import ArmsResult
from engines.diagrams.programs.asked import (
    DIGITS,
    N_CLASS_BITS,
    NONE,
    PLAN,
    PROGRAM,
    SIZES,
    ProgramsSpec,
)


@dataclass(frozen=True, eq=False)
class ProgramsResult(ArmsResult):
    """A whole comparison."""

    spec: ProgramsSpec
    formulas: tuple[str, ...]
    """Of the first network's program, as Python writes them."""
    true_of: np.ndarray
    """float64[formula]: share of pictures."""

    def right(self, measure: str, arm: str) -> Estimate | None:
        """Mean share right over programs, of the mean over sizes."""
        return finite_mean(self.over_sizes(measure, arm), f"{measure}, {arm}")

    def apart_sizes(self, measure: str, one: str, other: str) -> Estimate | None:
        """One arm less another, program by program, of the mean over sizes."""
        a, b = self.over_sizes(measure, other), self.over_sizes(measure, one)
        return finite_pairs(a, b, f"{measure}, {one} less {other}", self.seed)

    def over_sizes(self, measure: str, arm: str) -> np.ndarray:
        """float64[net]: mean over the numbers of pictures to learn from."""
        return np.mean([self.looks.at(measure, arm, name) for name in PLAN.conditions], axis=0)

    def pictures(self) -> tuple[Picture, ...]:
        """By size, every program, while they learn, and in numbers."""
        digits, course, classes = self.looks.pictures()
        tables = tuple(self.looks.table(name) for name in PLAN.measures)
        return digits, classes, self.every_program(), course, self.program(), *tables

    def every_program(self) -> Curves:
        """What each program gains where digits are read, from the one that costs most on."""
        at = self.looks.at
        gains = {
            f"{size} pictures": 100.0 * np.sort(at(DIGITS, PROGRAM, name) - at(DIGITS, NONE, name))
            for size, name in zip(SIZES, PLAN.conditions, strict=True)
        }
        n = np.arange(1, self.spec.n_nets + 1, dtype=float)
        return Curves(
            "Digits: what each program gains", n, gains, Axis("programs, worst first"),
            Axis("gained", "points"), dots=gains,
        )  # fmt: skip

    def program(self) -> Table:
        """The first network's formulas."""
        return Table(
            f"A program: its bits join the first layer; the first {N_CLASS_BITS} make classes",
            {
                "bit": np.arange(1, len(self.formulas) + 1),
                "formula, r rows and c columns in pairs": self.formulas,
                "true of pictures, %": np.round(100.0 * self.true_of, 1),
                "in the exam": tuple(
                    "cut" if k + 1 in self.spec.cut else "told" for k in range(len(self.formulas))
                ),
            },
        )
