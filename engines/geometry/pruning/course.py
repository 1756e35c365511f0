"""What was measured of tickets and their controls, round by round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.pruning.spec import ARMS, TICKET, TicketSpec
from engines.lab.statistics import mean_over, paired


@dataclass(frozen=True, eq=False)
class Course:
    """Rounds that are done; nan where a control was not asked for, or not yet."""

    spec: TicketSpec
    steps: np.ndarray
    """int64[moment]."""
    density: np.ndarray
    """float64[round]: share of weights left, biases not counted; of round 0 it is 1."""
    accuracy: np.ndarray
    """float64[arm, round, moment, net]: share right of the exam; all arms of round 0 are dense."""
    pixels: np.ndarray
    """float64[round, pixel]: weights left of each pixel, mean over networks."""
    idle: np.ndarray
    """float64[round, hidden layer]: share of units without any input, mean over networks."""
    layers: tuple[np.ndarray, ...]
    """float32[out, in] each: what the last ticket of the first network learnt, 0 where pruned."""

    @property
    def last(self) -> int:
        """The last round that is done."""
        return int(np.flatnonzero(np.isfinite(self.density))[-1])

    def at(self, step: int) -> int:
        """The moment of a step."""
        return int(np.flatnonzero(self.steps <= step)[-1])

    def share(self, arm: int, step: int = -1, round_: int | None = None) -> Estimate:
        """Share right, mean over networks, at a step (the last by default)."""
        values, when = self._values(arm, step, round_)
        return mean_over(values, of=f"share right {when}, {ARMS[arm]}", unit="networks")

    def less(self, arm: int, other: int, step: int = -1) -> Estimate:
        """One group less another, network by network."""
        a, b = self._values(other, step, None)[0], self._values(arm, step, None)[0]
        said = f"{ARMS[arm]} less {ARMS[other]}"
        return paired(a, b, self.spec.seed).estimate(said, "networks")

    def less_dense(self, arm: int) -> Estimate:
        """At the end, less the dense networks of the same first weights."""
        dense = self.accuracy[TICKET, 0, -1]
        said = f"{ARMS[arm]} at a density of {self.density[self.last]:.3f} less dense"
        found = paired(dense, self.accuracy[arm, self.last, -1], self.spec.seed)
        return found.estimate(said, "networks")

    def _values(self, arm: int, step: int, round_: int | None) -> tuple[np.ndarray, str]:
        moment = len(self.steps) - 1 if step < 0 else self.at(step)
        when = "before learning" if step == 0 else f"after {self.steps[moment]:,} steps"
        return self.accuracy[arm, self.last if round_ is None else round_, moment], when
