"""Changes: nothing is lost without a threshold, and never more than it with one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.diagrams import changes
from engines.diagrams.changes import running
from engines.diagrams.changes.answers import answers
from engines.diagrams.changes.asked import ERROR, GRID, LEARNED, THRESHOLDS, ZEROS, ChangesSpec
from engines.diagrams.changes.networks import Changing, gated
from engines.diagrams.changes.results import ChangesResult, as_many_zeros, best
from engines.diagrams.changes.running import Comparison
from engines.diagrams.changes.videos import folded, videos
from engines.diagrams.experiments.architectures.changes import EXPERIMENT

SHORT: dict[str, Any] = {"n_steps": 50, "n_nets": 2}


@pytest.fixture(scope="module")
def run() -> ChangesResult:
    return changes(**SHORT)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_a_bump_stands_where_it_is_said_to_stand():
    x, place = videos(np.random.default_rng(0), 50, noise=0.0, speed=0.6)
    pictures = x.reshape(50, 10, 8, 8)
    brightest = pictures.reshape(50, 10, 64).argmax(-1)
    at = place * 3.5 + 3.5
    assert np.abs(np.stack([brightest % 8, brightest // 8], -1) - at).max() <= 0.5 + 1e-6
    assert (at.min(), at.max()) >= (1.0 - 1e-6, 0)
    assert at.max() <= 6.0 + 1e-6


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(0.5, 9))
def test_a_way_between_walls_stays_there_and_keeps_its_speed(place: float, room: float):
    a, b = folded(np.array([place, place + 1e-3]), room)
    assert -1e-9 <= a <= room + 1e-9
    assert abs(abs(a - b) - 1e-3) < 1e-9 or min(a, b, room - a, room - b) < 2e-3


@settings(deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=40), st.floats(0, 2))
def test_a_change_passes_whole_or_not_at_all(change: list[float], threshold: float):
    x = torch.tensor(change, dtype=torch.float64)
    passed, share = gated(x, torch.tensor(threshold, dtype=torch.float64))
    wanted = torch.where(x.abs() > threshold, x, 0.0)
    torch.testing.assert_close(passed, wanted)
    assert float(share) == pytest.approx(float((wanted != 0).double().mean()))


def test_products_are_counted_by_hand():
    """64 x 32 + 32 x 32 + 32 x 2 products; with only pixel 0 on, 32 of the first."""
    made = Changing(0.0, 0.0, learns=False).eval()
    with torch.no_grad():
        for value in made.parameters():
            value.zero_()
    x = torch.zeros(1, 2, 64)
    x[..., 0] = 1.0  # appears in the first picture, stays in the second
    share = made.seen(x)[1].detach()
    assert float(share) == pytest.approx(32 / (2 * (64 * 32 + 32 * 32 + 32 * 2)))


def test_only_priced_thresholds_learn():
    made = Comparison(ChangesSpec(**SHORT))
    made.training.advance(5)
    held = made.training.stack.parameters["threshold"]
    assert (held[:2] == 0.0).all()
    assert (held[2:] != 0.05).all()


def test_as_many_zeros_lie_on_the_line_between_two_thresholds():
    after = np.array([[1.0, 2.0, 4.0], [0.1, 0.5, 0.9]])
    np.testing.assert_allclose(as_many_zeros(after, np.array([0.1, 0.3, 0.7])), [1.0, 1.5, 3.0])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=15))
def test_the_best_are_those_that_no_other_beats(pairs: list[tuple[int, int]]):
    """By comparing everyone with everyone."""
    asked = np.array(pairs, dtype=float).T
    wanted = {
        (e, s) for e, s in pairs
        if not any(a <= e and b >= s and (a, b) != (e, s) for a, b in pairs)
    }  # fmt: skip
    kept = asked[:, best(asked)]
    assert set(map(tuple, kept.T.tolist())) == wanted
    assert (np.diff(kept[1]) > 0).all()


def test_thresholds_layer_by_layer_are_put_on_networks_that_learnt_without(monkeypatch):
    """Those of the grid that leave out just as many are asked again, one by one."""
    made = Comparison(ChangesSpec(**SHORT))
    made.training.advance(5)
    some = GRID[::9]
    monkeypatch.setattr(running, "GRID", some)
    stack, known, exam = made.without(), [], []
    for thresholds in some:
        stack.parameters["threshold"][:] = torch.tensor(thresholds)
        known.append(made.asked(stack, made.known)[:, 0])
        exam.append(made.asked(stack, made.exam)[:, 0])
    front = best(np.stack(known, axis=1))
    at = front[len(front) // 2]
    wanted: list[np.ndarray] = []

    def asking() -> Iterator[None]:
        wanted.append((yield from made.layered(np.full((1, 2), exam[at][1]))))

    assert sum(1 for _ in asking()) == len(some)
    assert wanted[0][0, 0] == pytest.approx(exam[at][0])


def test_arms_are_compared_at_the_same_products(run):
    result = run
    zeros = result.looks.seen[1, -1]
    np.testing.assert_array_equal(zeros, np.broadcast_to(zeros[0], zeros.shape))
    assert np.isnan(result.looks.seen[0, :-1, 2]).all()  # sought after the last step
    assert result.moments()[-1].fraction == 1.0
    assert result.after.shape == (2, len(THRESHOLDS), 2)
    assert (np.diff(result.after[1], axis=0) > -0.02).all()
    assert len(result.pictures()) == 7
    assert not EXPERIMENT.findings(result)  # claims want more steps


def test_without_thresholds_networks_are_those_that_learnt_without(run):
    made = Comparison(ChangesSpec(**SHORT))
    asked = made.asked(made.without(), made.exam)
    np.testing.assert_allclose(asked, made.asked(made.training.stack, made.exam)[:, :2])


def test_in_a_notebook_a_price_is_asked_for(run):
    found = run
    assert found.ratio("0.01").value > 0.0
    assert found.looks.mean(ERROR, LEARNED, "0.1").n == found.lost("0.1").n == 2
    assert found.looks.mean(ZEROS, LEARNED, "0.1").value > 0.0
