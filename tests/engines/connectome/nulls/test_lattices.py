"""The lattice that omega is held against."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import of, undirected

from engines.connectome import measure
from engines.connectome.nulls.lattice import clustering, lattice, ring_clustering
from engines.connectome.wiring.graph import graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.connectome.wiring.synthetic import lattice as ring_lattice


def test_lattices_keep_every_degree_and_cluster_more():
    graph = graph_of(WiringSpec())
    made = lattice(graph)
    np.testing.assert_array_equal(made.sum(axis=0), graph.degree)
    np.testing.assert_array_equal(made, made.T)
    assert not np.diag(made).any()
    assert clustering(made) > 2 * nx.average_clustering(undirected(graph))
    np.testing.assert_array_equal(made, lattice(graph))


def test_a_scrambled_ring_comes_back_nearly_as_clustered_as_its_closed_form():
    ring = of(ring_lattice(60, 8).layers[0].matrix(60).toarray())
    scrambled = nx.from_numpy_array(ring.undirected.toarray())
    nx.double_edge_swap(scrambled, nswap=2_000, max_tries=100_000, seed=1)
    graph = of(nx.to_numpy_array(scrambled))
    exact = ring_clustering(ring)
    assert nx.average_clustering(scrambled) < 0.4 * exact
    assert clustering(lattice(graph)) == pytest.approx(exact, abs=0.1)
    # A ring itself is as clustered as a lattice can be made.
    assert clustering(lattice(ring)) >= exact - 1e-12


def test_our_lattice_is_at_least_as_clustered_as_that_of_networkx():
    graph = nx.gnm_random_graph(30, 90, seed=3)
    theirs = nx.lattice_reference(graph, niter=10, seed=1, connectivity=False)
    ours = lattice(of(nx.to_numpy_array(graph)))
    assert clustering(ours) >= nx.average_clustering(theirs)


def test_omega_of_a_ring_is_near_minus_one_and_of_a_random_graph_near_zero():
    # Telesford et al. 2011: -1 for lattices, 0 for small worlds, 1 for random graphs.
    ring = ring_lattice(120, 8)
    found = measure(ring, null="undirected degree", n_nulls=20)
    assert found.value("omega") < -0.5
    random = measure("erdos_renyi", null="undirected degree", n_nulls=20)
    assert random.value("omega") > 0.5


def test_the_lattice_of_omega_is_a_convention_that_is_shown():
    ways = {way: measure("varshney2011", n_nulls=20, lattice=way) for way in
            ("same degrees", "even ring")}  # fmt: skip
    said = [m.measures.conventions[m.measures.names.index("omega")] for m in ways.values()]
    assert "same degrees: 0.7" in said[0]
    assert "3(k-2)/4(k-1): 0.7" in said[1]
    assert ways["same degrees"].value("omega") != ways["even ring"].value("omega")
