"""Solvers of others, as the race asks them: LKH through elkai, and OR-tools where it is."""

from __future__ import annotations

import numpy as np
import pytest

from engines.pointer.answering.races import optional_solvers
from engines.pointer.kernels import tours

LKH = optional_solvers()["elkai (LKH)"]


def cities(n, n_instances):
    return np.random.default_rng(n).random((n_instances, n, 2))


def length(points, tour):
    assert sorted(tour) == list(range(len(points)))
    return tours.tour_length(tours.distances(points), tour)


@pytest.mark.parametrize("n", [4, 8, 11])
def test_lkh_is_as_short_as_held_and_karp(n):
    for points in cities(n, 5):
        best = tours.held_karp(tours.distances(points))
        assert length(points, LKH(points)) == pytest.approx(length(points, best), rel=1e-5)


def test_local_search_from_every_city_is_within_a_twentieth_of_a_per_cent_of_lkh():
    gaps = [
        length(points, tours.local_search(tours.distances(points), 50))
        / length(points, LKH(points))
        for points in cities(50, 20)
    ]
    assert min(gaps) > 1 - 1e-5  # whole numbers of a millionth are all that LKH may lose
    assert np.mean(gaps) - 1 <= 0.0005


def test_or_tools_finds_tours_near_the_best():
    pytest.importorskip("ortools")
    solver = optional_solvers()["OR-tools"]
    for points in cities(10, 5):
        best = length(points, tours.held_karp(tours.distances(points)))
        assert best - 1e-5 <= length(points, solver(points)) <= 1.1 * best
