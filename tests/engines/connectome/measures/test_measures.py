"""Measures against networkx on random graphs, and against the papers on the worm."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import directed, matrices, of, undirected
from hypothesis import given, settings

from engines.connectome import from_matrix, load, measure
from engines.connectome.answers.published import HUBS, hub_names, rich_club_names, wiring_answers
from engines.connectome.measures import motifs
from engines.connectome.measures.centrality import betweenness, pagerank
from engines.connectome.measures.counting import component_sizes, counts
from engines.connectome.measures.small_world import small_world
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.measures.weighted import onnela_clustering, weighted_paths
from engines.connectome.nulls.lattice import ring_clustering
from engines.connectome.nulls.run import observed
from engines.connectome.wiring.graph import graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.connectome.wiring.synthetic import lattice

PLAIN = MeasuresSpec(n_nulls=0)


def _loops(name: str) -> int:
    """Neurons with an edge to themselves, in the chemical or the electrical layer."""
    worm = load(name)
    layers = worm.layer("chemical"), worm.layer("electrical")
    return len({int(k) for layer in layers for k in layer.pre[layer.pre == layer.post]})


def numbers(matrix: np.ndarray, spec: MeasuresSpec = PLAIN):
    return observed(of(matrix), spec)[0]


@settings(deadline=None, max_examples=60)
@given(matrices())
def test_binary_measures_agree_with_networkx(matrix):
    graph = of(matrix)
    row = numbers(matrix).columns[0]
    two, one = undirected(graph), directed(graph)
    assert row[1] == pytest.approx(nx.average_clustering(two))
    if two.number_of_edges():
        assert row[0] == pytest.approx(nx.overall_reciprocity(one))
        steps = [d for _, ds in nx.all_pairs_shortest_path_length(two) for d in ds.values() if d]
        assert row[3] == pytest.approx(np.mean(steps))
        assert row[10] == max(steps)
        steps = [d for _, ds in nx.all_pairs_shortest_path_length(one) for d in ds.values() if d]
        assert row[4] == pytest.approx(np.mean(steps))
    if graph.n > 1:
        assert row[5] == pytest.approx(nx.global_efficiency(two))
    triples = sum(d * (d - 1) for _, d in two.degree())
    assert math.isnan(row[2]) if not triples else row[2] == pytest.approx(nx.transitivity(two))


@settings(deadline=None, max_examples=60)
@given(matrices(3, 14))
def test_motif_counts_are_networkxs_triadic_census(matrix):
    census = nx.triadic_census(directed(of(matrix)))
    found = dict(zip(motifs.NAMES, numbers(matrix).motifs[0], strict=True))
    assert {k: round(v, 6) for k, v in found.items()} == {k: census[k] for k in motifs.NAMES}


@settings(deadline=None, max_examples=25)
@given(matrices(3, 10))
def test_listed_instances_are_as_many_as_counted(matrix):
    graph = of(matrix)
    found = numbers(matrix).motifs[0]
    for name, n in zip(motifs.NAMES, found, strict=True):
        assert len(motifs.instances(graph, name)) == round(n)


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12))
def test_centralities_agree_with_networkx(matrix):
    graph = of(matrix)
    one = directed(graph)
    ours = betweenness(graph)
    theirs = nx.betweenness_centrality(one)
    np.testing.assert_allclose(ours.value, [theirs[k] for k in range(graph.n)], atol=1e-12)
    theirs = nx.closeness_centrality(one.reverse())
    np.testing.assert_allclose(ours.closeness, [theirs[k] for k in range(graph.n)], atol=1e-12)
    theirs = nx.pagerank(one, tol=1e-12, max_iter=2_000)
    np.testing.assert_allclose(pagerank(graph), [theirs[k] for k in range(graph.n)], atol=1e-8)


@settings(deadline=None, max_examples=40)
@given(matrices(3, 14))
def test_a_second_oracle_agrees(matrix):
    import igraph

    graph = of(matrix)
    edges = list(zip(graph.pre.tolist(), graph.post.tolist(), strict=True))
    one = igraph.Graph(n=graph.n, edges=edges, directed=True)
    two = one.as_undirected(mode="collapse")
    row = numbers(matrix).columns[0]
    assert row[1] == pytest.approx(two.transitivity_avglocal_undirected(mode="zero"))
    if edges:
        assert row[3] == pytest.approx(two.average_path_length(unconn=True))
        assert row[4] == pytest.approx(one.average_path_length(unconn=True))
        assert row[0] == pytest.approx(one.reciprocity())
    scale = (graph.n - 1) * (graph.n - 2)
    theirs = np.array(one.betweenness()) / scale
    np.testing.assert_allclose(betweenness(graph).value, theirs, atol=1e-9)
    census = one.triad_census()
    found = dict(zip(motifs.NAMES, numbers(matrix).motifs[0], strict=True))
    assert round(found["030T"]) == census["030T"]
    assert round(found["300"]) == census["300"]


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12))
def test_rich_club_agrees_with_networkx(matrix):
    graph = of(matrix)
    theirs = nx.rich_club_coefficient(undirected(graph), normalized=False)
    phi = numbers(matrix).rich_club[0]
    for k, value in theirs.items():
        if np.count_nonzero(graph.degree > k) > 1:
            assert phi[k] == pytest.approx(value)


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12))
def test_weighted_measures_agree_with_networkx(matrix):
    graph = of(matrix)
    one = directed(graph)
    for _, _, data in one.edges(data=True):
        data["length"] = 1.0 / data["weight"]
    lengths = [
        d
        for _, ds in nx.all_pairs_dijkstra_path_length(one, weight="length")
        for d in ds.values()
        if d
    ]
    mean, efficiency = weighted_paths(graph, graph.weight, "1 / weight")
    if lengths:
        assert mean == pytest.approx(np.mean(lengths))
        assert efficiency == pytest.approx(
            np.sum(1 / np.array(lengths)) / (graph.n * (graph.n - 1))
        )
        both = nx.from_numpy_array(matrix + matrix.T)
        theirs = np.mean(list(nx.clustering(both, weight="weight").values()))
        assert onnela_clustering(graph, graph.weight) == pytest.approx(theirs)


def test_a_sampled_betweenness_knows_its_error():
    graph = graph_of(WiringSpec())
    exact = betweenness(graph).value
    inside = 0
    for seed in range(20):
        part = betweenness(graph, n_sources=70, seed=seed)
        assert part.n_sources == 70
        top = np.argsort(-exact)[:20]
        inside += np.count_nonzero(np.abs(part.value - exact)[top] <= 2 * part.error[top])
    assert 0.85 < inside / (20 * 20) <= 1.0


@pytest.mark.timeout(240)  # the first of them compiles the kernels and draws 1,000 nulls
@pytest.mark.parametrize("answer", wiring_answers(), ids=lambda a: a.target)
def test_the_worms_published_numbers(answer):
    assert answer.verdict().reproduced


def test_the_rich_club_has_the_members_of_towlson_2013():
    pairs = {f"{name}{side}" for name in ("AVA", "AVB", "AVD", "AVE", "PVC") for side in "LR"}
    assert set(rich_club_names()) == pairs | {"DVA"}


def test_hubs_above_44_directed_are_those_of_arnatkeviciute_2018():
    graph = graph_of(WiringSpec())
    assert np.count_nonzero(graph.in_degree + graph.out_degree > 44) == 16
    assert hub_names() == HUBS


def test_gap_junctions_join_248_3_and_2_neurons_and_leave_26_alone():
    # Varshney et al. 2011, section "Gap junction network".
    sizes = component_sizes(graph_of(WiringSpec(chemical=False)).binary, strong=False)
    assert sizes.tolist() == [248, 3, 2, *[1] * 26]


def test_conventions_change_what_they_say():
    worm = measure("varshney2011", n_nulls=0, min_weight=6)
    left_out = measure("varshney2011", n_nulls=0, min_weight=6, small_degree="is left out")
    assert left_out.value("clustering") > worm.value("clustering")
    cook = measure("cook2019", n_nulls=0, self_loops="counted")
    plain = measure("cook2019", n_nulls=0)
    assert cook.value("directed edges") - plain.value("directed edges") == _loops("cook2019")
    ways = measure("varshney2011", n_nulls=0, min_weight=6, distance="weight")
    assert ways.value("weighted path length") > worm.value("weighted path length")


def test_reciprocity_of_layers():
    chemical = measure("varshney2011", n_nulls=0, electrical=False)
    assert chemical.value("reciprocity") == pytest.approx(0.2124, abs=5e-5)


def test_a_ring_lattice_has_the_clustering_of_watts_and_strogatz():
    graph = of(lattice(60, 8).layers[0].matrix(60).toarray())
    row = observed(graph, PLAIN)[0].columns[0]
    assert row[1] == pytest.approx(3 * (8 - 2) / (4 * (8 - 1)))
    assert ring_clustering(graph) == pytest.approx(row[1])
    assert small_world(row, np.stack([row, row]), row[1])["sigma"] == pytest.approx(1.0)


def test_isolated_neurons_count_as_components():
    sizes = component_sizes(of(np.diag([1.0] * 3, 1)).binary, strong=True)
    assert sizes.tolist() == [1, 1, 1, 1]


def test_counts_of_nothing():
    rows = {row.name: row for row in counts(of(np.zeros((0, 0))), PLAIN)}
    assert rows["neurons"].value == 0
    assert rows["density"].why == "fewer than two neurons"


def test_one_convention_for_negative_weights():
    matrix = np.array([[0.0, 2, 0], [0, 0, -3], [1, 0, 0]])
    for sign, total in (("absolute", 6.0), ("left out", 3.0)):
        found = measure(from_matrix(matrix), n_nulls=0, sign=sign).measures
        said = dict(zip(found.names, found.conventions, strict=True))
        assert found.value("total weight") == total
        for name in ("total weight", "weighted clustering", "weighted efficiency",
                     "largest strength", "strength Gini"):  # fmt: skip
            assert f"negative weights {sign}" in said[name]
    assert graph_of(WiringSpec()).in_strength.min() >= 0


def test_motif_counts_are_whole():
    # networkx's triadic census of the chemical layer: 385 and 175 where floats gave 384, 174.
    found = measure("varshney2011", n_nulls=0, electrical=False).measures
    counts = found.motif_count.astype(int).tolist()
    assert {385, 175} <= set(counts)
