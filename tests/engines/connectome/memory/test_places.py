"""Known places: recall held against scikit-learn, what groups learn, and what claims say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve

from engines.connectome.answers.networks.places import place_answers
from engines.connectome.experiments.memory.places import (
    ALL,
    EXPERIMENT,
    RANDOM,
    RECALL,
    REMOVED,
    RIGHT,
    SHARES,
    PlacesSpec,
)
from engines.connectome.memory import places
from engines.contract import InputError


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("answer", place_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=30))
def test_recall_at_full_precision_is_scikit_learns(answers):
    right, sure = (np.array(one) for one in zip(*answers, strict=True))
    ours = places.recall_at_full_precision(right.astype(bool), sure.astype(float))
    if not right.any():
        assert ours == 0.0
        return
    precision, recall, _ = precision_recall_curve(right, sure)
    # Theirs counts of all that are right; ours of all that are asked.
    assert ours == pytest.approx(recall[precision == 1.0].max() * right.mean())


def test_precision_and_recall_are_counted_from_the_surest_on():
    precision, recall = places.precision_recall(
        np.array([False, True, True]), np.array([0.1, 0.9, 0.5])
    )
    np.testing.assert_allclose(precision, [1, 1, 2 / 3])
    np.testing.assert_allclose(recall, [1 / 3, 2 / 3, 2 / 3])


def test_what_is_brighter_and_darker_keeps_no_light():
    seen = rng().normal(size=(5, places.N_PIXELS))
    x = places.encoded(seen)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1.0)
    np.testing.assert_allclose(places.encoded(3.0 * seen + 7.0), x)
    half = x.shape[1] // 2
    assert not (x[:, :half] * x[:, half:]).any()


def test_groups_learn_their_own_stretch_only():
    seen = places.views(rng(), 40)
    groups = places.learnt(rng(1), seen, 4, 10, 20)
    assert groups.stretch.sum(axis=0).tolist() == [1] * 40
    assert groups.stretch.sum(axis=1).tolist() == [10] * 4
    own = np.take_along_axis(groups.stretch, groups.place, axis=1)
    assert own.all()
    np.testing.assert_allclose(np.linalg.norm(groups.weight, axis=2), 1.0)
    # A threshold rises by as much with every win, and one cell of a group wins at a time.
    np.testing.assert_allclose(groups.threshold.sum(axis=1), 20 * 10 * places._TIRED)


def test_scores_are_means_over_the_cells_of_a_place_that_are_kept():
    spikes = np.array([[[5.0, 1.0], [4.0, 0.0], [0.0, 7.0]]])
    groups = places.Groups(np.zeros((1, 3, 1)), np.zeros((1, 3)), np.ones((1, 2), bool), spikes)
    counts = np.array([[[2], [4], [9]]])
    every = np.ones((1, 3), bool)
    assert places.scores(groups, counts, every).tolist() == [[3.0, 9.0]]
    left = np.array([[True, False, False]])
    assert places.scores(groups, counts, left).tolist() == [[2.0, 0.0]]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1_000), st.floats(0.0, 1.0))
def test_scores_are_membership_times_counts(seed, share):
    """Oracle: the matrix product of who votes for which place with what they fired."""
    made, n_places, n_groups, n_cells = rng(seed), 12, 3, 5
    stretch = np.arange(n_places) * n_groups // n_places == np.arange(n_groups)[:, None]
    spikes = made.random((n_groups, n_cells, n_places))
    groups = places.Groups(np.zeros((3, 5, 1)), np.zeros((3, 5)), stretch, spikes)
    counts = made.poisson(2.0, (n_groups, n_cells, 7))
    kept = made.random((n_groups, n_cells)) < share
    member = ((groups.place[..., None] == np.arange(n_places)) & kept[..., None]).reshape(15, -1)
    expected = (member.T @ counts.reshape(15, -1)).T / np.maximum(member.sum(axis=0), 1)
    np.testing.assert_array_equal(places.scores(groups, counts, kept), expected)


def test_a_route_is_watched_while_it_is_learnt_and_priced_by_its_groups():
    few = PlacesSpec(n_places=20, n_groups=2, n_cells=6, n_rounds=3, n_routes=3)
    made: list[Any] = list(EXPERIMENT.frames(few))
    assert len(made) > few.n_routes * (few.n_rounds + len(SHARES))
    done = [one.fraction for one in made[:-1]]
    assert done == sorted(done)
    many = PlacesSpec(n_cells=100, n_groups=20, n_places=400)
    price = EXPERIMENT.seconds
    assert price(many) > 1.1 * price(many.replace(n_groups=2))


def test_a_view_has_the_deviation_that_change_is_told_in():
    seen = np.stack([places.views(rng(k), 100) for k in range(20)])
    own = seen - seen.mean(axis=1, keepdims=True)
    assert own.std() == pytest.approx(1.0, abs=0.1)
    apart = seen - seen.mean(axis=2, keepdims=True)
    assert np.sqrt((apart**2).mean()) == pytest.approx(1.3, abs=0.1)
    changed = np.stack([places.again(rng(50 + k), one, 0.4) - one for k, one in enumerate(seen)])
    assert np.sqrt((changed**2).mean()) == pytest.approx(0.4, abs=0.04)


def test_those_that_fire_most_outside_are_removed():
    outside = np.array([[3.0, 0.0], [1.0, 2.0]])
    kept = places.kept_after(outside, 0.5)
    assert kept.tolist() == [[False, True], [True, False]]
    assert places.kept_after(outside, 0.0).all()


@pytest.fixture(scope="module")
def found() -> Any:
    return EXPERIMENT.result(PlacesSpec())


def test_hyperactive_cells_cost_recall(found):
    judged = [claim.finding(found) for claim in EXPERIMENT.claims]
    assert [one.word for one in judged if one] == ["holds", "holds", "holds", "differs"]
    assert found.found[:, REMOVED, RIGHT].mean() > 2 * found.found[:, ALL, RIGHT].mean()
    # Curve and bars are made of the same spikes and the same cells.
    at = int(np.flatnonzero(np.isclose(SHARES, 0.2))[0])
    np.testing.assert_array_equal(found.by_share[:, at, 0], found.found[:, REMOVED, RECALL])
    np.testing.assert_array_equal(found.by_share[:, at, 1], found.found[:, RANDOM, RECALL])
    np.testing.assert_array_equal(found.by_share[:, 0, 0], found.found[:, ALL, RECALL])
    assert (np.diff(found.outside) <= 0).all()


def test_nobody_removed_is_everybody_kept_and_runs_repeat():
    few = PlacesSpec(n_places=20, n_groups=2, n_cells=6, n_rounds=3, n_routes=3, removed=0.0)
    one, two = EXPERIMENT.result(few), EXPERIMENT.result(few)
    assert isinstance(one, type(two))
    found: Any = one
    np.testing.assert_array_equal(found.found[:, ALL], found.found[:, REMOVED])
    np.testing.assert_array_equal(found.found, two.found)  # type: ignore[attr-defined]
    with pytest.raises(InputError, match="at most 10 groups"):
        EXPERIMENT.result(few.replace(n_groups=11))
