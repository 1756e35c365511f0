"""Run one array to its end, and look at what came out. The functions people call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from engines.sorting.motion import cold_start
from engines.sorting.settings.spec import SortSpec
from engines.sorting.trajectory.moments import SortFrame
from engines.sorting.trajectory.trajectory import Trajectory

FRAME_S = 1 / 30
"""A long run shows itself this often."""


SWAPS_PER_SECOND = 5e6
"""A careful guess of the kernels' speed, traces included."""


def simulate(spec: SortSpec, *, is_cancelled: Callable[[], bool] | None = None) -> Trajectory:
    """Run a spec to its end.

    ``is_cancelled`` is asked every few tens of milliseconds; when it says yes, the part that was
    computed is returned, marked "cancelled".
    """
    from engines.sorting.motion.simulation import Simulation

    simulation = Simulation(spec)
    while simulation.stop is None and not (is_cancelled and is_cancelled()):
        simulation.move_on()
    return simulation.trajectory()


def frames_of(spec: SortSpec) -> Iterator[SortFrame | Trajectory]:
    """The start, then a moment of the run thirty times a second, and the trajectory last."""
    if cold_start.is_cold():
        yield from cold_start.cold_frames(spec)
    from engines.sorting.motion.simulation import Simulation

    simulation = Simulation(spec)
    yield simulation.frame()
    shown = time.monotonic()
    while simulation.stop is None:
        simulation.move_on()
        if time.monotonic() - shown >= FRAME_S:
            yield simulation.frame()
            shown = time.monotonic()
    yield simulation.trajectory()


def estimated_swaps(spec: SortSpec) -> int:
    """Swaps to expect before anything is allocated: n (n - 1) / 4 for a random permutation.

    Exact in the mean for adjacent swaps; selection needs fewer, mixtures up to twice as many.
    """
    return spec.n_cells * (spec.n_cells - 1) // 4


def estimated_seconds(spec: SortSpec) -> float:
    """A guess of the run's length on one thread, traces included."""
    return min(spec.max_swaps, 2 * estimated_swaps(spec)) / SWAPS_PER_SECOND


def inversions(values: np.ndarray) -> int:
    """Pairs in the wrong order, strictly: the swaps any adjacent sort needs (merge count)."""
    ranks = np.unique(np.asarray(values), return_inverse=True)[1]
    if len(ranks) < 2:
        return 0
    seen = np.zeros(int(ranks.max()) + 2, np.int64)  # Fenwick tree over ranks, from 1
    total = 0
    for count, rank in enumerate(ranks.tolist()):
        place, not_larger = rank + 1, 0
        while place:
            not_larger += int(seen[place])
            place &= place - 1
        total += count - not_larger
        place = rank + 1
        while place < len(seen):
            seen[place] += 1
            place += place & -place
    return total
