"""A run that was stopped keeps its past."""

import asyncio

import numpy as np

from engines.running.compute import Job, Status
from engines.sorting.model import LiveSpec, SortSpec
from engines.sorting.motion.simulate import simulate
from views.sorting.partial import part_until_last_frame, stopped_by_hand
from views.sorting.run import SortingView

RUN = SortSpec(n_cells=40, seed=5)


def test_the_part_has_the_whole_runs_past_and_says_it_was_stopped():
    whole = simulate(RUN)
    part = stopped_by_hand(simulate(RUN.replace(max_swaps=100)), RUN)
    assert part.stop == "cancelled"
    assert part.spec == RUN
    assert part.n_steps == 100
    np.testing.assert_array_equal(part.left, whole.left[:100])
    np.testing.assert_array_equal(part.at(100).order, whole.at(100).order)


def test_a_job_without_a_moment_has_no_part():
    assert part_until_last_frame(Job("sorting/run", RUN, "", "")) is None


async def test_a_stopped_live_run_can_be_scrubbed_and_looked_at(compute):
    view = SortingView("sorting/run", compute, spec=RUN)
    view.live.value, view.live_speed.value = True, 400.0
    job = view.run()
    assert isinstance(job.spec, LiveSpec)
    while job.frame is None or job.frame.n_swaps < 20:
        await asyncio.sleep(0.02)
    compute.cancel(job)
    while not view.shown:
        await asyncio.sleep(0.02)
    assert job.state.status is Status.CANCELLED
    trajectory = view.shown[0][1]
    assert trajectory.stop == "cancelled"
    assert 20 <= trajectory.n_steps < simulate(RUN).n_steps
    assert view.canvas.frame == b""  # cells can be clicked again
