"""Centralities that neurons lend each other."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import directed, matrices, of, undirected
from hypothesis import assume, given, settings

from engines.connectome.measures import prestige
from engines.connectome.wiring.graph import graph_of
from engines.connectome.wiring.spec import WiringSpec


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12))
def test_prestige_agrees_with_networkx(matrix):
    graph = of(matrix)
    one = directed(graph)
    ours = prestige.core_numbers(graph)
    assert ours.tolist() == [nx.core_number(undirected(graph))[k] for k in range(graph.n)]
    assume(graph.n_edges and nx.is_strongly_connected(one))
    found, eigenvalue = prestige.eigenvector_centrality(graph)
    theirs = nx.eigenvector_centrality_numpy(one)
    np.testing.assert_allclose(found, [theirs[k] for k in range(graph.n)], atol=1e-7)
    values = np.abs(np.linalg.eigvals(graph.binary.toarray()))
    assert eigenvalue == pytest.approx(values.max())
    katz = nx.katz_centrality_numpy(one, alpha=0.5 / eigenvalue, beta=1.0, weight=None)
    np.testing.assert_allclose(
        prestige.katz_centrality(graph, eigenvalue), [katz[k] for k in range(graph.n)], atol=1e-8
    )


def test_hubs_and_authorities_of_the_worm_are_those_of_networkx():
    graph = graph_of(WiringSpec())
    one = nx.from_scipy_sparse_array(graph.binary, create_using=nx.DiGraph)
    hub, authority = prestige.hubs_and_authorities(graph)
    theirs = nx.hits(one, tol=1e-12, max_iter=10_000)
    np.testing.assert_allclose(hub, [theirs[0][k] for k in range(graph.n)], atol=1e-7)
    np.testing.assert_allclose(authority, [theirs[1][k] for k in range(graph.n)], atol=1e-7)
    assert prestige.core_numbers(graph).tolist() == list(nx.core_number(undirected(graph)).values())


def test_a_chain_has_no_eigenvector_centrality():
    chain = of(np.diag([1.0] * 3, 1))
    assert np.isnan(prestige.eigenvector_centrality(chain)[0]).all()
    # Katz 1953 on a chain: 1, 1 + a, 1 + a + a^2 ... with a = 1/2, of length one.
    exact = np.array([1.0, 1.5, 1.75, 1.875])
    np.testing.assert_allclose(
        prestige.katz_centrality(chain, 0.0), exact / np.linalg.norm(exact), atol=1e-12
    )
