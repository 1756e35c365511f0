"""Betweenness where several shortest paths go through one neuron and on, and with weights."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import matrices, of
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.measures.centrality import betweenness, lengths_of
from engines.connectome.wiring.graph import graph_of
from engines.connectome.wiring.spec import WiringSpec


def test_a_neuron_behind_a_diamond_carries_every_path_to_its_tail():
    """Closed form: 0 -> 1, 2 -> 3 -> 4; all three paths to 4 go through 3, half of those of 0 by 1.

    Shares are over (n - 1)(n - 2) = 12 ordered pairs (Freeman 1977, Brandes 2001).
    """
    matrix = np.zeros((5, 5))
    matrix[[0, 0, 1, 2, 3], [1, 2, 3, 3, 4]] = 1.0
    assert betweenness(of(matrix)).value * 12 == pytest.approx([0, 1, 1, 3, 0])


@settings(deadline=None, max_examples=60)
@given(matrices(3, 12, weights=(0, 0, 0, 1, 2, 3, 4)), st.sampled_from(["weight", "1 / weight"]))
def test_weighted_centralities_are_networkxs(matrix, distance):
    """Dijkstra's ways in networkx; whole quarters and twelfths tie exactly there."""
    graph = of(matrix)
    length = lengths_of(graph.weight, distance)
    made = nx.DiGraph()
    made.add_nodes_from(range(graph.n))
    for i, j, cost in zip(graph.pre.tolist(), graph.post.tolist(), length, strict=True):
        made.add_edge(i, j, cost=round(12 * cost))
    ours = betweenness(graph, length=length)
    theirs = nx.betweenness_centrality(made, weight="cost")
    np.testing.assert_allclose(ours.value, [theirs[k] for k in range(graph.n)], atol=1e-12)
    near = nx.closeness_centrality(made.reverse(), distance="cost")
    np.testing.assert_allclose(ours.closeness, [12 * near[k] for k in range(graph.n)], atol=1e-9)


def test_weights_that_are_alike_change_no_ranking():
    """Theorem: where every edge is equally long, weighted ways are those with the fewest steps."""
    graph = graph_of(WiringSpec())
    plain = betweenness(graph)
    alike = betweenness(graph, length=np.full(graph.n_edges, 1.0 / 3.0))
    np.testing.assert_allclose(alike.value, plain.value, atol=1e-12)
    np.testing.assert_allclose(alike.closeness, 3.0 * plain.closeness, atol=1e-9)


def test_edges_without_weight_carry_nothing():
    matrix = np.zeros((3, 3))
    matrix[[0, 1, 0], [1, 2, 2]] = 1.0
    found = betweenness(of(matrix), length=np.array([1.0, 1.0, 0.0]))
    assert found.value.tolist() == [0, 0, 0]
    assert found.closeness[1] == 0


def test_a_sample_of_sources_knows_its_error_with_weights():
    graph = graph_of(WiringSpec())
    length = lengths_of(graph.weight, "1 / weight")
    exact = betweenness(graph, length=length)
    part = betweenness(graph, n_sources=100, length=length)
    there = np.isfinite(part.closeness)
    assert there.sum() == 100
    np.testing.assert_allclose(part.closeness[there], exact.closeness[there])
    most = np.argsort(-exact.value)[:20]
    out = np.abs(part.value - exact.value)[most] / part.error[most]
    assert np.mean(out < 3.0) >= 0.95
