"""Dimension, topology and task geometry against closed forms, ripser and scikit-dimension."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.geometry.measures.dichotomies import (
    ccgp,
    dichotomies,
    is_separable,
    parallelism,
    shattering,
)
from engines.geometry.measures.dimension import carried, participation_ratio, spectrum, two_nn
from engines.geometry.measures.rdm import rdm
from engines.geometry.measures.topology import barcode
from engines.geometry.measures.units import tuning
from engines.geometry.tasks.hypercube import hypercube

SEEDS = st.integers(0, 10_000)


def ring(n: int, seed: int = 0, noise: float = 0.02) -> np.ndarray:
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n)
    basis, _ = np.linalg.qr(rng.standard_normal((50, 2)))
    flat = np.column_stack([np.cos(angle), np.sin(angle)])
    return flat @ basis.T + noise * rng.standard_normal((n, 50)) / np.sqrt(50)


@given(SEEDS)
def test_the_spectrum_is_that_of_the_covariance(seed):
    x = np.random.default_rng(seed).standard_normal((9, 14))
    wanted = np.linalg.eigvalsh(np.cov(x.T))[::-1][:8]
    np.testing.assert_allclose(spectrum(x), wanted, atol=1e-9)


@given(SEEDS, st.floats(0.1, 9.0))
def test_participation_ignores_scale_and_lies_between_1_and_n(seed, gain):
    x = np.random.default_rng(seed).standard_normal((7, 20))
    assert participation_ratio(gain * x) == pytest.approx(participation_ratio(x))
    assert 1.0 <= participation_ratio(x) <= 6.0 + 1e-9


def test_a_dead_layer_has_no_dimension():
    assert np.isnan(participation_ratio(np.ones((5, 4))))


def test_two_nn_is_scikit_dimensions():
    import skdim

    x = np.random.default_rng(1).standard_normal((1500, 5))
    theirs = skdim.id.TwoNN(discard_fraction=0.1).fit(x).dimension_
    assert two_nn(x).dimension == pytest.approx(theirs, abs=0.05)


@pytest.mark.parametrize("n_dimensions", [1, 2, 3])
def test_two_nn_by_maximum_likelihood_is_the_dimension_of_uniform_points(n_dimensions):
    """The ratio of the two nearest distances is Pareto with the dimension as its exponent (Facco
    et al. 2017), so d / sqrt(n) is the standard error of its estimate; five of these are allowed."""
    n = 4_000
    x = np.random.default_rng(8).random((n, n_dimensions))
    found = two_nn(x).dimension_mle
    assert found == pytest.approx(n_dimensions, abs=5 * n_dimensions / np.sqrt(n))


def test_points_of_two_nn_are_told_by_their_stimulus():
    x = np.random.default_rng(4).standard_normal((60, 3))
    far = np.sort(np.linalg.norm(x[:, None] - x, axis=2), axis=1)
    found = two_nn(np.concatenate([x, x[:20]]))
    assert found.log_ratio == pytest.approx(np.log(far[:, 2] / far[:, 1])[found.stimuli])


def test_two_nn_leaves_out_duplicates_and_counts_them():
    x = np.random.default_rng(2).standard_normal((400, 3))
    found = two_nn(np.concatenate([x, x[:150]]))
    assert found.n_duplicates == 150
    assert found.dimension == pytest.approx(two_nn(x).dimension)
    assert 2.3 < found.dimension < 3.5
    with pytest.raises(InputError, match="at least 3 different"):
        two_nn(np.ones((9, 4)))


def test_two_nn_underestimates_many_dimensions_and_says_so():
    found = two_nn(np.random.default_rng(3).standard_normal((2000, 20)))
    assert found.dimension < 19
    assert "underestimates" in found.caveat


def cloud(name: str) -> np.ndarray:
    """Points with one loop, with none that lasts, with two and a void, and with ties."""
    rng = np.random.default_rng(5)
    if name == "torus":
        u, v = rng.uniform(0, 2 * np.pi, (2, 150))
        return np.column_stack([np.cos(u), np.sin(u), np.cos(v), np.sin(v)])
    if name == "grid":
        return np.argwhere(np.ones((7, 8))).astype(float)
    return {"noise": rng.standard_normal((200, 30)), "ring": ring(80, 0, 0.3)}[name]


@pytest.mark.parametrize("name", ["ring", "noise", "torus", "grid"])
def test_persistence_is_ripsers(name):
    import ripser

    d = rdm(cloud(name), "euclidean")
    theirs = ripser.ripser(d, distance_matrix=True, maxdim=1, thresh=d.max(axis=1).min())["dgms"]
    ours = barcode(d)
    for bars, dgm in ((ours.bars0, theirs[0]), (ours.bars1, theirs[1])):
        dgm = dgm[np.argsort(dgm[:, 0] - dgm[:, 1])]
        mine = np.sort(bars[:, 1] - bars[:, 0])
        known = np.isfinite(mine)
        np.testing.assert_allclose(mine[known], np.sort(dgm[:, 1] - dgm[:, 0])[known], atol=1e-6)
        assert len(bars) == len(dgm)


def test_bars_know_the_edges_that_end_and_open_them():
    """scipy's minimum spanning tree is what single linkage, and so H0, merges along."""
    from scipy.sparse.csgraph import minimum_spanning_tree

    d = rdm(np.random.default_rng(3).standard_normal((40, 3)), "euclidean")
    found = barcode(np.pad(d, ((0, 1), (0, 1)), mode="wrap"))  # the last point lies on the first
    tree = np.argwhere(minimum_spanning_tree(d).toarray() > 0.0)
    assert {frozenset(e) for e in found.ends0[1:].tolist()} == {frozenset(e) for e in tree.tolist()}
    assert found.ends0[0].tolist() == [-1, -1]
    np.testing.assert_allclose(found.bars0[1:, 1], d[tuple(found.ends0[1:].T)])
    np.testing.assert_allclose(found.bars1[:, 0], d[tuple(found.ends1.T)])


