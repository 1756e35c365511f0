"""Numbers that are large, small, close together, missing or misnamed are measured or refused.

Right values come from float64 differences, scipy, rsatoolbox 0.3.2 (the rows of the cases name the
issues of peers) and brute force.
"""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
import rsatoolbox
from rsatoolbox.data import Dataset
from scipy.spatial.distance import pdist, squareform

from engines.contract import InputError
from engines.geometry import (
    arrays_from_file,
    barcode,
    cca,
    cka,
    cka_debiased,
    compare_rdms,
    crossnobis,
    parallelism,
    participation_ratio,
    procrustes_angle,
    pwcca,
    rdm,
    rgtm,
    rsa,
    similarity,
    spectrum,
    two_nn,
)  # fmt: skip
from engines.geometry.chance.resampling import CONFIDENCE, STABILITY, kind_of_interval
from engines.geometry.measures.rdm import saturated
from engines.geometry.measures.similarity import COMPARISONS, MEASURES, LeftOut
from engines.geometry.tasks.hypercube import hypercube


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize("kind", ["manhattan", "sqeuclidean", "euclid", ""])
def test_a_dissimilarity_that_is_not_there_lists_those_that_are(kind):
    with pytest.raises(
        InputError, match=r"there are: correlation, euclidean, .*mahalanobis, poisson"
    ):
        rdm(drawn(5, 4), kind)


@pytest.mark.parametrize("comparison", ["tau", "rho", "kendal", "spearmann"])
def test_a_comparison_that_is_not_there_lists_those_that_are(comparison):
    a = rdm(drawn(5, 4))
    with pytest.raises(InputError, match="there are: Spearman, Kendall, cosine"):
        compare_rdms(a, a, comparison)


def test_a_measure_that_is_not_there_lists_those_that_are():
    with pytest.raises(InputError, match="there are: CKA, debiased, CKA, biased"):
        similarity(drawn(5, 4), drawn(5, 4), "CKA")


def test_names_are_known_in_any_case():
    x, y = drawn(9, 4), drawn(9, 4, seed=1)
    np.testing.assert_array_equal(rdm(x, "Correlation"), rdm(x))
    a, b = rdm(x), rdm(y)
    assert compare_rdms(a, b, "spearman") == compare_rdms(a, b, "Spearman")
    assert compare_rdms(a, b, "kendall") == compare_rdms(a, b, "tau-a")
    assert compare_rdms(a, b, "spearman") != compare_rdms(a, b, "pearson")
    assert similarity(x, y, "cka, DEBIASED") == cka_debiased(x, y)


def test_mahalanobis_is_scipys():
    x, noise = drawn(12, 5), drawn(60, 5, seed=1)
    precision = np.linalg.inv(np.cov(noise.T))
    ours = rdm(x, "mahalanobis", precision)
    np.testing.assert_allclose(ours, squareform(pdist(x, "mahalanobis", VI=precision)), atol=1e-12)
    variance = np.diag(precision)
    np.testing.assert_allclose(
        rdm(x, "mahalanobis", variance), rdm(x, "mahalanobis", np.diag(variance)), atol=1e-12
    )
    with pytest.raises(InputError, match="needs the noise precision"):
        rdm(x, "mahalanobis")


def test_poisson_is_rsatoolboxs_times_the_units():
    x = np.random.default_rng(0).gamma(2.0, 3.0, (9, 7))
    theirs = rsatoolbox.rdm.calc_rdm(
        Dataset(x), method="poisson", prior_lambda=1.0, prior_weight=0.1
    ).get_matrices()[0]
    np.testing.assert_allclose(rdm((x + 0.1) / 1.1, "poisson"), theirs * 7, rtol=1e-9, atol=1e-9)
    with pytest.raises(InputError, match="negative activations"):
        rdm(-x, "poisson")


def test_rho_a_and_tau_a_are_rsatoolboxs():
    a, b = (
        rdm(np.round(drawn(9, 3, seed=k)) + 0.1 * drawn(9, 3, seed=9), "euclidean") for k in (0, 1)
    )
    a, b = np.round(a), np.round(b)
    theirs = [rsatoolbox.rdm.RDMs(m[None]) for m in (a, b)]
    for ours, name in (("rho-a", "rho-a"), ("tau-a", "tau-a"), ("Kendall", "tau-a")):
        other = rsatoolbox.rdm.compare(*theirs, method=name)[0, 0]
        assert compare_rdms(a, b, ours) == pytest.approx(other, abs=1e-9)
    assert "rho-a" in COMPARISONS


