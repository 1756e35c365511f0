"""Maps of concepts, walks over them, and what is new or useful in what is written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from engines.pointer.answers.language import creativity_answers
from engines.pointer.experiments.orders.creativity import EXPERIMENT, Creativity, CreativitySpec
from engines.pointer.language.concepts import Concepts, drawn_concepts, judged, walked
from engines.pointer.language.creating import rank_correlation

SMALL = CreativitySpec(n_concepts=30, n_seeds=2, n_steps=10, n_paths=20)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("answer", creativity_answers(), ids=lambda a: a.target)
def test_known_answers_hold(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


@given(st.integers(10, 60), st.integers(0, 2**32 - 1))
def test_relations_go_both_ways_and_every_concept_is_seen(n, seed):
    concepts = drawn_concepts(rng(seed), n)
    np.testing.assert_array_equal(concepts.relation, concepts.relation.T)
    np.testing.assert_array_equal(concepts.seen, concepts.seen.T)
    assert (concepts.relation[concepts.seen] >= 0).all()
    assert (np.diag(concepts.relation) == -1).all()
    assert concepts.seen.any(axis=1).all()


def test_a_relation_is_the_way_in_which_two_differ():
    concepts = drawn_concepts(rng(1), 80)
    one, other = np.nonzero(concepts.relation >= 0)
    apart = concepts.places[one] - concepts.places[other]
    degrees = np.degrees(np.arctan2(apart[:, 1], apart[:, 0])) % 180
    np.testing.assert_array_equal(concepts.relation[one, other], degrees // 45)


def test_paths_are_judged_as_by_hand():
    relation = np.full((5, 5), -1)
    seen = np.zeros((5, 5), bool)
    for a, b, kind, shown in ((0, 1, 2, True), (1, 2, 0, False), (2, 3, 1, True), (3, 4, 0, True)):
        relation[a, b] = relation[b, a] = kind
        seen[a, b] = seen[b, a] = shown
    concepts = Concepts(np.zeros((5, 2)), relation, seen)
    paths = np.array([[0, 1, 2, 3, 4], [0, 1, 0, 1, 0], [0, 1, 0, 3, 4]])
    found = judged(concepts, paths, np.array([0, 0, 0]))
    assert found.novelty.tolist() == [0.25, 0.0, 0.25]
    # True and as asked; true but without the relation; with a step that is no edge.
    assert found.utility.tolist() == [1.0, 0.0, 0.0]
    assert (found.n_novel, found.n_found) == (2, 1)


def test_a_walk_that_always_jumps_never_stays():
    concepts = drawn_concepts(rng(2), 40)
    paths, _ = walked(concepts, 500, 1.0, rng(3))
    assert (paths[:, 1:] != paths[:, :-1]).all()


def test_the_correlation_is_scipys_and_none_where_all_are_alike():
    one, other = rng(4).random(30), rng(5).random(30)
    other[:9] = other[9]  # ties
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic)
    assert np.isnan(rank_correlation(one, np.ones(30)))


def test_a_run_is_the_same_twice_and_draws_the_map():
    one, other = EXPERIMENT.result(SMALL), EXPERIMENT.result(SMALL)
    assert isinstance(one, Creativity)
    assert isinstance(other, Creativity)
    np.testing.assert_array_equal(one.course.both, other.course.both)
    np.testing.assert_array_equal(one.path, other.path)
    pictures = one.pictures()
    assert len(pictures) == 6
    drawn = sum(int(np.isfinite(y).sum()) for y in pictures[1].lines.values())
    assert drawn == 2 * (len(one.seen) + len(one.held) + 4)
    assert EXPERIMENT.findings(one) == ()
