"""On the first run ever, the plain loop shows the run until the kernels take over."""

import threading

import numpy as np
import pytest

from engines.sorting.experiments.arrays import live, run
from engines.sorting.model import Edit, LiveSpec, SortSpec, Trajectory
from engines.sorting.motion import cold_start


@pytest.fixture
def cold(monkeypatch):
    """As if nothing was compiled; the compiler is done when the test says so."""
    compiled = threading.Event()
    asked = iter([True])
    monkeypatch.setattr(cold_start, "is_cold", lambda: next(asked, False))
    monkeypatch.setattr(cold_start, "warm_up", lambda _spec: compiled.wait(20))
    return compiled


@pytest.mark.parametrize("scheduler", ["burst", "sweep", "synchronous"])
def test_the_kernels_take_over_in_the_middle_of_the_same_run(cold, scheduler):
    spec = SortSpec(n_cells=40, algotypes=("bubble", "selection"), scheduler=scheduler)
    frames, last = [], None
    for item in live.frames(LiveSpec(run=spec, swaps_per_second=600.0)):
        if isinstance(item, Trajectory):
            last = item
        else:
            frames.append(item)
        if len(frames) == 15:
            cold.set()
    assert last is not None
    assert frames[14].step > 20
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)
    for frame in frames:
        assert np.array_equal(frame.order, last.at(frame.step).order)
        assert frame.error == last.errors[frame.step]
        assert frame.aggregation == pytest.approx(last.aggregation()[frame.step])


def test_a_run_is_shown_at_once_and_ends_with_its_trajectory(cold):
    items = run.frames(SortSpec(n_cells=30))
    assert next(items).step == 0
    steps = [next(items).step for _ in range(10)]
    assert steps[-1] > 0
    cold.set()
    *_, last = items
    assert last.stop == "sorted"


def test_runs_the_plain_loop_cannot_follow_wait_for_the_kernels(cold):
    spec = SortSpec(n_cells=30, edits=(Edit(at_swap=3, cell=1),))
    items = run.frames(spec)
    assert {next(items).step for _ in range(5)} == {0}
    cold.set()
    *_, last = items
    assert last.at(5).frozen[1] == 2


def test_after_a_run_the_kernels_are_no_longer_cold():
    cold_start.warm_up(SortSpec(n_cells=5))
    assert not cold_start.is_cold()
