"""Large wirings: pixels that count edges, samples that know their errors, and their worker cache."""

from __future__ import annotations

import numpy as np
import pytest

from engines.connectome.experiments.structure.large import EXPERIMENT
from engines.connectome.kernels import raster
from engines.connectome.large.large import Large
from engines.connectome.large.layout_store import connectome_of as large_connectome
from engines.connectome.large.raster import raster_frames, raster_steps
from engines.connectome.large.run import sampled_clustering, sampled_path_length
from engines.connectome.large.spec import LargeSpec, RasterSpec
from engines.connectome.nulls.run import NullRun
from engines.connectome.wiring.graph import graph_from_matrix, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.connectome.wiring.synthetic import block_model, erdos_renyi, lattice
from engines.contract import InputError

SMALL = LargeSpec(n_neurons=500, n_edges=4_000, n_blocks=5, n_rounds=10)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))


def test_a_level_edge_is_one_pixel_per_column():
    xy = np.array([[0.0, 0.5], [1.0, 0.5]], np.float32)
    image = np.zeros((10, 20), np.float32)
    ends = np.array([0], np.int32), np.array([1], np.int32)
    raster.lines(xy, *ends, 0, 1, np.array([0.0, 0.0, 1.0, 1.0]), image)
    assert image.sum() == 20
    assert image[5].all() or image[4].all()


def test_an_edge_outside_the_window_draws_nothing():
    xy = np.array([[2.0, 2.0], [3.0, 3.0]], np.float32)
    image = np.zeros((10, 20), np.float32)
    ends = np.array([0], np.int32), np.array([1], np.int32)
    raster.lines(xy, *ends, 0, 1, np.array([0.0, 0.0, 1.0, 1.0]), image)
    assert not image.any()


def test_the_coarse_picture_is_a_fair_sample_of_the_whole():
    rng = np.random.default_rng(0)
    xy = rng.random((300, 2)).astype(np.float32)
    pre, post = rng.integers(0, 300, (2, 200_000)).astype(np.int32)
    pictures = list(raster_steps(RasterSpec(columns=40, rows=30), xy, pre, post))
    assert pictures[0].share < 0.5
    assert pictures[-1].share == 1.0
    coarse, fine = pictures[0].edges, pictures[-1].edges
    assert np.corrcoef(coarse.ravel(), fine.ravel())[0, 1] > 0.97
    assert coarse.sum() == pytest.approx(fine.sum(), rel=0.02)


def test_a_window_needs_a_layout_first():
    with pytest.raises(InputError, match="press Run"):
        list(raster_frames(RasterSpec(graph=SMALL)))


def test_a_large_run_ends_with_numbers_and_keeps_its_layout():
    found = EXPERIMENT.result(SMALL)
    assert isinstance(found, Large)
    assert found.synthetic
    assert "not a fly" in found.title
    *_, last = raster_frames(RasterSpec(graph=SMALL, focus=3))
    assert last.share == 1.0
    assert len(last.partners) > 0


def test_sampled_numbers_are_exact_when_all_are_sampled():
    graph = graph_of(WiringSpec())
    clustering, error = sampled_clustering(graph.undirected, 0, n_sampled=1_000)
    assert clustering == pytest.approx(0.33713, abs=5e-6)  # as Varshney's, see wiring_answers
    assert error == 0.0


def test_a_sample_lies_within_its_error():
    graph = graph_of(WiringSpec())
    inside = 0
    for seed in range(30):
        value, error = sampled_clustering(graph.undirected, seed, n_sampled=100)
        inside += abs(value - 0.33713) < 2 * error
    assert inside >= 25
    path, error = sampled_path_length(graph, 0)
    assert abs(path - 2.87622) < 4 * error


def test_generators_keep_their_counts():
    assert erdos_renyi(100, 700, seed=2).layers[0].n_edges == 700
    ring = lattice(50, 6)
    assert ring.layers[0].n_edges == 300
    assert set(np.bincount(ring.layers[0].pre)) == {6}
    blocks = block_model(300, 5_000, 3, 1.0, 1)
    kinds = np.array(blocks.column("class"))
    layer = blocks.layers[0]
    assert (kinds[layer.pre] == kinds[layer.post]).all()
    assert blocks.provenance.synthetic


def test_degrees_of_the_block_model_are_heavy_tailed():
    made = block_model(2_000, 40_000, 4, 0.5, 0)
    degree = graph_from_matrix(made.layers[0].matrix(2_000)).in_degree
    assert degree.max() > 6 * degree.mean()


def test_a_large_run_holds_its_measures_against_nulls_of_the_same_wiring():
    # The same graph by the small path: equal numbers of its own, and equal nulls.
    spec = SMALL.replace(n_nulls=4, null="undirected degree")
    large = EXPERIMENT.result(spec)
    assert isinstance(large, Large)
    assert large.measures is not None
    graph = graph_from_matrix(large_connectome(spec).layers[0].matrix(spec.n_neurons))
    run = NullRun(graph, spec.measures, large_connectome(spec))
    list(run.batches())
    at = large.measures.names.index("clustering")
    assert large.measures.null_mean[at] == pytest.approx(run.numbers().columns[:, 1].mean())
    assert len(large.pictures()) == 9
    assert EXPERIMENT.result(SMALL).measures is None  # type: ignore[attr-defined]


def test_nulls_and_spikes_do_not_lay_a_wiring_out_again():
    assert SMALL.replace(n_nulls=3, spikes_ms=10.0, null="random graph").laid_out == SMALL.laid_out
