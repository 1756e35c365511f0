"""Dissimilarities: closed forms, scipy, rsatoolbox where it is installed, and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from engines.contract import InputError
from engines.geometry.measures.rdm import crossnobis, ranks, rdm, rgdm, rgtm, upper_triangle

SEEDS = st.integers(0, 10_000)


def points(seed: int, n: int = 9, p: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, p))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("correlation", "correlation"),
        ("cosine", "cosine"),
        ("euclidean", "euclidean"),
        ("squared euclidean", "sqeuclidean"),
    ],
)
def test_dissimilarities_are_scipys(kind, name):
    x = points(0, 20, 30)
    np.testing.assert_allclose(rdm(x, kind), squareform(pdist(x, name)), atol=1e-12)


def test_float32_is_near_float64():
    x = points(1, 60, 200)
    near = upper_triangle(rdm(x.astype(np.float32))) / upper_triangle(rdm(x))
    assert np.abs(near - 1).max() < 1e-5


def test_correlation_is_rsatoolboxs():
    import rsatoolbox as rsa

    x = points(2, 12, 40)
    theirs = rsa.rdm.calc_rdm(rsa.data.Dataset(x), method="correlation").get_matrices()[0]
    np.testing.assert_allclose(rdm(x), theirs, atol=1e-6)
    mean = rsa.rdm.calc_rdm(rsa.data.Dataset(x), method="euclidean").get_matrices()[0]
    np.testing.assert_allclose(rdm(x, "squared euclidean") / 40, mean, atol=1e-6)


@given(SEEDS, st.floats(0.1, 10.0), st.floats(-5.0, 5.0))
def test_correlation_ignores_gain_and_offset(seed, gain, offset):
    x = points(seed)
    np.testing.assert_allclose(rdm(gain * x + offset), rdm(x), atol=1e-9)


@given(SEEDS)
def test_equal_stimuli_have_no_distance_in_any_dissimilarity(seed):
    x = points(seed)
    x[3] = x[5]
    for kind in ("euclidean", "squared euclidean"):
        assert rdm(x, kind)[3, 5] == 0.0
    assert rdm(x)[3, 5] < 1e-12


def test_a_constant_stimulus_is_undefined_and_never_zero():
    x = points(3)
    x[2] = 4.0
    assert np.isnan(rdm(x)[2]).all()
    assert np.isfinite(np.delete(np.delete(rdm(x), 2, 0), 2, 1)).all()
    assert np.isfinite(rdm(x, "euclidean")).all()
    assert np.isnan(rgtm(rdm(x))[2, 0])


def test_equidistant_points_have_one_distance():
    np.testing.assert_allclose(upper_triangle(rdm(np.eye(6), "squared euclidean")), 2.0)


@given(SEEDS, st.floats(0.0, 0.45), st.floats(0.55, 1.0))
def test_rgtm_saturates_exactly_at_its_quantiles(seed, low, high):
    pairs = upper_triangle(rgtm(rdm(points(seed, 30, 12)), low, high))
    one = 1.01 / len(pairs)
    assert abs((pairs == 0.0).mean() - low) <= one
    assert abs((pairs == 1.0).mean() - (1.0 - high)) <= one


@given(SEEDS)
def test_rgtm_is_a_function_of_ranks(seed):
    d = rdm(points(seed))
    for monotone in (np.sqrt, np.expm1, lambda v: v**3):
        np.testing.assert_array_equal(rgtm(monotone(d)), rgtm(d))


def test_rgtm_leaves_its_input_and_treats_a_stack_one_by_one():
    stack = np.stack(
        [rdm(points(seed, 12, 5)) * scale for seed, scale in ((0, 1), (1, 9), (2, 0.1))]
    )
    before = stack.copy()
    together = rgtm(stack)
    np.testing.assert_array_equal(stack, before)
    for one, alone in zip(together, stack, strict=True):
        np.testing.assert_array_equal(one, rgtm(alone))
        # rsatoolbox 0.3.2 pools the quantiles of a stack: 0.2 %, 10.8 % and 49 % instead of 20 %.
        assert abs((upper_triangle(one) == 1.0).mean() - 0.2) <= 1.01 / 66


def test_rgtm_at_one_quantile_is_an_adjacency_and_at_the_ends_the_ranks():
    d = rdm(points(4, 20, 6))
    assert set(np.unique(rgtm(d, 0.5, 0.5))) == {0.0, 1.0}
    np.testing.assert_allclose(rgtm(d, 0.0, 1.0), ranks(d))
    with pytest.raises(InputError, match="0 <= l <= u <= 1"):
        rgtm(d, 0.8, 0.2)


def test_geodesics_on_a_ring_are_arcs():
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    geodesic = rgdm(rdm(ring, "euclidean"), 2)
    chord = 2 * np.sin(np.pi / 60)
    np.testing.assert_allclose(geodesic[0, 30], 30 * chord)
    np.testing.assert_allclose(geodesic[0, 45], 15 * chord)


def test_geodesics_of_two_clusters_are_infinite_between_them():
    x = np.concatenate([points(5, 6, 3), points(6, 6, 3) + 1e3])
    assert np.isinf(rgdm(rdm(x, "euclidean"), 2)[0, 8])


def test_crossnobis_of_equal_conditions_is_zero_on_average():
    rng = np.random.default_rng(7)
    found = [crossnobis(rng.standard_normal((4, 2, 30)))[0, 1] for _ in range(400)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))
    assert min(found) < 0.0


def test_crossnobis_without_noise_is_the_squared_distance():
    x = points(8, 5, 7)
    np.testing.assert_allclose(
        crossnobis(np.stack([x, x, x])), rdm(x, "squared euclidean"), atol=1e-9
    )
    with pytest.raises(InputError, match="at least 2 folds"):
        crossnobis(x[None])
