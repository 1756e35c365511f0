"""Deep kernels against integrals, plain arithmetic and scikit-learn, and the run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.geometry.experiments.theory.infinite_depth import CLAIMS, EXPERIMENT
from engines.geometry.infinite_depth.classifiers import learnt, limits
from engines.geometry.infinite_depth.kernels import (
    KINDS,
    MAJORITY,
    NEAREST,
    SINGULAR,
    Tabled,
    activation,
    log_kernels,
    tabled,
    tabling,
)
from engines.geometry.infinite_depth.points import points, untied
from engines.geometry.infinite_depth.result import InfiniteDepthRun
from engines.geometry.infinite_depth.spec import InfiniteDepthSpec

TINY = InfiniteDepthSpec(n_learnt=30, n_sets=5, depth=100)


@pytest.fixture(scope="module")
def run() -> InfiniteDepthRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, InfiniteDepthRun)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_cosines_after_an_activation_are_integrals_over_two_normal_numbers(kind):
    """E phi(u) phi(v) by Gauss-Hermite quadrature, phi of normalised Hermite polynomials."""
    which = activation(kind, 2.0)
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    weights = weights / weights.sum()
    factors = np.zeros(4)
    factors[[0, 1, 3]] = np.sqrt(np.array(which.weights) / [1.0, 1.0, 6.0])
    for x in (0.05, 0.4, 0.9):
        u, other = np.meshgrid(nodes, nodes, indexing="ij")
        v = x * u + (1 - x * x) ** 0.5 * other
        said = np.polynomial.hermite_e.hermeval(u, factors)
        said = said * np.polynomial.hermite_e.hermeval(v, factors)
        wanted = (said * np.outer(weights, weights)).sum()
        assert np.exp(which.log_cosine(np.log(np.array([x]))))[0] == pytest.approx(wanted)


@given(st.floats(0.01, 0.999), st.integers(1, 12), st.sampled_from(KINDS))
def test_kernels_in_logarithms_are_those_in_plain_numbers(x, depth, kind):
    which = activation(kind, 3.0)
    a, b, c = which.weights
    signal = kernel = x
    for _ in range(depth):
        slope = b + 3 * c * signal**2
        signal = a + b * signal + c * signal**3
        kernel = signal + kernel * slope
    found = log_kernels(which, np.log(np.array([x])), (depth,))[0, 0]
    if kernel > 1e-250:
        assert found == pytest.approx(np.log(kernel), rel=1e-9, abs=1e-9)


@given(st.floats(1.2, 8.0))
def test_an_activation_has_the_exponent_that_was_asked_for(exponent):
    which = activation(SINGULAR, exponent)
    assert which.exponent == pytest.approx(exponent, rel=1e-6)
    assert sum(which.weights) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_the_kernel(kind):
    which, cosine = activation(kind, 2.0), np.random.default_rng(0).uniform(0.01, 0.9999, 200)
    exact = log_kernels(which, np.log(cosine), (10, 30))
    found = tabled(which, (10, 30))
    for k in range(2):
        np.testing.assert_allclose(found.at(k, cosine), exact[k], rtol=1e-4, atol=1e-4)


def test_the_nearest_neighbour_is_scikit_learns():
    neighbors = pytest.importorskip("sklearn.neighbors")
    rng = np.random.default_rng(1)
    known, asked = points(rng, 60, 0.2), points(rng, 50, 0.0)
    wanted = neighbors.KNeighborsClassifier(1).fit(known.x, known.learnt).predict(asked.x)
    found = limits(known.x, known.learnt, asked.x, 2.0)
    np.testing.assert_array_equal(found[NEAREST], wanted)
    assert (found[MAJORITY] == np.sign(known.learnt.sum() + 0.5)).all()
    by_hand = [np.sign((known.learnt / ((known.x - one) ** 2).sum(axis=1)).sum())
               for one in asked.x]  # fmt: skip
    np.testing.assert_array_equal(found[SINGULAR], by_hand)


def test_a_kernel_learns_its_examples_by_heart():
    known = points(np.random.default_rng(2), 40, 0.3)
    near = known.x + 1e-7 * np.random.default_rng(3).normal(size=known.x.shape)
    near = np.abs(near) / np.linalg.norm(near, axis=1, keepdims=True)
    for kind in KINDS:
        said = learnt(tabled(activation(kind, 2.0), (30,)), 0, known.x, known.learnt, near)
        np.testing.assert_array_equal(said, known.learnt)


@settings(deadline=None)
@given(st.integers(1, 200), st.floats(0.0, 0.45), st.integers(0, 50))
def test_points_lie_on_the_eighth_of_a_sphere(n, flipped, seed):
    drawn = points(np.random.default_rng(seed), n, flipped)
    np.testing.assert_allclose(np.linalg.norm(drawn.x, axis=1), 1.0)
    assert (drawn.x >= 0).all()
    assert set(np.unique(drawn.learnt)) <= {-1, 1}
    if flipped == 0:
        np.testing.assert_array_equal(drawn.true, drawn.learnt)


def test_every_set_has_a_majority():
    """Of 300 sets of four points about every third is tied; those are drawn again, others stay."""
    tied = 0
    for seed in range(300):
        one, other = (np.random.default_rng(seed) for _ in range(2))
        first, found = points(one, 4, 0.2), untied(other, 4, 0.2)
        assert found.learnt.sum() != 0
        tied += first.learnt.sum() == 0
        if first.learnt.sum():
            np.testing.assert_array_equal(found.learnt, first.learnt)
    assert tied > 30


def test_tables_of_deep_networks_can_be_stopped_on_the_way():
    *on_the_way, last = tabling(activation(SINGULAR, 2.0), (30, 450))
    assert on_the_way == [100, 200, 300, 400]
    assert isinstance(last, Tabled)
    assert last.values.tobytes() == tabled(activation(SINGULAR, 2.0), (30, 450)).values.tobytes()


def test_a_run_asks_every_depth_and_kind(run):
    assert TINY.depths == (10, 30, 100)
    assert run.agreement.shape == (3, 3, 3, 5)
    # Without mean and slope a hundred layers are the nearest neighbour, with a mean the majority.
    assert run.agrees(NEAREST).value == 1.0
    assert run.agrees(MAJORITY).value > 0.99
    assert len(run.pictures()) == 6
    assert len(EXPERIMENT.findings(run)) == len(CLAIMS)
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, InfiniteDepthRun)
    assert again.error.tobytes() == run.error.tobytes()


def test_the_claim_of_consistency_is_asked_of_its_exponent_alone():
    found = EXPERIMENT.result(TINY.replace(exponent=4.0))
    assert CLAIMS[-1].figure(found) is None


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
