"""Nulls keep exactly what their family says, and nothing else; p and z are what statistics says."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from connectome_graphs import matrices, of
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome import measure
from engines.connectome.kernels import swaps, walks
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.measured import MeasuresFrame
from engines.connectome.nulls.measuring import frames_of
from engines.connectome.nulls.run import NullRun, seeds_of
from engines.connectome.nulls.shuffling import distance_bins
from engines.connectome.wiring.graph import connectome_of, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError

NO_BINS, NO_TABLE = np.zeros((1, 1), np.int16), np.zeros((1, 1), np.uint8)


def swapped(matrix, seed, rule=walks.FREE, group=None, bins=NO_BINS, n=2_000, odds=0.0, rows=False):
    graph = of(matrix)
    before = np.ascontiguousarray(graph.binary.toarray().astype(np.uint8))
    pre, post = graph.pre.copy(), graph.post.copy()
    starts = np.searchsorted(pre, np.arange(graph.n + 1)).astype(np.int64)
    group = np.zeros(graph.n, np.int32) if group is None else group
    table = NO_TABLE if rows else before.copy()
    kept = rule, group, bins, np.zeros((1, 3)), np.zeros(0), odds
    if len(pre):
        walks.walk(table, starts, pre, post, n, np.uint64(seed), *kept)
    after = np.zeros_like(before)
    after[pre, post] = 1
    if not rows:
        np.testing.assert_array_equal(table, after)  # the table and the list agree
    return before.astype(float), after


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12), st.integers(0, 2**32))
def test_directed_swaps_keep_both_degrees_and_simplicity(matrix, seed):
    before, after = swapped(matrix, seed) if of(matrix).n_edges else (matrix, matrix)
    np.testing.assert_array_equal(before.sum(0), after.sum(0))
    np.testing.assert_array_equal(before.sum(1), after.sum(1))
    assert not np.diag(after).any()


@settings(deadline=None, max_examples=40)
@given(matrices(4, 12), st.integers(0, 2**32))
def test_block_swaps_keep_edges_between_every_two_classes(matrix, seed):
    graph = of(matrix)
    if not graph.n_edges:
        return
    group = (np.arange(graph.n) % 3).astype(np.int32)
    before, after = swapped(matrix, seed, walks.BLOCKS, group)
    onto = np.eye(3)[group]
    np.testing.assert_array_equal(onto.T @ before @ onto, onto.T @ after @ onto)
    np.testing.assert_array_equal(before.sum(0), after.sum(0))


@settings(deadline=None, max_examples=40)
@given(matrices(4, 12), st.integers(0, 2**32))
def test_distance_swaps_keep_how_many_edges_are_how_long(matrix, seed):
    graph = of(matrix)
    if not graph.n_edges:
        return
    places = np.random.default_rng(seed).random((graph.n, 3))
    bins = distance_bins(places)
    before, after = swapped(matrix, seed, walks.DISTANCES, bins=bins)
    np.testing.assert_array_equal(
        np.bincount(bins[before > 0], minlength=12), np.bincount(bins[after > 0], minlength=12)
    )


@settings(deadline=None, max_examples=40)
@given(matrices(4, 12), st.integers(0, 2**32))
def test_undirected_swaps_keep_degrees_and_symmetry(matrix, seed):
    either = np.ascontiguousarray(((matrix + matrix.T) > 0).astype(np.uint8))
    pre, post = (a.astype(np.int32) for a in np.nonzero(np.triu(either)))
    if not len(pre):
        return
    after = either.copy()
    swaps.swap_undirected(after, pre, post, swaps.ANYWHERE, 2_000, np.uint64(seed))
    np.testing.assert_array_equal(after, after.T)
    np.testing.assert_array_equal(either.sum(0), after.sum(0))
    assert not np.diag(after).any()


@pytest.mark.parametrize(
    ("on_ring", "n_done", "crc"),
    [(False, 14_754, 2_788_440_996), (True, 3_876, 1_432_199_898)],
)
def test_one_loop_swaps_as_the_two_loops_before_it_did(on_ring, n_done, crc):
    # Recorded when swaps for nulls and swaps towards a ring were two kernels.
    graph = graph_of(WiringSpec())
    table = np.ascontiguousarray(graph.undirected.toarray().astype(np.uint8))
    ends = [a.astype(np.int32) for a in np.nonzero(np.triu(table))]
    rng = np.random.Generator(np.random.Philox([0, 11]))
    place = rng.permutation(graph.n).astype(np.int32) if on_ring else swaps.ANYWHERE
    assert swaps.swap_undirected(table, *ends, place, 20_000, np.uint64(7)) == n_done
    assert zlib.crc32(table.tobytes()) == crc


def test_swaps_reach_every_graph_of_a_small_class_equally_often():
    # Two edges 0->1, 2->3 among four neurons, in- and out-degrees kept: 0->1,2->3 or 0->3,2->1.
    matrix = np.zeros((4, 4))
    matrix[0, 1] = matrix[2, 3] = 1
    hits = sum(int(swapped(matrix, seed, n=41)[1][0, 1]) for seed in seeds_of(1, 2_000))
    assert 0.46 < hits / 2_000 < 0.54


def test_a_worms_null_shares_about_a_tenth_of_its_edges():
    before, after = swapped(graph_of(WiringSpec()).directed.toarray(), 3, n=29_900)
    assert 0.05 < before[after > 0].mean() < 0.15


@pytest.mark.parametrize("family", ["directed degree", "undirected degree", "random graph"])
def test_nulls_do_not_depend_on_how_many_are_drawn_beside_them(family):
    graph = graph_of(WiringSpec())
    runs = [NullRun(graph, MeasuresSpec(null=family, n_nulls=n)) for n in (5, 12)]
    for run in runs:
        list(run.batches())
    np.testing.assert_array_equal(runs[0].numbers().columns, runs[1].numbers().columns[:5])


def test_permuted_weights_change_weighted_measures_alone():
    found = measure("varshney2011", null="permuted weights", n_nulls=5)
    names = found.measures.names
    z = dict(zip(names, found.measures.z, strict=True))
    assert np.isfinite(z["weighted clustering"])
    assert np.isnan(z["clustering"])


def test_nulls_stream_and_sharpen():
    items = list(frames_of(MeasuresSpec(n_nulls=60)))
    drawn = [i.measures.n_nulls for i in items if isinstance(i, MeasuresFrame) and i.measures]
    assert drawn[0] == 0
    assert drawn == sorted(drawn)
    assert len(set(drawn)) > 2
    assert items[-1].measures.n_nulls == 60
    assert items[-1].measures.rich_p[40] <= 1.0


def test_families_say_what_they_need():
    larva = MeasuresSpec(dataset="winding2023", null="distance bins", n_nulls=1)
    with pytest.raises(InputError, match="no soma positions"):
        NullRun(graph_of(larva.wiring), larva)
    ring = MeasuresSpec(dataset="lattice", null="class blocks", n_nulls=1)
    assert not any(connectome_of(ring.wiring).column("class"))
    with pytest.raises(InputError, match="names no classes"):
        NullRun(graph_of(ring.wiring), ring)
