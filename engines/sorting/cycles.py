"""The cycle of a livelock: how long it is, since when, and whose swaps make it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.sorting.trajectory import Trajectory


@dataclass(frozen=True, eq=False)
class Cycle:
    """One way round: after ``period`` swaps the array is as it was at step ``start``."""

    start: int
    period: int
    """Swaps."""
    since: int
    """Step after which only places of this cycle changed, so where going round began."""
    cells: np.ndarray
    """int32[cell]: those that move in it, by first position."""

    @property
    def end(self) -> int:
        """Step at which the state of ``start`` is back."""
        return self.start + self.period


def cycle_of(trajectory: Trajectory) -> Cycle | None:
    """The cycle in which a run ended; None when it did not end in a livelock."""
    start, period = trajectory.cycle
    if trajectory.stop != "livelock" or period == 0:
        return None
    left, right = trajectory.left, trajectory.right_of(slice(None))
    inside = np.zeros(trajectory.n_cells, bool)
    inside[left[start : start + period]] = True
    inside[right[start : start + period]] = True
    elsewhere = np.flatnonzero(~(inside[left] & inside[right]))
    since = int(elsewhere[-1]) + 1 if len(elsewhere) else 0
    cells = np.sort(trajectory.at(start).order[inside])
    return Cycle(start, period, since, cells.astype(np.int32))
