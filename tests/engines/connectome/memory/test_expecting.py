"""Expecting events: rules in closed form, trials as they are told, what claims say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.expecting import expecting_answers
from engines.connectome.experiments.memory.expecting import (
    ALL,
    ANEW,
    ARMS,
    EXPERIMENT,
    FORGETTING,
    LOCAL,
    ExpectingSpec,
)
from engines.connectome.memory import expecting
from engines.connectome.memory.online import Squares, local
from engines.contract import InputError

FEW = {"n_networks": 3, "n_units": 60, "n_before": 30, "n_after": 40}


@pytest.mark.parametrize("answer", expecting_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_the_page_names_the_arms_of_its_room():
    assert expecting.ARMS == ARMS


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(0.0, 1.9))
def test_the_local_rule_is_its_steps_one_by_one(seed, rate):
    rng = np.random.default_rng(seed)
    states, wanted = rng.standard_normal((9, 5)), rng.standard_normal((9, 2))
    states[3] = 0.0
    begun = rng.standard_normal((5, 2))
    weights = begun.copy()
    for x, y in zip(states, wanted, strict=True):
        if x.any():
            weights = weights + rate * np.outer(x, y - x @ weights) / (x @ x)
    np.testing.assert_allclose(local(begun, states, wanted, rate), weights, atol=1e-9)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_steps_one_by_one_or_all_at_once_give_the_same_least_squares(seed, n_steps):
    rng = np.random.default_rng(seed)
    states, wanted = rng.standard_normal((n_steps, 6)), rng.standard_normal((n_steps, 2))
    once, each = Squares(6, 2), Squares(6, 2)
    once.learn(states, wanted)
    for k in range(n_steps):
        each.learn(states[k : k + 1], wanted[k : k + 1])
    np.testing.assert_allclose(once.weights, each.weights, atol=1e-8)
    np.testing.assert_allclose(once.unsure, each.unsure, atol=1e-7)


def test_beginning_anew_keeps_weights_and_fits_what_comes_next():
    rng = np.random.default_rng(0)
    squares, rule = Squares(30, 1), rng.standard_normal((30, 1))
    for _ in range(20):
        states = rng.standard_normal((10, 30))
        squares.learn(states, states @ rule)
    states = rng.standard_normal((10, 30))
    anew = squares.begun_anew()
    np.testing.assert_array_equal(anew.weights, squares.weights)
    np.testing.assert_allclose(anew.weights, rule, atol=0.01)
    for one in (squares, anew):
        one.learn(states, -states @ rule)
    due = np.abs(states @ rule).max()
    assert np.abs(states @ (anew.weights + rule)).max() < 0.02 * due
    assert np.abs(states @ (squares.weights + rule)).max() > 0.5 * due


def test_a_ridge_holds_a_new_beginning_to_what_was_known():
    rng = np.random.default_rng(0)
    squares = Squares(8, 1)
    states, wanted = rng.standard_normal((20, 8)), rng.standard_normal((20, 1))
    squares.learn(states, wanted)
    known = squares.weights
    anew = squares.begun_anew(3.0)
    anew.learn(states[:4], -wanted[:4])
    x, y = states[:4], -wanted[:4] - states[:4] @ known
    due = known + np.linalg.solve(x.T @ x + 3.0 * np.eye(8), x.T @ y)
    np.testing.assert_allclose(anew.weights, due, atol=1e-10)


def test_forgetting_what_is_not_heard_again_ends_in_a_sentence():
    spec = ExpectingSpec(n_networks=3, n_units=20, n_before=400, n_after=400, keeps=0.5, radius=0)
    with pytest.raises(InputError, match="let a trial later count more"):
        EXPERIMENT.result(spec)


def test_frames_come_while_trials_are_made():
    begun: Any = list(EXPERIMENT.frames(ExpectingSpec(**FEW)))
    assert not begun[0].pictures()
    assert sum(one.fraction == 0 for one in begun[:-1]) > 4


def test_a_new_beginning_takes_the_ridge_of_its_knob():
    loose, tight = (EXPERIMENT.result(ExpectingSpec(ridge=one, **FEW)) for one in (0.01, 1e4))
    assert (tight.surprised()[ANEW] < loose.surprised()[ANEW]).all()
    np.testing.assert_array_equal(tight.off[ALL], loose.off[ALL])


def course() -> expecting.Course:
    return expecting.Course(200, 100, 15, 45)


def test_events_come_at_their_times_as_often_as_cues_say():
    seen = expecting.trials(0, 0, 40, 1.0, 0.0, course())
    first, second = seen.wanted[..., 0], seen.wanted[..., 1]
    came: Any = first.any(axis=1)
    np.testing.assert_array_equal(came, ~second.any(axis=1))
    assert set(first[:200][came[:200]].argmax(axis=1)) == {15}
    assert set(first[200:][came[200:]].argmax(axis=1)) == {45}
    assert set(second[~came].argmax(axis=1)) == {expecting.OTHER}
    # Without noise a trial is one of the three probes.
    apart = np.abs(seen.states[:, None] - seen.probes).max(axis=(2, 3))
    cue = apart.argmin(axis=1)
    assert apart.min(axis=1).max() < 1e-12
    share = np.array([came[cue == k].mean() for k in range(3)])
    np.testing.assert_allclose(share, expecting.CHANCES, atol=0.12)


def test_what_is_best_said_has_a_slope_of_one_and_no_error():
    best = expecting.expected(15)
    assert expecting.slope(best, 15) == pytest.approx(1.0)
    assert expecting.slope(np.ones_like(best), 15) == pytest.approx(0.0)
    np.testing.assert_allclose(best[:, 15, 0], expecting.CHANCES)
    np.testing.assert_allclose(best[:, expecting.OTHER, 1], 1 - expecting.CHANCES)


def test_least_squares_of_many_trials_say_how_often_events_came():
    seen = expecting.trials(3, 0, 100, 1.2, 0.0, course())
    came: Any = seen.wanted[:200, :, 0].any(axis=1)
    cue = np.abs(seen.states[:200, None] - seen.probes).max(axis=(2, 3)).argmin(axis=1)
    share = np.array([came[cue == k].mean() for k in range(3)])
    *_, said = (one for one, _ in zip(expecting.said_by_all(seen, expecting.Rules(0.1, 0.97)),
                                      range(200), strict=False))  # fmt: skip
    np.testing.assert_allclose(said[ALL, :, 15, 0], share, atol=0.1)


def test_a_time_leads_once_it_does_so_in_a_row():
    lead = np.array([-1.0, 1.0, -1.0, 1.0, 1.0, 1.0, -1.0])
    assert expecting.moved(lead, 3) == 4
    assert expecting.moved(lead, 4) == 8
    assert expecting.moved(lead[:2], 3) == 3


def test_units_that_are_unheard_say_nothing_after_the_switch():
    seen = expecting.trials(0, 0, 40, 1.0, 0.02, course())
    unheard = np.arange(40) < 30
    cut = seen.without(unheard)
    assert np.abs(cut.states[200:, :, :30]).max() == 0.0
    np.testing.assert_array_equal(cut.states[:200], seen.states[:200])
    weights = np.zeros((41, 2))
    weights[:30] = 1.0
    assert not cut.probe(250, weights).any()
    assert cut.probe(100, weights).any()


def test_dealing_keeps_how_often_events_come():
    seen = expecting.trials(0, 0, 40, 1.0, 0.02, course())
    dealt = seen.dealt(np.random.default_rng(0))
    np.testing.assert_allclose(dealt.wanted[:200].sum(axis=0), seen.wanted[:200].sum(axis=0))
    assert not np.array_equal(dealt.wanted[:200], seen.wanted[:200])
    np.testing.assert_array_equal(dealt.wanted[200:], seen.wanted[200:])


@pytest.fixture(scope="module")
def found() -> Any:
    return EXPERIMENT.result(ExpectingSpec(n_networks=3))


def test_least_squares_wait_as_long_as_they_learnt(found):
    waits = found.waits()
    assert waits[ALL].mean() > 80
    assert waits[LOCAL].mean() < 0.6 * waits[ALL].mean()
    assert waits[ANEW].max() < 10
    assert waits[FORGETTING].mean() < waits[ALL].mean()


def test_least_squares_that_begin_anew_overshoot_and_end_nearest(found):
    assert (found.surprised()[ANEW] > found.surprised()[LOCAL]).all()
    assert (found.settled()[ANEW] < found.settled()[LOCAL]).all()
    n = found.spec.n_before
    np.testing.assert_array_equal(found.lead[ANEW, :, :n], found.lead[ALL, :, :n])
    assert len(EXPERIMENT.findings(found)) == 4
    assert found.pictures()


def test_without_a_switch_nothing_is_claimed_of_it():
    found: Any = EXPERIMENT.result(ExpectingSpec(later=15, **FEW))
    assert [one.sentence for one in EXPERIMENT.findings(found)] == [
        "What is expected is the higher the likelier it comes."
    ]
    np.testing.assert_array_equal(found.lead, 0.0)


def test_runs_repeat_to_the_byte_and_neighbouring_seeds_share_no_network():
    one, two = (EXPERIMENT.result(ExpectingSpec(**FEW)) for _ in range(2))
    np.testing.assert_array_equal(one.off, two.off)
    made = expecting.Course(20, 20, 15, 45)
    every = [
        expecting.trials(seed, k, 20, 1.0, 0.0, made).probes for seed in (0, 1) for k in (0, 1)
    ]
    assert len({one.tobytes() for one in every}) == 4
