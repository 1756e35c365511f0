"""Nulls that keep strengths: what they keep exactly, what nearly, and how near."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from engines.connectome import graph, load, measure
from engines.connectome.kernels import anneal
from engines.connectome.nulls.annealing import dealt, wirings
from engines.connectome.nulls.shuffling import Walker
from engines.connectome.wiring.graph import graph_from_matrix

WORM = "varshney2011"


def worm_nulls(null, n=3):
    return graph(WORM), list(wirings(graph(WORM), null, n, 0, load(WORM)))


def misplaced(real, null):
    """Share of all strength that is not where it was."""
    ours = np.concatenate([null.in_strength, null.out_strength])
    theirs = np.concatenate([real.in_strength, real.out_strength])
    return np.abs(ours - theirs).sum() / theirs.sum()


def test_degrees_and_weights_stay_and_strengths_nearly():
    real, nulls = worm_nulls("degrees and strengths")
    for null in nulls:
        np.testing.assert_array_equal(null.in_degree, real.in_degree)
        np.testing.assert_array_equal(null.out_degree, real.out_degree)
        np.testing.assert_array_equal(np.sort(null.weight), np.sort(real.weight))
        assert misplaced(real, null) < 0.01
        same = set(zip(real.pre, real.post, strict=True)) & set(
            zip(null.pre, null.post, strict=True)
        )
        assert len(same) / real.n_edges < 0.2


def test_a_null_of_degrees_alone_misplaces_a_fifth():
    real, nulls = worm_nulls("directed degree")
    for null in nulls:
        np.testing.assert_allclose(null.out_strength, real.out_strength)
        assert misplaced(real, null) > 0.1


def test_signs_keep_their_strengths_each():
    rng = np.random.default_rng(0)
    matrix = rng.integers(1, 9, (60, 60)) * (rng.random((60, 60)) < 0.3)
    matrix = (matrix * np.where(np.arange(60) < 15, -1, 1)[:, None]).astype(float)
    real = graph_from_matrix(matrix)
    (null,) = wirings(real, "degrees and strengths", 1, 0, load(WORM))
    assert misplaced(real, null) < 0.03
    np.testing.assert_array_equal(np.sort(null.weight), np.sort(real.weight))
    assert (null.weight[null.pre < 15] < 0).all()
    assert (null.weight[null.pre >= 15] > 0).all()
    down = [np.bincount(g.post, np.minimum(g.weight, 0), 60) for g in (real, null)]
    assert np.abs(down[0] - down[1]).sum() / -down[0].sum() < 0.2


@pytest.mark.parametrize("seed", range(6))
def test_few_edges_are_dealt_as_well_as_can_be(seed):
    """Every one of the 5,040 ways to deal seven weights, by brute force."""
    rng = np.random.default_rng(seed)
    ends = np.stack(np.nonzero(~np.eye(5, dtype=bool)), 1)[rng.choice(20, 7, replace=False)]
    pre, post = np.ascontiguousarray(ends.T.astype(np.int32))
    weight = rng.integers(1, 30, 7).astype(float)
    out, into = rng.integers(0, 60, (2, 5)).astype(float)

    def cost(one):
        gaps = np.bincount(pre, one, 5) - out, np.bincount(post, one, 5) - into
        return sum((gap**2).sum() for gap in gaps)

    best = min(cost(np.array(one)) for one in permutations(weight))
    own = weight.copy()
    gaps = np.bincount(pre, own, 5) - out, np.bincount(post, own, 5) - into
    warmth = np.append(10 * own.var() * np.geomspace(1, 1e-3, 60), 0.0)
    anneal.deal(pre, post, own, *gaps, warmth, 2_000, np.uint64(seed))
    assert cost(own) == pytest.approx(best)
    # What is kept up to date through all exchanges is what adding up anew gives.
    np.testing.assert_allclose(gaps[0], np.bincount(pre, own, 5) - out, atol=1e-9)
    np.testing.assert_allclose(gaps[1], np.bincount(post, own, 5) - into, atol=1e-9)


def test_a_wiring_that_nobody_moved_can_have_its_weights_back():
    real = graph(WORM)
    walker = Walker(np.zeros((1, 1), np.uint8), real.pre, real.post)
    made = dealt(walker, real, real.weight, 0)
    null = graph(WORM).__class__(real.members, real.pre, real.post, made)
    assert misplaced(real, null) < 0.01
    assert np.mean(made == real.weight) < 0.9


def test_measures_have_binary_nulls_of_the_same_walks_and_weighted_ones_besides():
    plain = measure(WORM, n_nulls=4)
    kept = measure(WORM, n_nulls=4, null="degrees and strengths")
    for name in ("clustering", "path length", "reciprocity"):
        np.testing.assert_array_equal(kept.null_columns[name], plain.null_columns[name])
    assert "weighted clustering" not in plain.null_columns
    # More of the worm's weight lies in triangles than its degrees and strengths explain.
    weighted = kept.null_columns["weighted clustering"]
    assert weighted.max() < 0.7 * kept.value("weighted clustering")
    gini = kept.null_columns["in-strength Gini"]
    assert np.abs(gini - kept.value("in-strength Gini")).max() < 0.005
