"""Strengths and their nulls, prestige, lattices: closed forms, published rules and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import directed, matrices, of, undirected
from hypothesis import assume, given, settings
from scipy import stats

from engines.connectome import measure, prestige
from engines.connectome.graph import Graph, graph_of
from engines.connectome.latticing import clustering, lattice, ring_clustering
from engines.connectome.nulls import seeds_of
from engines.connectome.spec import MeasuresSpec, WiringSpec
from engines.connectome.strengths import StrengthNulls, gini, share_above, strengths
from engines.connectome.synthetic import lattice as ring_lattice


@settings(deadline=None, max_examples=40)
@given(matrices(2, 12))
def test_strengths_agree_with_networkx(matrix):
    graph = of(matrix)
    one = directed(graph)
    found = strengths(graph, graph.weight)
    for row, theirs in zip(found, (one.in_degree, one.out_degree, one.degree), strict=True):
        assert row.tolist() == [dict(theirs(weight="weight")).get(k, 0) for k in range(graph.n)]


@settings(deadline=None, max_examples=40)
@given(matrices(2, 12))
def test_gini_is_half_the_relative_mean_difference(matrix):
    values = matrix.sum(axis=0)
    assume(values.sum() > 0)
    apart = np.abs(values[:, None] - values[None]).mean()
    assert gini(values) == pytest.approx(apart / (2.0 * values.mean()))


def test_the_share_above_a_level_is_the_survival_function_of_scipy():
    values = np.random.default_rng(0).exponential(size=200)
    level = np.array([0.0, 0.1, 1.0, 3.0, values.max()])
    theirs = stats.ecdf(values).sf.evaluate(level)
    np.testing.assert_allclose(share_above(values, level), theirs, atol=1e-12)


def drawn(graph: Graph, **fields) -> StrengthNulls:
    spec = MeasuresSpec(**fields)
    made = StrengthNulls(graph, graph.weight, spec)
    made.until(spec.n_nulls, seeds_of(spec.seed, spec.n_nulls))
    return made


def test_dealt_weights_have_the_mean_and_variance_of_draws_without_replacement():
    # A neuron of in-degree k gets k of m weights: mean k w, variance k s^2 (m - k) / (m - 1).
    graph = graph_of(WiringSpec())
    made = drawn(graph, n_nulls=1_500, null="permuted weights")
    m, k = graph.n_edges, int(graph.in_degree.max())
    mine = int(np.argmax(graph.in_degree))
    rng = (np.random.Generator(np.random.Philox(int(s))) for s in seeds_of(0, 1_500))
    dealt = np.array([r.permutation(graph.weight)[graph.post == mine].sum() for r in rng])
    sd = np.sqrt(k * graph.weight.var() * (m - k) / (m - 1))
    assert dealt.mean() == pytest.approx(k * graph.weight.mean(), abs=4 * sd / np.sqrt(1_500))
    assert dealt.std() == pytest.approx(sd, rel=0.08)
    # Degrees decide most of the largest strength, and no null is weaker than that neuron's.
    assert (made.columns["largest in-strength"] >= dealt).all()


def test_nulls_of_equal_weights_are_the_wiring_itself():
    graph = of(np.random.default_rng(1).integers(0, 2, (20, 20)) * (1 - np.eye(20)) * 3.0)
    made = drawn(graph, n_nulls=9)
    found = made.found()
    np.testing.assert_array_equal(found.null_low, found.share)
    np.testing.assert_array_equal(found.null_high, found.share)


def test_random_graphs_have_poisson_like_strengths_whatever_the_degrees():
    # In-degrees of G(n, m) are hypergeometric: mean m/n, variance about m/n (1 - 1/n).
    graph = graph_of(WiringSpec())
    made = drawn(graph, n_nulls=40, null="random graph")
    spread = made.columns["strength Gini"].mean()
    assert spread < 0.6 * made.values()["strength Gini"]
    assert all(np.isfinite(made.columns["largest strength"]))


def test_the_worm_hears_more_unequally_than_its_degrees_explain():
    found = measure("varshney2011", n_nulls=200).measures
    z = dict(zip(found.names, found.z, strict=True))
    assert z["in-strength Gini"] > 5 > abs(z["out-strength Gini"])
    assert len(found.strength.pictures()) == 3
    assert found.strength.null_mean.shape == (3, len(found.strength.level))


def test_an_undirected_null_knows_strength_without_directions_alone():
    graph = graph_of(WiringSpec())
    made = drawn(graph, n_nulls=1, null="undirected degree")
    np.testing.assert_allclose(made.real[2], strengths(graph, graph.weight)[2])


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