@pytest.mark.parametrize("far", [1e3, 1e5, 1e9])
def test_distances_far_from_the_origin_are_the_same(far):
    x = drawn(20, 30)
    near = pdist(x)
    there = rdm(x + far, "euclidean")
    np.testing.assert_allclose(squareform(there, checks=False), near, rtol=4e-16 * far * 100)
    assert participation_ratio(x + far) == pytest.approx(participation_ratio(x), rel=1e-5)


def test_stimuli_beside_each_other_and_far_from_the_mean_are_apart_in_float32():
    base = np.concatenate([np.full((6, 50), 1000.0), np.full((6, 50), -1000.0)])
    base[:, 0] += np.tile(np.arange(6.0), 2)
    x = base.astype(np.float32)
    found = rdm(x, "euclidean")
    np.testing.assert_allclose(found, squareform(pdist(base)), rtol=1e-12)
    assert barcode(found).n_duplicates == 0


def test_one_large_unit_does_not_round_correlations_away():
    x = drawn(12, 40)
    x[:, 3] = 1e4 + drawn(12, seed=5)
    x = x.astype(np.float32)
    right = squareform(pdist(x.astype(np.float64), "correlation"))
    np.testing.assert_allclose(rdm(x), right, rtol=1e-5)


@pytest.mark.parametrize("size", [1e-160, 1e-10, 1e10, 1e160])
@pytest.mark.parametrize("measure", MEASURES)
def test_no_similarity_depends_on_the_size(measure, size):
    x, y = drawn(30, 5), drawn(30, 6, seed=1)
    assert similarity(size * x, y, measure) == pytest.approx(similarity(x, y, measure), abs=1e-9)


@pytest.mark.parametrize("size", [1e-140, 1e-10, 1e200])
def test_no_dimension_depends_on_the_size(size):
    x = drawn(200, 5)
    assert participation_ratio(size * x) == pytest.approx(participation_ratio(x))
    assert two_nn(size * x).dimension == pytest.approx(two_nn(x).dimension)
    np.testing.assert_allclose(rdm(size * x, "euclidean"), size * rdm(x, "euclidean"), rtol=1e-9)
    np.testing.assert_allclose(rdm(size * x), rdm(x), atol=1e-12)


def test_near_copies_do_not_change_two_nn_and_are_counted():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((600, 5)) @ np.linalg.qr(rng.standard_normal((64, 5)))[0].T
    copied = np.concatenate([x, x[:60] + 1e-7 * rng.standard_normal((60, 64))])
    found = two_nn(copied)
    assert found.dimension == pytest.approx(5.0, rel=0.1)
    assert (found.n_duplicates, found.n_near_copies) == (60, 60)
    assert found.dimension == pytest.approx(two_nn(x).dimension)


@pytest.mark.parametrize(
    "x", [np.eye(12), np.stack(np.meshgrid(*[np.arange(6.0)] * 2), -1).reshape(-1, 2)]
)
def test_grids_and_one_hot_rows_have_no_two_nn(x):
    with pytest.raises(InputError, match="a grid, one-hot rows"):
        two_nn(x)


@pytest.mark.parametrize("n_bits", [4, 5])
def test_parallelism_does_not_depend_on_the_order_of_rows(n_bits):
    x = hypercube(2**n_bits) + 0.0
    noisy = x + 0.3 * drawn(*x.shape)
    positive = x[:, 0] > 0
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(len(x))
        assert parallelism(x[order], positive[order]) == pytest.approx(1.0)
        assert parallelism(noisy[order], positive[order]) == pytest.approx(
            parallelism(noisy, positive), abs=1e-12
        )


@pytest.mark.parametrize("seed", range(3))
def test_parallelism_of_seven_a_side_is_the_best_of_all_5040_pairings(seed):
    x = drawn(14, 10, seed=seed)
    ways = x[:7, None] - x[None, 7:]
    ways /= np.linalg.norm(ways, axis=2, keepdims=True)
    orders = np.array(list(itertools.permutations(range(7))))
    total = ways[np.arange(7), orders].sum(axis=1)
    exact = ((total**2).sum(axis=1).max() - 7) / 42
    assert exact - 0.01 <= parallelism(x, np.arange(14) < 7) <= exact + 1e-12


