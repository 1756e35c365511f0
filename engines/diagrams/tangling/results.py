"""What searches give: sizes found, and how good networks of those sizes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Picture, Table
from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import film
from engines.diagrams.tangling.asked import (
    APART,
    ERROR,
    FOUND,
    N_CHANNELS,
    TANGLED,
    WIDEST,
    TanglingSpec,
)


@dataclass(frozen=True, eq=False)
class TanglingResult(Result):
    """The whole search."""

    spec: TanglingSpec
    looks: Looks
    """Of the searches."""
    after: Looks
    """Of networks with the sizes found and weights anew."""
    stored: tuple[int, int]
    """Taps stored by the search with entangled weights, and with weights apart."""

    def found(self, search: str, n_learnt: str) -> Estimate | None:
        """Per cent of planted sizes found, over networks."""
        return self.looks.mean(FOUND, search, n_learnt)

    def behind(self, one: str, other: str, n_learnt: str) -> Estimate | None:
        """Error of one kind of sizes less that of another, weights anew, network by network."""
        return self.after.apart(ERROR, one, other, n_learnt, self.spec.seed)

    def moments(self) -> tuple[Frame, ...]:
        """The search as a film, a frame per look."""
        return film(self.looks)

    def pictures(self) -> tuple[Picture, ...]:
        """Sizes found, errors with those sizes, the course, in numbers."""
        found, course = self.looks.pictures()
        tables = self.looks.table(FOUND), self.after.table(ERROR)
        return (found, self.after.by_condition(ERROR), course, *tables, self.weights())

    def weights(self) -> Table:
        """Taps stored."""
        return Table(
            "Taps stored",
            {
                "search": (TANGLED, APART, "the largest network alone"),
                "taps": np.array([*self.stored, N_CHANNELS * WIDEST]),
            },
        )
