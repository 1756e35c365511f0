"""The experiments as the page runs them: frames, reports, pace, known answers."""

import time

import numpy as np
import pytest

from engines.boundary import codec
from engines.contract import SpecError
from engines.running import registry
from engines.sorting.experiments.arrays import cell, live, run
from engines.sorting.model import (
    AlgotypeShare,
    CellSpec,
    Edit,
    LiveSpec,
    SortFrame,
    SortSpec,
    Trajectory,
)

MIXTURE = ("bubble", "insertion", "selection")


@pytest.mark.parametrize("name", ["run", "ensemble", "cell", "live"])
def test_experiments_are_found_by_their_files(name):
    found = registry.experiment(f"sorting/{name}")
    assert registry.name_of(found.spec) == f"sorting/{name}"
    assert isinstance(found.default(), found.spec)
    assert found.seconds(found.default()) >= 0.0


def test_a_frame_of_a_hundred_cells_takes_under_a_kilobyte():
    first = next(run.frames(SortSpec(algotypes=MIXTURE, n_frozen=5)))
    packed = codec.pack(first)
    assert len(packed) <= 1000
    again = codec.unpack(packed)
    assert np.array_equal(again.order, np.arange(100))
    assert again.pictures()


def test_a_long_run_shows_itself_ten_times_a_second_and_can_be_closed():
    spec = SortSpec(n_cells=20_000, scheduler="uniform", max_swaps=30_000_000)
    frames = run.frames(spec)
    next(frames)
    waits = []
    for _ in range(8):
        started = time.perf_counter()
        frame = next(frames)
        waits.append(time.perf_counter() - started)
    frames.close()
    assert isinstance(frame, SortFrame)
    assert 0 < frame.fraction < 1
    # The first wait may hold a compilation, and any one a busy machine.
    assert sorted(waits)[4] < 0.5


def test_frames_follow_the_trajectory():
    *frames, last = run.frames(SortSpec(n_cells=300, algotypes=MIXTURE))
    assert isinstance(last, Trajectory)
    for frame in frames:
        assert np.array_equal(frame.order, last.at(frame.step).order)
        assert frame.error == last.errors[frame.step]
        assert frame.sortedness == last.sortedness()[frame.step]
        assert frame.aggregation == pytest.approx(last.aggregation()[frame.step])


def test_live_keeps_its_pace_and_ends_with_the_same_trajectory():
    spec = SortSpec(n_cells=25, seed=3)
    started = time.perf_counter()
    *frames, last = live.frames(LiveSpec(run=spec, swaps_per_second=400.0))
    took = time.perf_counter() - started
    assert codec.pack(last) == codec.pack(run.EXPERIMENT.result(spec))
    assert took > 0.8 * last.n_steps / 400.0
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)
    assert max(np.diff(steps)) <= 40


def test_live_at_full_speed_does_not_wait_for_the_clock():
    frames = list(live.frames(LiveSpec(run=SortSpec(), swaps_per_second=1e9)))
    assert isinstance(frames[-1], Trajectory)
    assert len(frames) < 20


def report(**fields):
    return cell.EXPERIMENT.result(CellSpec(**fields))


def test_a_report_tells_the_cell_at_its_step():
    spec = SortSpec(n_cells=40, algotypes=MIXTURE, n_frozen=4, seed=8)
    whole = run.EXPERIMENT.result(spec)
    for number in range(0, 40, 7):
        for step in (0, 50, whole.n_steps):
            found = report(run=spec, cell=number, step=step)
            moved = (np.diff(positions(whole, number, step)) != 0).sum()
            assert found.position == whole.at(step).order.tolist().index(number)
            assert found.moves == moved
            assert found.rank == whole.rank[number]
            assert found.sentence.endswith(".")
            codec.unpack(codec.pack(found))


def positions(whole: Trajectory, number: int, step: int) -> np.ndarray:
    return np.array([whole.at(s).order.tolist().index(number) for s in range(step + 1)])


def test_moves_in_the_log_are_moves_in_the_report():
    whole = run.EXPERIMENT.result(SortSpec(n_cells=20))
    counts = [report(run=whole.spec, cell=c, step=whole.n_steps).moves for c in range(20)]
    assert counts == whole.moves.tolist()


def test_a_cell_that_cannot_act_never_starts_the_next_swap():
    spec = SortSpec(n_cells=12, algotypes=MIXTURE, n_frozen=2, seed=1)
    whole = run.EXPERIMENT.result(spec)
    for step in range(whole.n_steps):
        swap = {int(whole.left[step]), int(whole.right_of(slice(step, step + 1))[0])}
        movers = [c for c in range(12) if whole.at(step).order.tolist().index(c) in swap]
        able = [report(run=spec, cell=mover, step=step).can_act for mover in movers]
        selection_may_still_advance = any(whole.algotype == 2)
        assert any(able) or selection_may_still_advance


@pytest.mark.parametrize(
    ("share", "values", "frozen", "asked", "sentence"),
    [
        ("selection", (2, 3, 1), (0,), 2, "It wants position 0, but the cell there is frozen"),
        ("selection", (2, 3, 1), (), 2, "the cell there is larger, so they will swap"),
        ("selection", (1, 3, 2), (), 0, "It stands at its ideal position 0"),
        ("bubble", (2, 1), (0,), 1, "It wants to go left, but the cell there is frozen"),
        ("bubble", (2, 1), (), 0, "It will swap with its right neighbour"),
        ("bubble", (2, 3, 1), (), 0, "Its one neighbour stands on the right side"),
        ("insertion", (3, 2, 1, 0), (), 3, "break between positions 0 and 1"),
        ("insertion", (1, 3, 2), (), 2, "so it will swap with its left neighbour"),
        ("insertion", (2, 3, 1), (), 0, "left border"),
        ("bubble", (2, 1, 0), (1,), 1, "nobody can move it"),
    ],
)
def test_the_sentence_says_why(share, values, frozen, asked, sentence):
    spec = SortSpec(own_values=values, algotypes=(AlgotypeShare(algotype=share),), frozen_at=frozen)
    found = report(run=spec, cell=asked, step=0)
    assert sentence in found.sentence
    assert found.can_act == ("will swap" in found.sentence or "wants position" in found.sentence)


def test_a_report_knows_edits_by_hand():
    spec = SortSpec(n_cells=10, edits=(Edit(at_swap=5, kind="freeze", cell=3),))
    assert report(run=spec, cell=3, step=4).frozen == "no"
    assert report(run=spec, cell=3, step=5).frozen == "immovable"


def test_a_cell_that_does_not_exist_is_refused():
    with pytest.raises(SpecError, match="there is no cell 10: the array has 10 cells"):
        report(run=SortSpec(n_cells=10), cell=10)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "at_least"), [("run", 14), ("ensemble", 3), ("paper", 27)])
def test_every_known_answer_is_reproduced(name, at_least):
    found = registry.experiment(f"sorting/{name}")
    verdicts = [answer.verdict() for answer in found.known_answers()]
    wrong = [(v.target, v.expected, v.ours) for v in verdicts if not v.reproduced]
    assert not wrong
    assert all(verdict.source for verdict in verdicts)
    assert len(verdicts) >= at_least
