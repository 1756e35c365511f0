"""Similarities: closed forms, two independent formulas, invariances, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr
from sklearn.cross_decomposition import CCA

from engines.contract import InputError
from engines.geometry.measures.rdm import rdm, upper_triangle
from engines.geometry.measures.similarity import (
    MEASURES,
    canonical_correlations,
    cca,
    cka,
    cka_debiased,
    compare_rdms,
    hsic,
    procrustes_angle,
    procrustes_cosine,
    pwcca,
    rsa,
    similarity,
    svcca,
)

SEEDS = st.integers(0, 10_000)


def pair(seed: int, n: int = 30, p: int = 6, q: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, p))
    return x, 0.5 * x @ rng.standard_normal((p, q)) + rng.standard_normal((n, q))


def turned(x: np.ndarray, seed: int = 0) -> np.ndarray:
    turn, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((x.shape[1],) * 2))
    return x @ turn


def hsic_by_song(x: np.ndarray, y: np.ndarray) -> float:
    """Equation 5 of Song et al. 2012, written with matrices."""
    n = len(x)
    k, gram = x @ x.T, y @ y.T
    np.fill_diagonal(k, 0)
    np.fill_diagonal(gram, 0)
    one = np.ones(n)
    return (
        np.trace(k @ gram)
        + (one @ k @ one) * (one @ gram @ one) / ((n - 1) * (n - 2))
        - 2 / (n - 2) * one @ k @ gram @ one
    ) / (n * (n - 3))


@pytest.mark.parametrize("p", [3, 200])
def test_hsic_from_features_and_from_grams_is_songs(p):
    x, y = pair(0, 30, p, p)
    assert hsic(x, y) == pytest.approx(hsic_by_song(x, y), rel=1e-10)


@pytest.mark.parametrize("p", [3, 200])
def test_cka_from_features_and_from_grams_is_centred_kernel_alignment(p):
    x, y = pair(1, 30, p, p)
    h = np.eye(30) - 1 / 30
    k, gram = h @ x @ x.T @ h, h @ y @ y.T @ h
    wanted = (k * gram).sum() / np.linalg.norm(k) / np.linalg.norm(gram)
    assert cka(x, y) == pytest.approx(wanted, rel=1e-12)


@given(SEEDS, st.floats(0.1, 10.0))
def test_cka_and_procrustes_ignore_rotation_scale_and_shift(seed, gain):
    x, y = pair(seed)
    z = gain * turned(y, seed) + 3.0
    for score in (cka, cka_debiased, procrustes_cosine):
        assert score(x, z) == pytest.approx(score(x, y), abs=1e-9)
        assert score(x, x) == pytest.approx(1.0)


@given(SEEDS)
def test_debiased_cka_of_independent_data_is_zero_on_average(seed):
    rng = np.random.default_rng(seed)
    found = [cka_debiased(*rng.standard_normal((2, 20, 60))) for _ in range(20)]
    assert abs(np.mean(found)) < 0.08


@given(SEEDS)
def test_the_procrustes_angle_is_a_metric(seed):
    rng = np.random.default_rng(seed)
    x, y, z = rng.standard_normal((3, 12, 7))
    assert procrustes_angle(x, z) <= procrustes_angle(x, y) + procrustes_angle(y, z) + 1e-9
    assert procrustes_angle(x, y) == pytest.approx(procrustes_angle(y, x))


def test_procrustes_with_more_units_than_stimuli_is_the_same_number():
    x, y = pair(2, 10, 40, 30)
    x, y = x - x.mean(0), y - y.mean(0)
    wanted = np.linalg.svd(x.T @ y, compute_uv=False).sum()
    wanted /= np.linalg.norm(x) * np.linalg.norm(y)
    assert procrustes_cosine(x, y) == pytest.approx(wanted)


def test_the_bures_similarity_is_the_cosine_of_the_angle():
    x, y = pair(3)
    assert np.cos(procrustes_angle(x, y)) == pytest.approx(procrustes_cosine(x, y))


@given(SEEDS)
def test_cca_ignores_every_invertible_map(seed):
    x, _ = pair(seed)
    mixed = x @ np.random.default_rng(seed).standard_normal((6, 6)) + 2.0
    assert cca(x, mixed) == pytest.approx(1.0, abs=1e-6)
    assert pwcca(x, mixed) == pytest.approx(1.0, abs=1e-6)
    assert svcca(x, 2 * x) == pytest.approx(1.0, abs=1e-6)


def test_canonical_correlations_are_scikit_learns():
    x, y = pair(4, 200, 4, 3)
    u, v = CCA(n_components=3, max_iter=2000, tol=1e-10).fit_transform(x, y)
    wanted = [np.corrcoef(u[:, k], v[:, k])[0, 1] for k in range(3)]
    np.testing.assert_allclose(canonical_correlations(x, y), wanted, atol=1e-4)


def test_cca_with_too_few_stimuli_is_refused():
    with pytest.raises(InputError, match="correlate perfectly"):
        cca(*pair(5, 6, 8, 8))


@pytest.mark.parametrize(("score", "least"), [(rsa, 3), (cka_debiased, 4)])
def test_too_few_stimuli_are_named(score, least):
    x = np.random.default_rng(0).standard_normal((least - 1, 5))
    with pytest.raises(InputError, match=f"at least {least}"):
        score(x, x)


def test_different_stimuli_are_refused():
    with pytest.raises(InputError, match="same stimuli, got 30 and 29"):
        cka(pair(6)[0], pair(6)[1][:29])


def test_a_dead_layer_is_undefined():
    x, _ = pair(7)
    for measure in ("CKA, debiased", "CKA, biased", "Procrustes angle"):
        assert np.isnan(similarity(x, np.zeros((30, 4)), measure))


def test_comparisons_of_rdms_are_scipys():
    x, y = pair(8, 12)
    a, b = rdm(x), rdm(y)
    one, other = upper_triangle(a), upper_triangle(b)
    assert compare_rdms(a, b) == pytest.approx(spearmanr(one, other).statistic)
    assert compare_rdms(a, b, "Kendall") == pytest.approx(kendalltau(one, other).statistic)
    assert compare_rdms(a, b, "Pearson") == pytest.approx(np.corrcoef(one, other)[0, 1])
    cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
    assert compare_rdms(a, b, "cosine") == pytest.approx(cosine)


@given(SEEDS)
def test_rsa_of_a_monotone_map_is_one(seed):
    x, _ = pair(seed)
    d = rdm(x)
    assert compare_rdms(d, np.exp(d)) == pytest.approx(1.0)
    assert compare_rdms(d, d**3, "Kendall") == pytest.approx(1.0)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_by_name(measure):
    x, y = pair(9)
    assert np.isfinite(similarity(x, y, measure))
