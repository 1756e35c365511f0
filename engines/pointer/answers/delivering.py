"""Known answers of vehicle routing: brute force, one tour, plain savings, published means."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import permutations

import numpy as np

from engines.contract import KnownAnswer
from engines.pointer.delivering.asked import VehiclesSpec
from engines.pointer.delivering.instances import AM_GREEDY, LKH3, USUAL

_SEED = 12
_SETS = 1_000
_KOOL = "Kool et al. 2019, Table 1: LKH3 {} and attention model, greedy {}, on 10,000 others"


def vehicle_answers() -> tuple[KnownAnswer, ...]:
    """Exact routes, a single tour, savings by hand, and means between two published ones.

    Those are given as the middle of what is allowed, from LKH3's to that of the greedy network.
    """
    found = [
        KnownAnswer(
            f"cheapest routes, largest difference, n = {n}",
            "brute force over all orders and all ways to cut them", 0.0, 1e-12,
            partial(exact_difference, n),
        )
        for n in (4, 6)
    ]  # fmt: skip
    found.append(
        KnownAnswer(
            "one vehicle for all: routes less the shortest tour, largest difference, n = 8",
            "Held-Karp's tour", 0.0, 1e-12, one_tour_difference,
        )
    )  # fmt: skip
    found.append(
        KnownAnswer(
            "savings against plain Python, largest difference of costs, n = 20 and 60",
            "Clarke & Wright 1964, routes joined as lists", 0.0, 1e-9, savings_difference,
        )
    )  # fmt: skip
    for n in USUAL:
        middle, half = (LKH3[n] + AM_GREEDY[n]) / 2, (AM_GREEDY[n] - LKH3[n]) / 2
        found.append(
            KnownAnswer(
                f"mean cost of {_SETS:,} instances of {n} customers: savings, 2-opt and Or-opt",
                _KOOL.format(LKH3[n], AM_GREEDY[n]), middle, half, partial(mean_cost, n),
                full=n == 100,
            )
        )  # fmt: skip
    return tuple(found)


def exact_difference(n: int, n_instances: int = 3) -> float:
    """Largest difference from the cheapest of all ways to order and cut the customers."""
    from engines.pointer.delivering.instances import instance_of
    from engines.pointer.delivering.methods import exact

    most, spec = 0.0, VehiclesSpec(n_customers=n, capacity=15.0, seed=_SEED)
    for k in range(n_instances):
        instance = instance_of(spec, k)
        between = np.linalg.norm(instance.points[:, None] - instance.points[None], axis=2)
        cheapest = min(costs_by_hand(between, instance.demand, instance.capacity))
        most = max(most, abs(exact(instance).cost - cheapest))
    return most


def costs_by_hand(between: np.ndarray, demand: np.ndarray, capacity: float) -> Iterator[float]:
    """Cost of every order of the customers, cut in every way that vehicles can carry."""
    n = len(demand) - 1
    for order in permutations(range(1, n + 1)):
        for cut in range(2 ** (n - 1)):
            load, here, cost = 0.0, 0, 0.0
            for k, c in enumerate(order):
                if k and cut >> (k - 1) & 1:
                    cost, load, here = cost + between[here, 0], 0.0, 0
                load, cost, here = load + demand[c], cost + between[here, c], c
                if load > capacity:
                    break
            else:
                yield float(cost + between[here, 0])


def one_tour_difference(n: int = 8, n_instances: int = 5) -> float:
    """Exact routes of a vehicle that carries all, less Held and Karp's tour."""
    from engines.pointer.delivering.instances import instance_of
    from engines.pointer.delivering.methods import exact
    from engines.pointer.kernels import tours

    most, spec = 0.0, VehiclesSpec(n_customers=n, capacity=9.0 * n, seed=_SEED)
    for k in range(n_instances):
        instance = instance_of(spec, k)
        between = tours.distances(instance.points)
        tour = tours.tour_length(between, tours.held_karp(between))
        most = max(most, abs(exact(instance).cost - tour))
    return most


def savings_difference() -> float:
    """Largest difference from the same rule written with lists, over ten instances of each size."""
    from engines.pointer.delivering.ground import cost_of, ground_of
    from engines.pointer.delivering.instances import instance_of
    from engines.pointer.delivering.methods import started

    most = 0.0
    for n in (20, 60):
        spec = VehiclesSpec(n_customers=n, capacity=30.0, seed=_SEED)
        for k in range(10):
            instance = instance_of(spec, k)
            ours = cost_of(ground_of(instance), started(instance, "savings"))
            between = np.linalg.norm(instance.points[:, None] - instance.points[None], axis=2)
            theirs = savings_by_hand(between, instance.demand, instance.capacity)
            most = max(most, abs(ours - theirs))
    return most


def savings_by_hand(between: np.ndarray, demand: np.ndarray, capacity: float) -> float:
    """Cost of Clarke and Wright's routes, joined as Python lists."""
    customers = range(1, len(demand))
    route = {c: [c] for c in customers}
    saved = {
        (a, b): between[a, 0] + between[0, b] - between[a, b]
        for a in customers for b in customers if a < b
    }  # fmt: skip
    for a, b in sorted(saved, key=lambda pair: -saved[pair]):
        one, other = route[a], route[b]
        if one is other or saved[a, b] <= 0.0 or demand[one + other].sum() > capacity:
            continue
        if a not in (one[0], one[-1]) or b not in (other[0], other[-1]):
            continue
        whole = (one if one[-1] == a else one[::-1]) + (other if other[0] == b else other[::-1])
        route |= dict.fromkeys(whole, whole)
    cost = 0.0
    for stops in {id(stops): stops for stops in route.values()}.values():
        way = [0, *stops, 0]
        cost += float(between[way[:-1], way[1:]].sum())
    return cost


@cache
def mean_cost(n: int) -> float:
    """Of savings, then 2-opt and Or-opt in every route, over instances as the published ones."""
    from engines.pointer.delivering.instances import instance_of
    from engines.pointer.delivering.running import savings_cost

    spec = VehiclesSpec(n_customers=n, capacity=USUAL[n])
    return float(np.mean([savings_cost(instance_of(spec, k)) for k in range(_SETS)]))
