"""What a look beyond gives: shares right, what a router does, what words mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract.pictures import Axis, Heatmap, Picture, Table
from engines.diagrams.arms.results import ArmsResult

MODULES = ("input", "increment", "hold")


@dataclass(frozen=True, eq=False)
class BeyondResult(ArmsResult):
    """The whole comparison."""

    turns: np.ndarray
    """float64[turn, module]: shares of the first router for 4 + 9; no turns with commands."""
    words: tuple[tuple[str, str], ...]
    """Words of the first grammar and their meanings, in the order in which they were found."""
    n_changes: int
    """How often it took a meaning back."""

    def pictures(self) -> tuple[Picture, ...]:
        """By condition, while they learn, and what was found inside."""
        middle, course, *tables = super().pictures()
        return (middle, course, *self._inside(), *tables)

    def _inside(self) -> tuple[Picture, ...]:
        if len(self.turns):
            ticks = tuple((k + 0.5, name) for k, name in enumerate(MODULES))
            return (
                Heatmap("What the first router does for 4 + 9", self.turns.T, Axis("turn"),
                        Axis("module", ticks=ticks), Axis("share")),
            )  # fmt: skip
        names, meant = zip(*self.words, strict=True) if self.words else ((), ())
        return (
            Table(
                f"The grammar that was found first; {self.n_changes} meanings were taken back",
                {"word": names, "means": meant},
            ),
        )
