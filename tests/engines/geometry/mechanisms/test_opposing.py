"""Opposing signals: planted trades are found, arms differ in their outliers alone, claims as told."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.geometry.experiments.mechanisms.opposing import CLAIMS, EXPERIMENT
from engines.geometry.mechanisms.opposing import (
    ADAM,
    ARMS,
    EDGE,
    EQUAL,
    INDEPENDENT,
    OPPOSING,
    PLANTED,
    OpposingFrame,
    OpposingRun,
    OpposingSpec,
    Sharpening,
    correlation,
    found_groups,
    measures_of,
)
from engines.geometry.mechanisms.opposing_arms import (
    N_ORDINARY,
    Watched,
    examples,
    losses_of,
    training_of,
)
from engines.lab.training import Rule

SMALL = OpposingSpec(n_seeds=3, n_steps=90, width=16)


@pytest.fixture(scope="module")
def small() -> OpposingRun:
    found = EXPERIMENT.result(SMALL)
    assert isinstance(found, OpposingRun)
    return found


def test_arms_differ_in_their_outliers_alone():
    drawn = {arm: examples(SMALL, arm, 1) for arm in ARMS}
    x, y = drawn[OPPOSING]
    for other in ARMS:
        assert np.array_equal(drawn[other][0][:N_ORDINARY], x[:N_ORDINARY])
        assert np.array_equal(drawn[other][1][:N_ORDINARY], y[:N_ORDINARY])
    assert np.array_equal(drawn[EQUAL][0], x)
    assert np.array_equal(drawn[ADAM][0], x)
    assert y[N_ORDINARY:].sum() == 0
    assert drawn[EQUAL][1][N_ORDINARY:].sum() == 20
    out, own = x[N_ORDINARY:], drawn[INDEPENDENT][0][N_ORDINARY:]
    shared = out.mean(0) / np.linalg.norm(out.mean(0))
    assert (out @ shared).min() > 0.9 * SMALL.size - 1
    assert np.abs(own @ shared).mean() < 0.4 * SMALL.size


@given(st.integers(2, 10), st.integers(0, 99), st.floats(0.1, 5))
@settings(max_examples=30, deadline=None)
def test_examples_that_trade_their_loss_are_found_and_parted(n_each, seed, size):
    rng = np.random.default_rng(seed)
    changes = 0.01 * size * rng.standard_normal((60, 50))
    passed = size * rng.standard_normal((60, 1))
    changes[:, :n_each] += passed
    changes[:, n_each : 2 * n_each] -= passed
    one, other = found_groups(changes, 2 * n_each)
    assert {tuple(sorted(one)), tuple(sorted(other))} == {
        tuple(range(n_each)), tuple(range(n_each, 2 * n_each))
    }  # fmt: skip


def test_examples_that_all_change_alike_are_parted_all_the_same():
    changes = np.random.default_rng(0).standard_normal((40, 1)) * np.arange(1.0, 7.0)
    one, other = found_groups(changes, 4)
    assert len(one) + len(other) == 4
    assert len(one)
    assert len(other)


def test_groups_are_judged_where_they_were_not_found():
    rng = np.random.default_rng(1)
    steps, first = 300, np.arange(10) < 5
    losses = 0.001 * rng.standard_normal((steps, 40)).cumsum(0)
    passed = rng.standard_normal((steps, 1)).cumsum(0)
    losses[:, -10:] += np.where(first, passed, -passed)
    losses[200:, -10:] = 0.001 * rng.standard_normal((100, 10)).cumsum(0)  # the trade has ended
    planted, found, share, rises = measures_of(losses, first, 10)
    assert share == 1.0
    assert abs(planted) < 0.5
    assert abs(found) < 0.5
    assert 0.2 < rises < 0.8


@given(st.lists(st.floats(-9, 9), min_size=3, max_size=20))
def test_correlation_is_numpys(values):
    one = np.array(values)
    other = one**2 + np.arange(len(one))
    found = correlation(one, other)
    if one.std() > 1e-6 and other.std() > 1e-6:
        assert found == pytest.approx(np.corrcoef(one, other)[0, 1], abs=1e-6)
    assert correlation(np.ones(5), np.arange(5.0)) == 0.0


def test_losses_are_those_of_the_networks():
    training = training_of(SMALL, (OPPOSING, EQUAL), Rule(optimiser="SGD", learning_rate=0.1))
    watched = Watched(training)
    ours = losses_of(training.stack, watched.x, watched.y)
    said = training.outputs(watched.x, own=True)
    torch.testing.assert_close(torch.from_numpy(ours), (said - watched.y).square()[..., 0])
    mean = training.measure(watched.x, watched.y, own=True)["loss"]
    np.testing.assert_allclose(ours.mean(1), mean, rtol=1e-5)


def test_a_run_shows_what_it_measured(small):
    assert small.losses.shape == (4, 91, 3)
    assert np.isfinite(small.losses[0]).all()
    n_moments = len(small.course.steps)
    assert small.course.sharpness.shape == (n_moments, 4, 3)
    moments = small.moments()
    assert len(moments) == n_moments
    assert isinstance(moments[3], OpposingFrame)
    assert len(moments[3].pictures()) == 3
    assert len(small.pictures()) == 8
    again = EXPERIMENT.result(SMALL)
    assert isinstance(again, OpposingRun)
    assert again.measured.tobytes() == small.measured.tobytes()


def test_opposite_labels_oppose(small):
    planted = small.of(PLANTED, OPPOSING)
    assert planted is not None
    assert planted.value < -0.8
    assert [claim.finding(small) for claim in CLAIMS]


def test_networks_that_diverged_are_counted_and_left_out(small):
    measured = small.measured.copy()
    measured[2, :2] = np.nan
    measured[1, 0] = np.nan
    course = Sharpening(small.course.steps, np.full_like(small.course.sharpness, np.nan))
    run = OpposingRun(SMALL, course, small.losses, measured)
    assert run.of(EDGE, INDEPENDENT) is None
    apart, mine = run.less(PLANTED, OPPOSING, EQUAL), run.of(PLANTED, EQUAL)
    assert apart is not None
    assert mine is not None
    assert (apart.n, mine.n) == (2, 2)
    assert len(run.pictures()) == 8


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n_outliers": 5}, "cannot be halved"),
        ({"network": 11}, "no network 11"),
        ({"n_steps": 20_000, "width": 512}, "more than a page should compute"),
    ],
)
def test_what_cannot_be_run_is_a_sentence(wrong, said):
    with pytest.raises(SpecError, match=said):
        OpposingSpec(**wrong)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
