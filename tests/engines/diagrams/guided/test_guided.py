"""Searching by a guess: areas, nested networks, and searches that see only what they looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from engines.diagrams import search_widths
from engines.diagrams.experiments.architectures.guided import EXPERIMENT
from engines.diagrams.guided.answers import answers
from engines.diagrams.guided.area import ahead, area, peeled
from engines.diagrams.guided.asked import CHOICES, GUIDED, N_EACH, N_FIRST, RANDOM, WAYS, WIDTHS
from engines.diagrams.guided.networks import every_error
from engines.diagrams.guided.results import GuidedResult
from engines.diagrams.guided.running import Comparison, areas, scaled
from engines.diagrams.guided.search import children, guess, order_of, place_of

POINTS = arrays.arrays(float, st.tuples(st.integers(1, 12), st.just(2)),
                       elements=st.integers(0, 6).map(lambda k: k / 6))  # fmt: skip


@pytest.fixture(scope="module")
def run() -> GuidedResult:
    return search_widths(n_steps=50, n_nets=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None)
@given(POINTS)
def test_those_ahead_are_beaten_by_nobody_and_all_others_by_one_of_them(points: np.ndarray):
    best = points[ahead(points)]
    for point in points:
        assert (best <= point).all(axis=1).any()
    for point in best:
        beaten = (points <= point).all(axis=1) & (points < point).any(axis=1)
        assert not beaten.any()


@settings(deadline=None)
@given(POINTS, POINTS)
def test_more_points_never_leave_less_behind(points: np.ndarray, more: np.ndarray):
    assert area(np.r_[points, more]) >= area(points) - 1e-12


@settings(deadline=None)
@given(POINTS, st.integers(0, 14))
def test_peeling_takes_each_once_and_the_best_first(points: np.ndarray, n: int):
    found = peeled(points, n)
    assert len(found) == len(set(found.tolist())) == min(n, len(points))
    front = ahead(points)
    assert set(found[: len(front)]) <= set(front) if n >= len(front) else set(found) <= set(front)


def test_areas_one_by_one_are_those_of_all_so_far():
    rng = np.random.default_rng(0)
    points, order = rng.random((60, 2)), rng.permutation(60)
    found = areas(points, order)
    wanted = [area(points[order[: k + 1]]) / area(points) for k in range(60)]
    np.testing.assert_allclose(found, wanted)
    assert found[-1] == 1.0


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(WAYS), st.integers(0, 5))
def test_errors_of_networks_not_yet_seen_change_nothing(way: str, net: int):
    rng = np.random.default_rng(net)
    cost, error = rng.random(len(CHOICES)), rng.random(len(CHOICES))
    order, n = order_of(way, cost, error, 0, net), N_FIRST + 2 * N_EACH
    other = rng.random(len(CHOICES))
    other[order[:n]] = error[order[:n]]
    np.testing.assert_array_equal(order_of(way, cost, other, 0, net)[: n + N_EACH],
                                  order[: n + N_EACH])  # fmt: skip


def test_all_searches_begin_with_the_same_networks():
    cost, error = np.random.default_rng(0).random((2, len(CHOICES)))
    first = {tuple(order_of(way, cost, error, 3, 1)[:N_FIRST]) for way in WAYS}
    assert len(first) == 1


def test_a_guess_learns_a_law_of_its_own_kind():
    wide = np.log2(np.array(WIDTHS, float))[np.array(CHOICES)]
    error = np.exp(-0.3 * wide[:, 0] - 0.2 * wide[:, 1] + 0.02 * wide[:, 2] * wide[:, 0])
    seen = np.random.default_rng(0).permutation(len(CHOICES))[:60]
    np.testing.assert_allclose(guess(seen, error[seen]), error, rtol=0.02)


def test_children_are_near_their_parents():
    parents = np.array([place_of(np.array([2, 3, 4]))])
    genes = np.array(CHOICES)[children(np.random.default_rng(0), parents, 200)]
    assert np.abs(genes - [2, 3, 4]).max() == 1
    assert [tuple(g) for g in np.array(CHOICES)[place_of(np.array(CHOICES))]] == list(CHOICES)


def test_scales_end_at_the_best_and_worst():
    found = scaled(np.array([10, 100, 1_000]), np.array([0.5, 0.3, 0.1]))
    np.testing.assert_allclose(found, [[0, 1], [0.5, 0.5], [1, 0]])


def test_what_is_measured(run):
    assert run.share.shape == (len(WAYS), 2, len(CHOICES))
    assert (np.diff(run.share, axis=-1) >= 0).all()
    np.testing.assert_allclose(run.share[..., -1], 1.0)
    assert (run.milliseconds > 0).all()
    assert (np.diff(run.needed, axis=0) >= 0).all()
    assert len(run.pictures()) == 4
    assert not EXPERIMENT.findings(run)  # claims want more steps


def test_searches_are_told_of_one_half_of_the_exam_and_examined_on_the_other(run):
    made = Comparison(run.spec)
    made.training.advance(run.spec.n_steps)
    x, y = made.exam
    held = made.training.stack.one(0)
    np.testing.assert_array_equal(run.error[0], every_error(held, x[::2], y[::2]))
    np.testing.assert_array_equal(run.kept, every_error(held, x[1::2], y[1::2]))
    shown = dict(run.best().columns)
    assert set(shown["in the other half, %"]) <= set(100.0 * run.kept)


def test_no_declared_picture_holds_what_was_measured(run):
    slower = replace(run, milliseconds=2.0 * run.milliseconds)
    assert str(slower.pictures()) == str(run.pictures())
    assert "milliseconds" in run.best(measured=True).columns
    assert str(slower.by_time()) != str(run.by_time())


def test_in_a_notebook_a_level_is_asked_for(run):
    assert run.looked(RANDOM, 0.9).n == 2
    assert run.looked(GUIDED, 0.9).value <= run.looked(GUIDED, 0.99).value
