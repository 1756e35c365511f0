"""What a comparison of bases gives: errors by formula, and which bases were kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Heatmap, Picture, Table
from engines.diagrams.arms.looks import Looks, finite_mean
from engines.diagrams.arms.results import film
from engines.diagrams.choosing.asked import ARMS, ERROR, FIXED, TASKS, ChoosingSpec


@dataclass(frozen=True, eq=False)
class ChoosingResult(Result):
    """The whole comparison."""

    spec: ChoosingSpec
    looks: Looks
    shares: np.ndarray
    """float64[task, basis]: share of nodes that kept a basis."""
    n_parameters: tuple[int, ...]
    """Of each arm after the choice."""

    def logs(self, arm: str) -> np.ndarray:
        """float64[task, net]: decimal logarithm of the error."""
        found = np.stack([self.looks.at(ERROR, arm, task) for task in TASKS])
        return np.log10(np.maximum(found, 1e-12))

    def mean(self, arm: str) -> Estimate | None:
        """Mean over formulas of the error's logarithm, over networks."""
        return finite_mean(self.logs(arm).mean(axis=0), f"log10 of the error, {arm}")

    def apart(self, one: str, other: str) -> Estimate | None:
        """One arm less another, formula by formula and network by network, mean over formulas."""
        of = f"log10 of the error, {one} less {other}, mean of {len(TASKS)} formulas"
        return finite_mean((self.logs(one) - self.logs(other)).mean(axis=0), of)

    @property
    def best_for_all(self) -> str:
        """The one basis with the least mean logarithm over formulas, in the exam itself."""
        return min(FIXED, key=lambda arm: float(np.nanmean(self.logs(arm))))

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        return film(self.looks)

    def pictures(self) -> tuple[Picture, ...]:
        """Errors by formula, their course, what was kept, in numbers."""
        by_task, course = self.looks.pictures()
        return (by_task, self.kept(), course, self.table(), self.looks.table(ERROR))

    def kept(self) -> Heatmap:
        """Share of nodes by basis and formula."""

        def at(names: tuple[str, ...]) -> tuple[tuple[float, str], ...]:
            return tuple((k + 0.5, name) for k, name in enumerate(names))

        return Heatmap(
            "What nodes keep", 100.0 * self.shares[::-1].astype(np.float32),
            Axis("", ticks=at(FIXED)), Axis("", ticks=at(TASKS[::-1])), Axis("nodes", "%"),
        )  # fmt: skip

    def table(self) -> Table:
        """Mean logarithm and parameters of every arm."""
        logs = [self.logs(arm).mean(axis=0) for arm in ARMS]
        return Table(
            f"log10 of the error, mean of {len(TASKS)} formulas, {self.spec.n_nets} networks",
            {
                "arm": ARMS,
                "parameters": np.array(self.n_parameters),
                "mean": np.array([np.nanmean(each) for each in logs]),
                "worst formula": np.array([np.nanmean(self.logs(a), axis=1).max() for a in ARMS]),
            },
        )
