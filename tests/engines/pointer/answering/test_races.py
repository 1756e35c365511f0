"""Solvers of others, as the race asks them: LKH through elkai, and OR-tools where it is."""

from __future__ import annotations

import numpy as np
import pytest

from engines.pointer.answering.polishing import POLISHES
from engines.pointer.answering.races import optional_solvers, solvers
from engines.pointer.experiments.solving import race as racing
from engines.pointer.experiments.solving.race import EXPERIMENT, Race, RaceSpec
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


@pytest.mark.parametrize("name", POLISHES)
def test_a_polish_keeps_a_tour_and_never_lengthens_it(name):
    for n in (3, 4, 5, 8, 20, 60):
        points, begun = cities(n, 1)[0], np.random.default_rng(1).permutation(n)
        polished = POLISHES[name](points, begun)
        assert length(points, polished) <= length(points, begun) + 1e-9
        assert begun.tolist() == np.random.default_rng(1).permutation(n).tolist()


def test_each_polish_goes_on_from_the_one_before():
    for points in cities(40, 10):
        begun = tours.nearest_neighbour(tours.distances(points), 0)
        assert length(points, POLISHES["2-opt, Or-opt"](points, begun)) <= (
            length(points, POLISHES["2-opt"](points, begun)) + 1e-9
        )


def test_nearest_neighbour_and_a_network_get_the_same_polishes():
    names = [*solvers(20, object())]
    for polish in racing.POLISHES:
        assert {f"nearest, {polish}", f"network, {polish}"} <= set(names)
    assert tuple(POLISHES) == racing.POLISHES
    assert not [name for name in solvers(20, None) if "network" in name]


def test_what_the_network_gave_is_the_difference_in_pairs():
    names = tuple(f"{b}, {p}" for p in racing.POLISHES for b in ("nearest", "network"))
    lengths = 1.0 + np.random.default_rng(0).random((len(names) + 2, 6))
    lengths[0] = 1.0  # the best of all
    race = Race(RaceSpec(), ("best", "network, greedy", *names), lengths, lengths)
    polished, given, _table = race.pictures()
    apart = 100 * (lengths[2::2] - lengths[3::2]).mean(axis=1)
    assert given.heights == pytest.approx(apart)
    assert polished.heights == pytest.approx(100 * (lengths[2:] - 1.0).mean(axis=1))
    assert (given.whiskers[0] <= apart).all()


def test_without_a_network_a_race_claims_nothing_of_one():
    lengths = np.ones((2, 6))
    alone = Race(RaceSpec(), ("nearest", "nearest, windows"), lengths, lengths)
    assert EXPERIMENT.findings(alone) == ()
    assert len(alone.pictures()) == 1
