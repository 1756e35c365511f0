"""Known answers of one-way cities: ways, tours, and a city that is the same there and back."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from engines.contract import KnownAnswer

_SEED = 15


def city_answers() -> tuple[KnownAnswer, ...]:
    """Differences that must vanish, and shares that are known."""
    return (
        KnownAnswer(
            "minutes between stops, largest difference", "networkx, Dijkstra on the same streets",
            0.0, 1e-9, from_networkx,
        ),
        KnownAnswer(
            "exact tours of costs that differ there and back, largest difference, 7 stops",
            "brute force over 6! orders", 0.0, 1e-9, from_brute_force,
        ),
        KnownAnswer(
            "triples of stops that keep the triangle inequality",
            "closed form: all, for fastest ways", 1.0, 0.0, triangles,
        ),
        KnownAnswer(
            "asymmetry without one-way streets",
            "closed form: there and back are one", 0.0, 1e-12, of_a_fair_city,
        ),
    )  # fmt: skip


def _rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(_SEED))


def from_networkx() -> float:
    """Minutes between all of ten stops."""
    import networkx as nx

    from engines.pointer.cities.city import drawn_city, minutes_between, stops_of

    rng = _rng()
    city = drawn_city(rng, one_way=0.8, river=True, speed=2.0)
    stops = stops_of(rng, 10)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        (int(a), int(b), float(t)) for (a, b), t in zip(city.streets, city.minutes, strict=True)
    )
    theirs = [nx.single_source_dijkstra_path_length(graph, int(stop)) for stop in stops]
    wanted = np.array([[found[int(stop)] for stop in stops] for found in theirs])
    return float(np.abs(minutes_between(city, stops) - wanted).max())


def _some(n_stops: int, n: int = 20) -> np.ndarray:
    from engines.pointer.cities.instances import drawn_stops

    kind = {"n_stops": n_stops, "one_way": 0.8, "river": True, "speed": 2.0}
    return next(drawn_stops(_SEED, 1, n, **kind)).between  # type: ignore[arg-type]


def from_brute_force() -> float:
    """Twenty cities."""
    from engines.pointer.kernels import tours

    orders = np.array([(0, *rest) for rest in permutations(range(1, 7))])
    most = 0.0
    for between in _some(7):
        best = between[orders, np.roll(orders, -1, axis=1)].sum(axis=1).min()
        found = tours.held_karp(between)
        most = max(most, abs(float(between[found, np.roll(found, -1)].sum() - best)))
    return most


def triangles() -> float:
    """Of twenty cities."""
    from engines.pointer.cities.city import triangle_share

    return float(np.mean([triangle_share(between) for between in _some(10)]))


def of_a_fair_city() -> float:
    """All streets both ways, each at one pace."""
    from engines.pointer.cities.city import asymmetry, drawn_city, minutes_between, stops_of

    rng = _rng()
    city = drawn_city(rng, one_way=0.0, river=True, speed=2.0)
    return asymmetry(minutes_between(city, stops_of(rng, 12)))