def test_nan_is_named_with_its_place():
    folds = drawn(3, 6, 9)
    folds[1, 2, 7] = np.nan
    with pytest.raises(InputError, match="fold 1, stimulus 2, unit 7"):
        crossnobis(folds)
    whole = crossnobis(np.delete(folds, 7, 2))
    assert np.isfinite(whole).all()
    x = drawn(12, 5)
    x[3, 4] = np.inf
    for score in (procrustes_angle, cca, pwcca, cka, cka_debiased):
        with pytest.raises(InputError, match="stimulus 3, unit 4"):
            score(x, drawn(12, 5))
    for shape in (participation_ratio, spectrum, two_nn):
        with pytest.raises(InputError, match="stimulus 3, unit 4"):
            shape(x)


def test_stimuli_that_one_rdm_does_not_know_are_counted():
    x, y = drawn(10, 5), drawn(10, 5, seed=1)
    x[2], y[7, 0] = np.nan, np.nan
    kept = np.delete(np.arange(10), [2, 7])
    with pytest.warns(LeftOut, match="2 stimuli left out of 10"):
        found = rsa(x, y)
    assert found == pytest.approx(rsa(x[kept], y[kept]))
    a = rdm(drawn(6, 5))
    a[1, 2] = a[2, 1] = np.nan
    with pytest.warns(LeftOut, match="1 pairs left out"):
        compare_rdms(a, a)


def test_a_diagonal_precision_needs_no_matrix():
    folds = drawn(4, 6, 9)
    v = np.random.default_rng(1).gamma(2.0, 1.0, 9)
    np.testing.assert_allclose(crossnobis(folds, v), crossnobis(folds, np.diag(v)), atol=1e-12)
    with pytest.raises(InputError, match=r"\[unit, unit\] or its diagonal \[unit\] for 9 units"):
        crossnobis(folds, v[:5])


def test_ties_of_a_cube_stay_together():
    """Three distances: 12 edges of 28 pairs are the lowest, 12 + 4 diagonals lie above."""
    assert saturated(rgtm(rdm(hypercube(8), "euclidean"))) == (12 / 28, 16 / 28)
    free = saturated(rgtm(rdm(drawn(40, 9), "euclidean")))
    np.testing.assert_allclose(free, (0.2, 0.2), atol=2 / 780)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_hole_is_named_by_its_place(measure):
    """G13 of the fault pages: no bare `LinAlgError`, whatever the measure."""
    x = drawn(30, 5)
    x[7, 2] = np.nan
    if measure.startswith("RSA"):
        with pytest.warns(LeftOut, match="1 stimuli left out of 30"):
            similarity(x, drawn(30, 6, seed=1), measure)
        return
    with pytest.raises(InputError, match=r"stimulus 7.*unit 2"):
        similarity(x, drawn(30, 6, seed=1), measure)


def test_a_hole_in_one_array_is_named_by_its_place():
    x = drawn(30, 5)
    x[7, 2] = np.nan
    with pytest.raises(InputError, match=r"stimulus 7.*unit 2"):
        participation_ratio(x)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_file_of_very_large_numbers_is_measured_as_one_of_small_ones(measure, tmp_path):
    x, y = drawn(30, 5), drawn(30, 6, seed=1)
    np.savez(tmp_path / "large.npz", large=1e200 * x)
    arrays, _ = arrays_from_file(tmp_path / "large.npz")
    found = similarity(arrays["large"], y, measure)
    assert found == pytest.approx(similarity(x, y, measure), abs=1e-9)


def test_a_diagonal_precision_of_many_units_makes_no_matrix():
    folds, v = drawn(2, 4, 3000), np.ones(3000)
    tracemalloc.start()
    crossnobis(folds, v)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3000**2 * 8 / 20


def test_only_measures_whose_intervals_cover_are_given_confidence():
    """G22: around the biased value an interval says how stable it is, not where the truth lies."""
    assert kind_of_interval("CKA, debiased", "stimuli") == CONFIDENCE
    for measure in ("CKA, biased", "CCA", "SVCCA", "PWCCA", "Procrustes angle"):
        assert kind_of_interval(measure, "stimuli") == STABILITY != CONFIDENCE
