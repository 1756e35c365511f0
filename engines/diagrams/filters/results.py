"""What a comparison of chosen filters gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Heatmap, Picture, Table
from engines.diagrams.arms.looks import Looks, finite_mean
from engines.diagrams.arms.results import film
from engines.diagrams.filters.asked import ALL, ARMS, LEVELS, RIGHT, FiltersSpec


@dataclass(frozen=True, eq=False)
class FiltersResult(Result):
    """A whole comparison."""

    spec: FiltersSpec
    looks: Looks
    flops: np.ndarray
    """int64[arm, level]: of a picture, by the bill of the drawn network."""
    often: np.ndarray
    """float64[filter, class]: share of the exam's pictures of a class for which the first network
    computes a filter of its third layer, predicted, at half."""
    whole: np.ndarray
    """float64[arm, level, net]: share right with nothing left out by hand."""

    def saved(self, arm: str, level: str) -> float:
        """Share of FLOPs that a picture is spared."""
        at = ARMS.index(arm), LEVELS.index(level)
        return float(1.0 - self.flops[at] / self.flops[ARMS.index(ALL), 0])

    def lost(self, arm: str, level: str) -> Estimate | None:
        """Share right with all filters less an arm's, network by network."""
        return self.apart(RIGHT, ALL, arm, (level,))

    def apart(
        self, measure: str, one: str, other: str, levels: tuple[str, ...] = LEVELS
    ) -> Estimate | None:
        """One arm less another, network by network, mean of levels."""
        at = self.looks.at
        found = [at(measure, one, level) - at(measure, other, level) for level in levels]
        of = f"{measure}, {one} less {other}, {' and '.join(levels)}"
        return finite_mean(np.mean(found, axis=0), of)

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        return film(self.looks)

    def pictures(self) -> tuple[Picture, ...]:
        """By level, which filters for which class, while they learn, and in numbers."""
        by_level, course, found = self.looks.pictures()
        return by_level, self.map(), course, found, self.prices(), self.looks.table(RIGHT)

    def map(self) -> Heatmap:
        """Filters by class."""
        n_filters, n_classes = self.often.shape
        names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if n_classes == 26 else map(str, range(n_classes))
        across = tuple((k + 0.5, name) for k, name in enumerate(names))
        every = -(-n_filters // 8)
        down = tuple((k + 0.5, str(k + 1)) for k in range(0, n_filters, every))
        return Heatmap(
            "Which filters which pictures compute", 100.0 * self.often.astype(np.float32),
            Axis("what the picture shows", ticks=across), Axis("filter of the third layer",
            ticks=down), Axis("pictures", "%"),
        )  # fmt: skip

    def prices(self) -> Table:
        """What is paid and what is lost, a row for every arm and level."""
        rows = [(arm, level) for arm in ARMS for level in (LEVELS if arm != ALL else LEVELS[:1])]
        at = [(ARMS.index(arm), LEVELS.index(level)) for arm, level in rows]
        told = f"FLOPs by the drawn network's bill; {self.spec.n_nets} networks"
        columns = {
            "arm": tuple(arm for arm, _ in rows),
            "computed": tuple("all" if arm == ALL else level for arm, level in rows),
            "FLOPs for a picture": np.array([self.flops[k] for k in at]),
            "saved, %": np.array([100.0 * self.saved(*row) for row in rows]),
            "points lost": np.array([100.0 * _mean(self.whole[0, 0] - self.whole[k]) for k in at]),
        }
        if self.spec.never:
            left = [self.looks.at(RIGHT, *row) for row in rows]
            columns["points lost without those left out by hand"] = np.array(
                [100.0 * _mean(self.whole[k] - one) for k, one in zip(at, left, strict=True)]
            )
        return Table(f"What is paid and what is lost ({told})", columns)


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
