"""Nulls of large wirings, on rows: the same swaps and numbers as on a table of all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from connectome_graphs import matrices, of
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome import measure
from engines.connectome.measures.numbers import DENSE_MAX
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.dealing import distinct, random_ends
from engines.connectome.nulls.run import NullRun, observed
from engines.connectome.nulls.shuffling import (
    OnRows,
    OnTable,
    Rules,
    distance_bins,
    draw_of,
    sampled_bin_edges,
)
from engines.connectome.wiring.graph import graph_from_matrix, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.connectome.wiring.synthetic import block_model

RULE = {"directed degree": 0, "class blocks": 1, "distance bins": 2}


def on_rows(graph, null="directed degree", group=None, place_um=None, edges_um=None, **fields):
    rules = Rules(
        np.zeros(graph.n, np.int32) if group is None else group,
        np.zeros((1, 1), np.int16),
        np.zeros((1, 3)) if place_um is None else place_um,
        np.zeros(0) if edges_um is None else edges_um,
    )
    return OnRows(graph, MeasuresSpec(null=null, **fields), rules)


def table_of(ends, n):
    made = np.zeros((n, n), np.uint8)
    np.add.at(made, ends, 1)
    return made


@settings(deadline=None, max_examples=60)
@given(matrices(2, 14), st.sampled_from(["directed degree", "undirected degree"]))
def test_measures_on_rows_are_those_on_a_table(matrix, null):
    graph, spec = of(matrix), MeasuresSpec(null=null)
    (rows, local), (table, theirs) = (observed(graph, spec, rows=r) for r in (True, False))
    np.testing.assert_allclose(rows.columns, table.columns, atol=1e-12)
    np.testing.assert_allclose(rows.rich_club, table.rich_club, atol=1e-12)
    np.testing.assert_allclose(rows.motifs, table.motifs, atol=1e-9)
    np.testing.assert_allclose(local, theirs, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(matrices(4, 14), st.integers(0, 2**32), st.sampled_from(sorted(RULE)))
def test_a_seed_walks_on_rows_as_it_walks_on_a_table(matrix, seed, null):
    graph = of(matrix)
    if graph.n_edges < 2:
        return
    group = (np.arange(graph.n) % 3).astype(np.int32)
    place = np.random.default_rng(seed).random((graph.n, 3))
    gap = np.linalg.norm(place[:, None] - place[None], axis=2)
    edges = np.quantile(gap, np.linspace(0, 1, 13)[1:-1])
    drawing = on_rows(graph, null, group, place, edges)
    rules = Rules(group, distance_bins(place), np.zeros((1, 3)), np.zeros(0))
    table = OnTable(graph, drawing.spec, rules)
    found, theirs = drawing.start(), table.start()
    n = 10 * graph.n_edges
    assert drawing.step(found, n, np.uint64(seed)) == table.step(theirs, n, np.uint64(seed))
    np.testing.assert_array_equal(table_of((found.pre, found.post), graph.n), theirs.table)


def shuffled(drawing, seed, per_edge=10):
    walker = drawing.start()
    drawing.step(walker, per_edge * drawing.n_edges, np.uint64(seed))
    return walker.pre, walker.post


@settings(deadline=None, max_examples=40)
@given(matrices(4, 14), st.integers(0, 2**32))
def test_undirected_rows_keep_degrees_symmetry_and_simplicity(matrix, seed):
    graph = of(matrix)
    found = table_of(shuffled(on_rows(graph, "undirected degree"), seed), graph.n)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(found.sum(0), graph.degree)
    assert found.max(initial=0) <= 1
    assert not np.diag(found).any()


def test_undirected_rows_reach_every_graph_of_a_small_class_equally_often():
    # Two edges among four neurons of degree one: three graphs, each as likely.
    graph = of(np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]))
    drawing = on_rows(graph, "undirected degree")
    partner = [int(shuffled(drawing, 7 * s, 20)[1][0]) for s in range(3_000)]
    np.testing.assert_allclose(np.bincount(partner, minlength=4)[1:] / 3_000, 1 / 3, atol=0.03)


@given(st.integers(0, 2**31))
@settings(deadline=None, max_examples=20)
def test_random_ends_are_different_pairs_without_loops(seed):
    rng = np.random.default_rng(seed)
    pre, post = random_ends(rng, 9, 30)
    assert len({*zip(pre.tolist(), post.tolist(), strict=True)}) == 30
    assert not (pre == post).any()
    assert max(pre.max(), post.max()) < 9
    many = distinct(rng, 10_000_000, 5_000)
    assert len(np.unique(many)) == 5_000


def test_the_worms_nulls_on_rows_have_the_distribution_of_those_on_a_table():
    # igraph's rewire gives clustering 0.1676 and path length 2.1301, as in `verify`.
    graph, spec = graph_of(WiringSpec()), MeasuresSpec(n_nulls=200)
    run = NullRun(graph, spec, rows=True)
    list(run.batches())
    mean = run.numbers().columns.mean(axis=0)
    assert mean[1] == pytest.approx(0.1676, abs=0.001)
    # 32 of 279 sources, but the same ones in the wiring: the ratio of 2.43563 to 2.1301 stays.
    real = observed(graph, spec, rows=True)[0].columns[0]
    assert real[3] / mean[3] == pytest.approx(2.43563 / 2.1301, abs=0.02)


def test_a_wiring_above_the_tables_size_gets_its_nulls():
    made = block_model(DENSE_MAX + 500, 40_000, 8, 0.9, 2)
    found = measure(made, n_nulls=3, swaps_per_edge=5.0)
    graph = graph_from_matrix(made.layers[0].matrix(made.n_neurons))
    drawing = draw_of(graph, MeasuresSpec(), None)
    assert isinstance(drawing, OnRows)
    pre, post = shuffled(drawing, 1)
    np.testing.assert_array_equal(np.bincount(pre, minlength=graph.n), graph.out_degree)
    np.testing.assert_array_equal(np.bincount(post, minlength=graph.n), graph.in_degree)
    z = dict(zip(found.measures.names, found.measures.z, strict=True))
    assert z["clustering"] > 5  # blocks cluster, nulls do not
    assert np.isfinite([z["path length"], z["reciprocity"], z["transitivity"]]).all()
    why = dict(zip(found.measures.names, found.measures.why, strict=True))
    assert "start from a sample" in why["diameter"]
    assert np.isfinite(found.measures.motif_z).any()
    blocks = measure(made, n_nulls=2, null="class blocks", swaps_per_edge=5.0)
    mean = dict(zip(blocks.measures.names, blocks.measures.null_mean, strict=True))
    assert (
        mean["clustering"]
        > 2 * dict(zip(found.measures.names, found.measures.null_mean, strict=True))["clustering"]
    )


def test_sampled_distance_bins_hold_about_equally_many_pairs():
    place = np.random.default_rng(0).random((400, 3))
    exact = np.bincount(distance_bins(place)[np.triu_indices(400, 1)], minlength=12)
    gap = np.linalg.norm(place[:, None] - place[None], axis=2)[np.triu_indices(400, 1)]
    sampled = np.bincount(np.searchsorted(sampled_bin_edges(place), gap), minlength=12)
    np.testing.assert_allclose(sampled, exact, rtol=0.05)
