"""Undirected nulls: what every neuron keeps of each sign; how sure communities are beside them."""

from __future__ import annotations

import weakref
from typing import Any

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import matrices, of
from hypothesis import given, settings
from scipy import sparse

from engines.connectome import communities, from_matrix, graph, spectrum
from engines.connectome.experiments.communities.communities import CLAIMS
from engines.connectome.nulls.symmetric import symmetric_nulls, walked
from engines.connectome.partitions.leiden import leiden
from engines.connectome.partitions.modularity import contributions, modularity, symmetric_weights
from engines.connectome.wiring.synthetic import block_model
from engines.contract import InputError


def signed(n=50, seed=0):
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(-6, 9, (n, n)) * (rng.random((n, n)) < 0.3), 1)
    return sparse.csr_array((upper + upper.T).astype(float))


@pytest.mark.parametrize("kept", ["degrees", "degrees and strengths"])
def test_each_sign_keeps_its_degrees_and_weights(kept):
    real = signed()
    for null in (one.weights for one in symmetric_nulls(real, 3, 0, kept)):
        assert abs(null - null.T).max() == 0
        for sign in (1, -1):
            ours, theirs = (np.maximum(sign * m.toarray(), 0.0) for m in (null, real))
            np.testing.assert_array_equal((ours > 0).sum(0), (theirs > 0).sum(0))
            np.testing.assert_array_equal(np.sort(ours, axis=None), np.sort(theirs, axis=None))
            missed = np.abs(ours.sum(0) - theirs.sum(0)).sum() / theirs.sum()
            assert (missed < 0.02) == (kept == "degrees and strengths")
        assert (null.toarray() == real.toarray()).mean() < 0.8


def test_walks_say_how_far_they_went():
    real = signed()
    for null in symmetric_nulls(real, 3, 0, "degrees"):
        ours, theirs = (np.sign(m.toarray()) for m in (null.weights, real))
        same = np.count_nonzero(ours * theirs > 0)
        assert null.in_place == pytest.approx(same / real.nnz)
        assert null.accepted > 1
    whole = sparse.csr_array(
        np.ones((6, 6)) - np.eye(6)
    )  # no swap is possible where all are joined
    (null,) = symmetric_nulls(whole, 1, 0, "degrees")
    assert (null.accepted, null.in_place) == (0.0, 1.0)
    assert walked([(0.0, 1.0), (3.0, 0.5)]).tolist() == [1.5, 0.75]
    assert np.isnan(walked([])).all()
    (path,) = symmetric_nulls(
        sparse.csr_array(nx.to_numpy_array(nx.path_graph(2))), 1, 0, "degrees"
    )
    assert (path.accepted, path.in_place) == (0.0, 1.0)


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12, weights=(0, 0, 1, 2, -3, 5)))
def test_communities_add_up_to_the_modularity(matrix):
    weights = symmetric_weights(of(matrix).directed, binary=False, sign="signed modularity")
    label = leiden(weights)
    if np.isfinite(modularity(weights, label)):
        assert contributions(weights, label).sum() == pytest.approx(modularity(weights, label))


def test_what_a_community_adds_is_networkxs():
    weights = symmetric_weights(graph("varshney2011").directed, binary=False)
    label = leiden(weights)
    whole = nx.from_scipy_sparse_array(weights)
    size = whole.size("weight")
    for k, ours in enumerate(contributions(weights, label)):
        members = np.flatnonzero(label == k).tolist()
        inside = whole.subgraph(members).size("weight")
        degree = sum(d for _, d in whole.degree(members, "weight"))
        assert ours == pytest.approx(inside / size - (degree / (2 * size)) ** 2)


def test_planted_blocks_are_beyond_chance_and_a_random_graph_is_not():
    made = block_model(120, 2_000, 4, 0.8, 3)
    found = communities(keep_of(made), n_runs=5, n_nulls=19)
    assert (found.p_parts[:4] == 0.05).all()
    assert found.against > found.chance.max()
    rng = np.random.default_rng(0)
    none = communities(
        from_matrix((rng.random((60, 60)) < 0.15).astype(float)), n_nulls=19, n_runs=5
    )
    assert none.p_parts.min() > 0.05
    assert none.chance.min() < none.against < none.chance.max()


def keep_of(made):
    return from_matrix(made.layers[0].matrix(made.n_neurons).toarray())


def test_p_of_chance_is_uniform_over_graphs_that_are_chance():
    """A wiring that is one of its own nulls: of 40, few lie below 0.1 (binomial, 99 %: at most 10)."""
    rng = np.random.default_rng(1)
    low = 0
    for _ in range(40):
        real = symmetric_weights(
            sparse.csr_array((rng.random((24, 24)) < 0.2).astype(float)), binary=True
        )
        own = modularity(real, leiden(real))
        drawn = [one.weights for one in symmetric_nulls(real, 9, 0, "degrees")]
        nulls = [modularity(m, leiden(m)) for m in drawn]
        low += sum(q >= own for q in nulls) == 0
    assert low <= 10


def test_the_claims_hold_for_the_worm_and_say_nothing_of_others():
    worm = communities("varshney2011", n_runs=2, n_nulls=20)
    assert CLAIMS[0].finding(worm).word == "holds"
    assert CLAIMS[1].finding(worm) is None
    weights = communities("varshney2011", n_runs=2, n_nulls=20, weights="weights")
    assert CLAIMS[1].finding(weights).word == "holds"
    other = communities("witvliet2021_1", n_runs=2, n_nulls=20)
    assert CLAIMS[0].finding(other) is None


@pytest.mark.parametrize("run", [communities, spectrum])
def test_nulls_are_let_go_when_they_are_read(run, monkeypatch):
    """A null of a large wiring takes megabytes, and there may be ten thousand of them."""
    alive: Any = weakref.WeakSet()
    most = []

    def watched(*given):
        for one in symmetric_nulls(*given):
            alive.add(one)
            most.append(len(alive))
            yield one

    monkeypatch.setattr("engines.connectome.nulls.symmetric.symmetric_nulls", watched)
    small = from_matrix((np.random.default_rng(0).random((20, 20)) < 0.3).astype(float))
    run(small, n_nulls=6)
    assert len(most) == 6
    assert max(most) <= 2


def test_too_large_a_wiring_is_refused():
    large = sparse.csr_array((7_000, 7_000))
    with pytest.raises(InputError, match="set Nulls to 0"):
        next(symmetric_nulls(large, 1, 0, "degrees"))
