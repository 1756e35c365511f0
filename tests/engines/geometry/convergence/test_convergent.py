"""Convergent learning: lasso as scikit-learn's, canonical correlations, copies and controls."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import SpectralCoclustering
from sklearn.cross_decomposition import CCA
from sklearn.linear_model import Lasso
from sklearn.metrics import adjusted_rand_score

from engines.geometry.convergence.found import ConvergentRun
from engines.geometry.convergence.measuring import MATCHED, MEASURES, SAME, measured
from engines.geometry.convergence.partners import (
    agreement,
    assigned,
    correlations,
    explained,
    groups,
    lasso,
    scored,
)
from engines.geometry.convergence.spec import DEALT, RANDOM, TRAINED, ConvergentSpec
from engines.geometry.experiments.similarity.convergent import EXPERIMENT

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def run() -> ConvergentRun:
    found = EXPERIMENT.result(ConvergentSpec(n_networks=3, n_learning=100))
    assert isinstance(found, ConvergentRun)
    return found


@pytest.mark.parametrize("penalty", [0.3, 0.05, 0.01])
def test_sparse_sums_are_scikit_learns(penalty):
    x = RNG.standard_normal((300, 12)) @ RNG.standard_normal((12, 12))
    x = (x - x.mean(0)) / x.std(0)
    y = x @ RNG.standard_normal((12, 4)) * 0.3 + 0.3 * RNG.standard_normal((300, 4))
    y -= y.mean(0)
    wanted = Lasso(penalty, fit_intercept=False, tol=1e-10, max_iter=100_000).fit(x, y).coef_.T
    np.testing.assert_allclose(lasso(x, y, penalty), wanted, atol=1e-4)


def test_what_a_sum_explains_is_undefined_for_a_constant():
    x, y = RNG.standard_normal((50, 2)), np.column_stack([np.ones(50), RNG.standard_normal(50)])
    found = explained(x, y, np.zeros((2, 2)))
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(1 - (y[:, 1] ** 2).sum() / (y[:, 1].var() * 50))


@given(st.integers(0, 99), st.integers(2, 6))
@settings(deadline=None)
def test_no_order_of_units_matches_better_than_the_assignment(seed, n):
    correlation = np.random.default_rng(seed).uniform(-1, 1, (n, n))
    rows, columns = assigned(correlation)
    best = max(correlation[range(n), order].sum() for order in permutations(range(n)))
    assert correlation[rows, columns].sum() == pytest.approx(best)
    assert correlation[rows, columns].mean() <= correlation.max(axis=1).mean() + 1e-12


def test_constant_units_are_left_out_and_counted():
    values = np.column_stack([RNG.standard_normal(40), np.full(40, 0.1), RNG.standard_normal(40)])
    found = scored(values, values)
    assert found.units.tolist() == [0, 2]
    assert found.n_constant == 1
    np.testing.assert_allclose(found.fitted.std(axis=0), 1.0)


def test_correlations_are_numpys():
    a, b = RNG.standard_normal((2, 80, 3))
    found = correlations(scored(a, a), scored(b, b))
    np.testing.assert_allclose(found, np.corrcoef(a.T, b.T)[:3, 3:], atol=1e-12)


def test_agreement_is_the_mean_canonical_correlation():
    shared = RNG.standard_normal((400, 2))
    a, b = (shared @ RNG.standard_normal((2, 3)) + RNG.standard_normal((400, 3)) for _ in "ab")
    one, other = scored(a, a), scored(b, b)
    u, v = CCA(3, scale=False, max_iter=5_000, tol=1e-12).fit_transform(a, b)
    wanted = np.mean([np.corrcoef(u[:, k], v[:, k])[0, 1] for k in range(3)])
    every = np.ones(3, bool)
    assert agreement(one, other, every, every) == pytest.approx(wanted, abs=1e-3)


def test_planted_groups_are_found_as_scikit_learn_finds_them():
    planted = np.repeat(np.arange(4), 6)
    correlation = 0.8 * (planted[:, None] == planted) + 0.05 * RNG.uniform(size=(24, 24))
    of_one, of_other = groups(correlation, 4, 1)
    assert adjusted_rand_score(planted, of_one) == 1.0
    assert adjusted_rand_score(planted, of_other) == 1.0
    theirs = SpectralCoclustering(4, random_state=0).fit(correlation)
    assert adjusted_rand_score(theirs.row_labels_, of_one) == 1.0


def test_a_dead_layer_has_no_measure():
    dead, alive = np.zeros((30, 4)), RNG.standard_normal((30, 4))
    found = measured(scored(dead, dead), scored(alive, alive), 2, RNG)
    assert np.isnan(found).all()


def test_learning_makes_units_alike_beyond_what_first_weights_and_chance_give(run):
    for layer in range(2):
        trained, random, dealt = (run.of(MATCHED, kind, layer).value
                                  for kind in (TRAINED, RANDOM, DEALT))  # fmt: skip
        assert trained - random > 0.15
        assert random > 0.3
        assert dealt < 0.08
    assert run.of(SAME, TRAINED, 1).value < 1.0


def test_a_run_says_what_it_measured(run):
    assert run.measured.shape == (3, 2, 3, len(MEASURES))
    assert len(run.pictures()) == 9
    assert len(EXPERIMENT.findings(run)) == 8
    steps = np.diff(run.ranked, axis=-1)
    assert (steps[np.isfinite(steps)] <= 1e-12).all()
    assert run.of(MATCHED, TRAINED, 0).estimator == "jackknife over networks"


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_copies_are_found_again(answer):
    assert answer.verdict().reproduced
