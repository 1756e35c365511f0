"""The heat map: laws of its features, its control, and files that are no heat map."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.contract import InputError
from engines.pointer.bundled.heat_map import RECIPE, example, joined
from engines.pointer.dividing.heat import (
    NAME,
    EdgeHeat,
    bundled,
    edge_features,
    header_of,
    heat,
    hottest_first,
    loaded,
)
from engines.pointer.dividing.instances import asset_folder
from engines.pointer.dividing.neighbours import neighbour_lists


@pytest.fixture(scope="module")
def cities() -> tuple[np.ndarray, np.ndarray]:
    points = np.random.default_rng(5).random((120, 2))
    return points, neighbour_lists(points)


def test_features_do_not_change_when_all_cities_are_moved_or_scaled(cities):
    points, near = cities
    moved = edge_features(70.0 * points + [3.0, -8.0], near)
    np.testing.assert_allclose(moved, edge_features(points, near), rtol=2e-4, atol=2e-5)


def test_heat_follows_its_cities_into_any_order(cities):
    points, near = cities
    order = np.random.default_rng(1).permutation(len(points))
    there = heat(points[order], neighbour_lists(points[order]))
    np.testing.assert_allclose(there, heat(points, near)[order], atol=1e-4)


def test_every_heat_gives_a_tour(cities):
    points, near = cities
    for seed in (None, 0, 1):
        tour = hottest_first(points, near, shuffled_by=seed)
        assert np.array_equal(np.sort(tour), np.arange(len(points)))


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_few_cities_are_a_tour_too(n):
    points = np.random.default_rng(0).random((n, 2))
    assert np.array_equal(np.sort(hottest_first(points, neighbour_lists(points))), np.arange(n))


def test_edges_of_unseen_tours_are_hotter_than_others():
    # The area under the receiver operating curve, by the ranks of Mann and Whitney.
    edges, near, label = joined([example(7_000_000 + k, 200) for k in range(5)])
    with torch.no_grad():
        logits = bundled()(edges, near).numpy().ravel()
    is_edge = label.numpy().ravel() > 0.5
    rank = np.argsort(np.argsort(logits))
    n_one, n_other = is_edge.sum(), (~is_edge).sum()
    area = (rank[is_edge].sum() - n_one * (n_one - 1) / 2) / (n_one * n_other)
    assert area > 0.93


def test_the_header_holds_the_recipe_that_the_script_runs():
    import json

    assert json.loads(header_of(asset_folder() / "heat" / NAME)["recipe"]) == RECIPE


@pytest.mark.parametrize("damage", ["cut", "flip", "other", "none"])
def test_files_that_are_no_heat_map_are_refused(tmp_path, damage):
    data = bytearray((asset_folder() / "heat" / NAME).read_bytes())
    path = tmp_path / "mine.safetensors"
    if damage == "flip":
        data[-10] ^= 0xFF
    if damage == "cut":
        data = data[:-100]
    if damage == "other":
        data = bytearray((asset_folder() / "tour-5-20.safetensors").read_bytes())
    if damage != "none":
        path.write_bytes(bytes(data))
    with pytest.raises(InputError, match=r"mine\.safetensors"):
        loaded(path)


def test_the_network_has_as_many_weights_as_its_card_says():
    assert sum(p.numel() for p in EdgeHeat().parameters()) == 4_801