def test_components_are_carried_by_the_stimuli_that_vary_along_them():
    x = np.zeros((6, 4))  # closed form: two far apart along one unit, two nearer along another
    x[0, 0], x[1, 0], x[2, 1], x[3, 1] = 3.0, -3.0, 1.0, -1.0
    shares = carried(x, 12)
    np.testing.assert_allclose(shares[0], [0.5, 0.5, 0, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(shares[1], [0, 0, 0.5, 0.5, 0, 0], atol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=1), [1, 1, 0, 0], atol=1e-12)


def test_a_noisy_ring_has_one_loop_and_it_goes_round():
    x = ring(120)
    found = barcode(rdm(x, "euclidean"))
    assert found.bars1[0, 1] - found.bars1[0, 0] > 0.8
    assert found.bars1[1:].size == 0 or np.ptp(found.bars1[1]) < 0.3
    corners = np.unique(found.loop)
    assert (np.unique(found.loop, return_counts=True)[1] == 2).all()
    middle = x[corners].mean(axis=0) - x.mean(axis=0)
    assert np.linalg.norm(middle) < 0.5


def test_topology_counts_duplicates_and_thins_with_a_bound():
    x = ring(90)
    found = barcode(rdm(np.concatenate([x, x[:7]]), "euclidean"), 40)
    assert found.n_duplicates == 7
    assert len(found.landmarks) == 40
    assert 0.0 < found.cover < 1.0
    with pytest.raises(InputError, match="at least 2 different"):
        barcode(np.zeros((4, 4)))
    with pytest.raises(InputError, match="undefined"):
        barcode(np.full((4, 4), np.nan))


@given(SEEDS)
@settings(max_examples=20)
def test_parallelism_is_the_best_pairing_by_brute_force(seed):
    x = np.random.default_rng(seed).standard_normal((6, 5))
    halves = np.array([True, False] * 3)
    best = -2.0
    for order in permutations(range(3)):
        ways = x[halves] - x[~halves][list(order)]
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        best = max(best, np.mean([ways[a] @ ways[b] for a in range(3) for b in range(a)]))
    assert parallelism(x, halves) == pytest.approx(best)


def test_parallelism_of_random_points_is_near_zero_and_sampled_is_a_lower_bound():
    rng = np.random.default_rng(4)
    assert abs(parallelism(rng.standard_normal((8, 2000)), np.arange(8) < 4)) < 0.05
    x = rng.standard_normal((16, 40))
    assert parallelism(x, np.arange(16) < 8) <= 1.0


def test_ccgp_of_equidistant_points_is_near_chance():
    found = ccgp(np.eye(8), np.arange(8) < 4)
    assert 0.2 < found < 0.8


def test_dichotomies_are_counted_and_refused():
    assert len(dichotomies(8)) == 35
    assert not dichotomies(8)[:, 0].any()
    with pytest.raises(InputError, match="even number"):
        dichotomies(7)
    with pytest.raises(InputError, match="as many conditions"):
        parallelism(np.eye(5), np.arange(5) < 2)


def test_xor_is_not_separable_and_becomes_so_in_three_dimensions():
    square, halves = hypercube(4), np.array([True, False, False, True])
    assert not is_separable(square, halves)
    assert is_separable(np.column_stack([square, square.prod(axis=1)]), halves)
    assert shattering(np.zeros((4, 3))) == (0, 3)


def test_massive_activations_are_found_where_there_are_any():
    x = np.random.default_rng(5).standard_normal((20, 64))
    assert tuning(x).massive == ()
    x[3, 17] = 5e4
    assert tuning(x).massive == (17,)
    assert tuning(np.maximum(x, 0)).positive_share == pytest.approx((x > 0).mean())
