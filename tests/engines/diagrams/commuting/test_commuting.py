"""A square that two networks fill: degrees, a bound, noise, and what a run holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import InputError
from engines.diagrams import two_ways
from engines.diagrams.commuting.answers import answers
from engines.diagrams.commuting.asked import APART, KINDS, LEVELS, ROWS, SAME
from engines.diagrams.commuting.degrees import (
    broken,
    dealt,
    degree,
    parity,
    softmax,
)
from engines.diagrams.commuting.results import CommutingResult
from engines.diagrams.experiments.symbols.commuting import EXPERIMENT


@pytest.fixture(scope="module")
def run() -> CommutingResult:
    return two_ways(n_steps=40, n_nets=3)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@given(st.integers(0, 10_000))
def test_a_degree_is_symmetric_and_its_distance_keeps_the_triangle(seed):
    one, other, third = softmax(3.0 * np.random.default_rng(seed).standard_normal((3, 20, 10)))
    np.testing.assert_array_equal(degree(one, other), degree(other, one))
    apart = [1 - degree(a, b) for a, b in ((one, other), (other, third), (one, third))]
    assert (apart[2] <= apart[0] + apart[1] + 1e-12).all()
    # An arrow that forgets can only bring chances nearer (data processing).
    assert (degree(parity(one), parity(other)) >= degree(one, other) - 1e-12).all()


def test_parity_is_a_product_with_the_arrow_from_digits():
    chances = softmax(np.random.default_rng(0).standard_normal((7, 10)))
    arrow = np.array([[1.0, 0.0], [0.0, 1.0]] * 5)
    np.testing.assert_allclose(parity(chances), chances @ arrow, atol=1e-12)


def test_dealing_constant_answers_changes_nothing():
    one = softmax(np.random.default_rng(0).standard_normal((9, 2)))
    other = np.tile([[0.25, 0.75]], (9, 1))
    assert dealt(one, other) == pytest.approx(degree(one, other).mean())


def test_the_bound_is_broken_by_a_share_that_no_two_ways_can_have():
    assert broken(np.array([0.3, 0.31, 0.09]), np.full(3, 0.2), np.full(3, 0.1)) == 2


def test_the_result_holds_all_squares_and_keeps_the_bound(run):
    wrong, others = run.wrong[0][:, None], run.wrong[1][None]
    assert run.degree.shape == (len(KINDS), len(KINDS), 3)
    assert broken(run.differ, *np.broadcast_arrays(wrong, others)) == 0
    assert (run.least <= run.degree).all()
    assert (run.of_a_kind(run.degree) > run.of_a_kind(run.dealt)).all()
    np.testing.assert_allclose(run.course[-1], run.of_a_kind(run.degree))
    np.testing.assert_allclose(run.under[1, :, 0], run.of_a_kind(run.degree))
    np.testing.assert_allclose(run.under[2, :, 0], run.of_a_kind(run.dealt))


def test_one_network_on_both_ways_commutes_and_less_with_noise(run):
    assert run.at(SAME, 0.0).value == 1.0
    falls = np.diff(run.under[ROWS.index(SAME)].mean((0, 2)))
    assert len(falls) == len(LEVELS) - 1
    assert (falls < 0).all()
    assert run.at(APART, 1.0).value < run.at(APART, 0.0).value
    with pytest.raises(InputError, match=r"levels 0, 0\.125"):
        run.at(SAME, 0.3)


def test_what_is_drawn_is_where_the_first_square_commutes_least(run):
    shown = run.shown
    apart = np.abs(shown.odd[:, 0] - shown.odd[:, 1])
    np.testing.assert_allclose(1 - apart, shown.every[: len(apart)])
    assert (np.diff(shown.every) >= 0).all()
    assert shown.every[0] == pytest.approx(run.least[1, 1, 0])
    np.testing.assert_allclose(shown.chances[:, 1::2].sum(1), shown.odd[:, 0])
    title = run.pictures()[0].title
    assert title.startswith(f"Both ways from a {shown.digits[0]}: ")


def test_equal_seeds_give_equal_squares_and_noise_is_a_knob(run):
    again = two_ways(n_steps=40, n_nets=3, noise=1.0)
    np.testing.assert_array_equal(run.under, again.under)
    assert again.degree.mean() < run.degree.mean()
    assert not EXPERIMENT.findings(again)
    learnt = replace(run, spec=run.spec.model_copy(update={"n_steps": 300}))
    assert len(EXPERIMENT.findings(learnt)) == len(EXPERIMENT.claims)
    broke = replace(again, spec=again.spec.model_copy(update={"n_steps": 300}))
    assert not EXPERIMENT.findings(broke)
