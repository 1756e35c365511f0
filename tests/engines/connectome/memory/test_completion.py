"""Completing a memory: closed forms, what symmetry guarantees, and what claims say of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.completing import completion_answers
from engines.connectome.experiments.memory.completion import (
    ALL,
    BOTH,
    CHANCE,
    EXPERIMENT,
    NEVER,
    CompletionSpec,
)
from engines.connectome.memory.completion import (
    came_back,
    cues,
    one_round,
    patterns,
    recalled,
    stored,
    synapses,
)
from engines.contract import InputError


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("answer", completion_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 9), st.integers(20, 80), st.integers(2, 8), st.integers(1, 20))
def test_stored_pairs_are_those_that_were_active_together(seed, n, k, m):
    drawn = patterns(rng(seed), m, n, k)
    assert (drawn.sum(axis=1) == k).all()
    theirs = np.zeros((n, n), bool)
    for one in drawn:
        theirs |= np.outer(one, one)
    np.testing.assert_array_equal(stored(drawn), theirs)
    shown = cues(rng(seed), drawn, k // 2)
    assert (shown.sum(axis=1) == k // 2).all()
    assert not (shown & ~drawn).any()


def test_a_single_pattern_comes_back_whole():
    """Theorem: cells outside one stored pattern hear nothing."""
    whole = patterns(rng(), 1, 200, 10)
    weight = (stored(whole) & ~np.eye(200, dtype=bool)).astype(np.float32)
    cue = cues(rng(1), whole, 4)
    states = recalled(rng(2), weight, cue, 10, 3)
    assert came_back(states, whole, cue)[:, 0].tolist() == [0, 1, 1, 1]


def test_a_cell_hears_those_that_send_to_it():
    weight = np.zeros((4, 4), np.float32)
    weight[2, 0] = weight[3, 1] = 1.0
    cue = np.array([[True, False, False, False]])
    assert recalled(rng(), weight, cue, 1, 1)[1, 0].tolist() == [False, False, True, False]


def test_what_was_shown_is_not_what_came_back():
    whole = np.array([[True, True, True, True, False]])
    cue = np.array([[True, True, False, False, False]])
    states = np.array([[[True, True, True, False, True]]])
    assert came_back(states, whole, cue) == pytest.approx(0.5)


def test_both_ways_changes_who_is_joined_and_not_how_often():
    """Expectation over pairs, within four standard errors of 499,500 pairs."""
    one, both = (synapses(rng(), 1_000, 0.2, both_ways=share) for share in (0.0, 1.0))
    assert one.mean() == pytest.approx(0.2, abs=0.002)
    assert both.mean() == pytest.approx(0.2, abs=0.003)
    assert (one & one.T).sum() / one.sum() == pytest.approx(0.2, abs=0.01)
    np.testing.assert_array_equal(both, both.T)
    assert not np.diag(both).any()


def test_one_round_against_every_way_cells_can_lie():
    """The mean of Bernoulli draws of the closed form's own assumptions, by brute simulation."""
    n, k, m, b = 60, 8, 40, 4
    draw, found = rng(), []
    for _ in range(4_000):
        r = draw.binomial(m - 1, k / n, n - k)
        odds = (1.0 - (1.0 - (k - 1) / (n - 1)) ** r) ** b
        n_false = (draw.random(n - k) < odds).sum()
        found.append(min(1.0, k / (k - b + n_false)))
    assert one_round(n, k, m, b) == pytest.approx(np.mean(found), abs=4 * np.std(found) / 63)


@pytest.fixture(scope="module")
def found():
    return EXPERIMENT.result(CompletionSpec())


def test_claims_hold_as_the_page_says(found):
    assert [claim.finding(found).word for claim in EXPERIMENT.claims] == ["holds"] * 3


def test_networks_do_what_patterns_and_chance_allow(found):
    assert (found.share[:, :, :, 0] == 0).all()
    chance = found.spec.n_active / found.spec.n_cells
    assert found.of(NEVER).mean() == pytest.approx(chance, abs=0.02)
    assert (found.share[ALL, :, :5, -1] == 1).all()
    assert found.of(BOTH).mean() > found.of(CHANCE).mean() > found.of(NEVER).mean()
    ours = found.share[ALL, :, :, 1].mean(axis=0)
    np.testing.assert_allclose(ours, found.theory, atol=0.03)
    shown, missing = found.film[CHANCE][:20], found.film[CHANCE][20:40]
    assert shown[:, 0].all()
    assert not missing[:, 0].any()
    assert found.film.sum(axis=1).max() <= found.spec.n_active


def test_equal_specs_give_equal_shares():
    few = CompletionSpec(n_cells=120, n_active=8, n_networks=3, n_stored=10)
    one, two = EXPERIMENT.result(few), EXPERIMENT.result(few)
    np.testing.assert_array_equal(one.share, two.share)


def test_patterns_of_many_are_refused():
    with pytest.raises(InputError, match="at most 25 may be active"):
        EXPERIMENT.result(CompletionSpec(n_cells=100, n_active=40))
