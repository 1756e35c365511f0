"""The cycle of a livelock: how long it is, since when, and whose swaps make it.

Turns are drawn at random, so a livelock is a set of states that are left and come back for ever,
by shorter and longer ways. What is told is one state of it, the shortest way seen from that state
back to itself, and every cell that moved since the state was there first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.sorting.trajectory.trajectory import Trajectory

LOOK_BACK = 20_000
"""Swaps before the end that are searched for the state; a page may do so while somebody waits."""


@dataclass(frozen=True, eq=False)
class Cycle:
    """A state that returns: after ``period`` swaps the array is as it was at step ``start``."""

    start: int
    period: int
    """Swaps, on the shortest way round that was seen."""
    since: int
    """Step at which this state was there first, as far as `LOOK_BACK` shows."""
    n_rounds: int
    """How many times it came back since."""
    cells: np.ndarray
    """int32[cell]: those that moved since, by first position."""

    @property
    def end(self) -> int:
        """Step at which the state of ``start`` is back."""
        return self.start + self.period


def cycle_of(trajectory: Trajectory) -> Cycle | None:
    """The cycle in which a run ended; None when it did not end in a livelock."""
    if trajectory.stop != "livelock" or trajectory.cycle[1] == 0:
        return None
    visits = np.array(_visits(trajectory, sum(trajectory.cycle)))
    gaps = np.diff(visits)
    shortest = len(gaps) - 1 - int(np.argmin(gaps[::-1]))  # the latest of them
    span = slice(int(visits[0]), int(visits[-1]))
    moving = np.zeros(trajectory.n_cells, bool)
    moving[trajectory.left[span]] = True
    moving[trajectory.right_of(span)] = True
    cells = np.sort(trajectory.at(span.start).order[moving]).astype(np.int32)
    return Cycle(int(visits[shortest]), int(gaps[shortest]), span.start, len(gaps), cells)


def _visits(trajectory: Trajectory, end: int) -> list[int]:
    """Steps at which the array was as it is at ``end``, that one included."""
    first = max(0, end - max(LOOK_BACK, trajectory.cycle[1]))
    final = trajectory.at(end).order.tolist()
    order, n_misplaced, visits = final.copy(), 0, [end]
    span = slice(first, end)
    pairs = zip(trajectory.left[span].tolist(), trajectory.right_of(span).tolist(), strict=True)
    for step, (a, b) in zip(range(end - 1, first - 1, -1), reversed(list(pairs)), strict=True):
        n_misplaced -= (order[a] != final[a]) + (order[b] != final[b])
        order[a], order[b] = order[b], order[a]
        n_misplaced += (order[a] != final[a]) + (order[b] != final[b])
        if n_misplaced == 0:
            visits.append(step)
    return visits[::-1]
