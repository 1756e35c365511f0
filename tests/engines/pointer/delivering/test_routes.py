"""Routes of vehicles: exact, savings, moves and windows, held against brute force and plain code."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.pointer.answers.delivering import (
    exact_difference,
    mean_cost,
    one_tour_difference,
    savings_by_hand,
    savings_difference,
)
from engines.pointer.delivering.asked import STARTS
from engines.pointer.delivering.between import moved_between
from engines.pointer.delivering.ground import cost_of, ground_of, near_customers
from engines.pointer.delivering.inside import polished_inside
from engines.pointer.delivering.instances import AM_GREEDY, LKH3
from engines.pointer.delivering.methods import (
    SYMMETRIES,
    best_of_eight,
    exact,
    searched,
    seen,
    started,
)
from engines.pointer.delivering.routes import check_routes, loads, routes_of
from engines.pointer.delivering.ruined import ruined
from engines.pointer.instances.tsplib import distances
from engines.pointer.instances.vrplib import CvrpInstance


def drawn(n: int, capacity: float = 25.0, seed: int = 0, *, lattice: bool = False) -> CvrpInstance:
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 4, (n + 1, 2)).astype(float) if lattice else rng.random((n + 1, 2))
    demand = np.r_[0.0, rng.integers(1, 10, n).astype(float)]
    return CvrpInstance("drawn", "plane", points, demand, capacity)


def cost_by_hand(instance: CvrpInstance, visits: np.ndarray) -> float:
    between = instance.matrix
    if between is None:
        between = distances(instance.points, instance.metric)
    return float(sum(between[way[:-1], way[1:]].sum() for r in routes_of(visits)
                     for way in [np.r_[0, r, 0]]))  # fmt: skip


@pytest.mark.parametrize("n", [3, 5, 6])
def test_exact_routes_are_the_cheapest_of_all(n):
    # Brute force: every order of the customers, cut in every way.
    assert exact_difference(n, 2) < 1e-12


def test_one_vehicle_for_all_drives_the_shortest_tour():
    # Held & Karp 1962, by another programme than that of the subsets.
    assert one_tour_difference() < 1e-12


def test_savings_are_those_of_lists_in_plain_python():
    assert savings_difference() < 1e-9


def test_savings_of_near_pairs_alone_are_close_to_those_of_all():
    instance = drawn(150, 60.0)
    ours = cost_of(ground_of(instance), started(instance, "savings"))
    between = distances(instance.points, "plane")
    theirs = savings_by_hand(between, instance.demand, instance.capacity)
    assert abs(ours / theirs - 1) < 0.02


def test_nearest_goes_where_plain_python_goes():
    instance = drawn(130)
    between, left, here, load, way = (
        distances(instance.points, "plane"),
        set(range(1, 131)),
        0,
        0,
        [],
    )
    while left:
        able = [c for c in left if load + instance.demand[c] <= instance.capacity]
        if not able:
            here, load = 0, 0
            continue
        here = min(able, key=lambda c: between[here, c])
        left.remove(here)
        load += instance.demand[here]
        way.append(here)
    visits = started(instance, "nearest")
    assert visits[visits > 0].tolist() == way


def test_a_sweep_goes_round_the_depot():
    instance = drawn(40)
    order = started(instance, "sweep")
    away = instance.points[order[order > 0]] - instance.points[0]
    assert (np.diff(np.mod(np.arctan2(away[:, 1], away[:, 0]), 2 * np.pi)) >= 0).all()


@pytest.mark.parametrize("n", [20, 50])
def test_savings_cost_more_than_lkh3_and_less_than_a_greedy_network(n):
    # Kool et al. 2019, Table 1.
    assert LKH3[n] < mean_cost(n) < AM_GREEDY[n]


@given(st.integers(1, 40), st.integers(0, 999), st.sampled_from(STARTS), st.booleans())
@settings(max_examples=60, deadline=None)
def test_routes_stay_a_solution_and_never_get_longer(n, seed, start, lattice):
    instance = drawn(n, 9.0 + seed % 40, seed, lattice=lattice)
    if seed % 3 == 0:  # as files measure
        instance = replace(instance, points=100 * instance.points, metric="EUC_2D")
    ground, near = ground_of(instance), near_customers(instance)
    given_ = instance.demand, instance.capacity
    visits = started(instance, start)
    chain = [visits, polished_inside(ground, visits)]
    chain.append(moved_between(ground, near, *given_, chain[-1]))
    chain.append(searched(ground, near, *given_, chain[-1]))
    chain.append(ruined(ground, near, *given_, chain[-1], 6, 60, seed))
    for step in chain:
        check_routes(instance, step)
        assert cost_of(ground, step) == pytest.approx(cost_by_hand(instance, step), abs=1e-9)
    costs = [cost_of(ground, step) for step in chain]
    assert (np.diff(costs) <= 1e-9).all()
    if n <= 7:
        assert exact(instance).cost <= costs[-1] + 1e-9


def test_moves_between_routes_overload_nobody_and_only_shorten():
    for seed in range(12):
        instance = drawn(30, 25.0, seed)
        ground, near = ground_of(instance), near_customers(instance)
        begun = started(instance, "nearest")
        moved = moved_between(ground, near, instance.demand, instance.capacity, begun)
        check_routes(instance, moved)
        assert cost_of(ground, moved) < cost_of(ground, begun)


def relocations(visits: np.ndarray, n: int):
    """Every way to put one customer elsewhere, by lists."""
    for c in range(1, n + 1):
        rest = [stop for stop in visits.tolist() if stop != c]
        for k in range(1, len(rest)):
            yield np.array([*rest[:k], c, *rest[k:]])


def test_no_customer_is_better_elsewhere_when_moves_have_ended():
    instance = drawn(18, 30.0, 5)  # so few that all are neighbours
    ground, near = ground_of(instance), near_customers(instance)
    found = searched(ground, near, instance.demand, instance.capacity, started(instance, "sweep"))
    for other in relocations(found, 18):
        if (loads(other, instance.demand) <= instance.capacity).all():
            assert cost_of(ground, other) >= cost_of(ground, found) - 1e-8


def test_windows_find_the_cheapest_routes_of_few_customers():
    for seed in range(5):
        instance = drawn(8, 20.0, seed)
        ground, near = ground_of(instance), near_customers(instance)
        found = ruined(ground, near, instance.demand, 20.0, started(instance, "nearest"), 8, 500, 0)
        assert cost_of(ground, found) == pytest.approx(exact(instance).cost)


def test_who_knows_no_axes_gets_the_same_cost_in_all_symmetries():
    for start in ("savings", "nearest"):
        assert np.ptp(best_of_eight(drawn(40), start)[1]) < 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_the_best_of_eight_sweeps_costs_at_most_the_first(seed):
    instance = drawn(40, seed=seed)
    visits, costs = best_of_eight(instance, "sweep")
    assert SYMMETRIES[0] == (False, 0)
    assert cost_of(ground_of(instance), visits) == costs.min() <= costs[0]
    assert np.ptp(costs) > 1e-3  # it knows its axes


def test_a_map_seen_otherwise_keeps_all_distances():
    instance = drawn(12)
    maps = [seen(instance, symmetry) for symmetry in SYMMETRIES]
    assert len({tuple(map(tuple, m.points.round(9))) for m in maps}) == 8
    for m in maps:
        assert distances(m.points, "plane") == pytest.approx(distances(instance.points, "plane"))


def test_given_distances_count_instead_of_places():
    placed = drawn(9, 20.0)
    given_ = replace(drawn(9, 20.0, 3), matrix=distances(placed.points, "plane"),
                     metric="EXPLICIT", demand=placed.demand)  # fmt: skip
    assert exact(given_).cost == pytest.approx(exact(placed).cost)
    assert cost_of(ground_of(given_), started(given_, "savings")) == pytest.approx(
        cost_of(ground_of(placed), started(placed, "savings"))
    )


@pytest.mark.parametrize(
    ("visits", "told"),
    [
        ([0, 1, 2, 0], "customer 3 is visited 0 times"),
        ([0, 1, 2, 2, 0, 3, 0], "customer 2 is visited 2 times"),
        ([0, 1, 2, 0, 4, 0], "customers from 1 to 3; got 4"),
        ([0, 1, 2, 3, 0], "vehicle 1 carries 24 and takes 20"),
    ],
)
def test_what_is_no_solution_is_told(visits, told):
    instance = CvrpInstance("three", "plane", np.eye(4)[:, :2], np.array([0, 8, 8, 8.0]), 20.0)
    check_routes(instance, np.array([0, 1, 2, 0, 3, 0, 0]))
    with pytest.raises(InputError, match=told):
        check_routes(instance, np.array(visits))
