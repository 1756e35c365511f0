"""One array, shown while it is computed, at a speed in swaps per second."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.sorting.motion import cold_start
from engines.sorting.settings.presets import PRESETS
from engines.sorting.trajectory.moments import LiveSpec, SortFrame
from engines.sorting.trajectory.trajectory import Trajectory

FRAME_S = 1 / 60


def frames(spec: LiveSpec) -> Iterator[SortFrame | Trajectory]:
    """Sixty frames a second, each after the swaps that are due; the trajectory last.

    The clock only decides what is shown when, never what happens. Frames that come late are
    left out, not caught up on, so a slow reader sees the right moment. When more swaps are due
    than can be computed, the run goes as fast as it can.
    """
    shown = 0
    if cold_start.is_cold():
        shown = yield from cold_start.cold_frames(spec.run, spec.swaps_per_second)
    from engines.sorting.motion.simulation import Simulation

    simulation = Simulation(spec.run)
    while simulation.stop is None and simulation.step < shown:
        simulation.move_on(shown)
    yield simulation.frame()
    last, due = time.monotonic(), 0.0
    while simulation.stop is None:
        time.sleep(max(0.0, FRAME_S - (time.monotonic() - last)))
        now = time.monotonic()
        # A paused run must not jump ahead when it goes on.
        due += min(now - last, 4 * FRAME_S) * spec.swaps_per_second
        last = now
        whole = int(due)
        due -= whole
        _move_on(simulation, simulation.step + whole, now + FRAME_S / 2)
        yield simulation.frame()
    yield simulation.trajectory()


def _move_on(simulation, goal: int, until: float) -> None:  # noqa: ANN001 - loads numba
    while simulation.stop is None and simulation.step < goal and time.monotonic() < until:
        simulation.move_on(goal)


def seconds(spec: LiveSpec) -> float:
    """As long as it takes to look at it."""
    from engines.sorting.motion.simulate import estimated_swaps

    return estimated_swaps(spec.run) / spec.swaps_per_second


EXPERIMENT = Experiment(
    spec=LiveSpec,
    frames=frames,
    card=Card(
        title="An array, live",
        claim="The same run, shown while it happens, at the speed you set.",
        paper="none",
    ),
    presets={name: LiveSpec(run=run) for name, run in PRESETS.items()},
    seconds=seconds,
    listed=False,
)
