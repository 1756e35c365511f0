"""Who finds short tours how fast: solvers, the network, and both together."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from engines.pointer.answering.polishing import POLISHES, Polish
from engines.pointer.decoding.variants import best, variants
from engines.pointer.kernels import tours
from engines.pointer.tasks import Tour

Solver = Callable[[np.ndarray], np.ndarray]
"""From points[city, 2] to a tour int64[city]."""

HELD_KARP_MAX = 16
NEAREST, NETWORK, SEARCH = "nearest", "network", "2-opt and Or-opt, n starts"
_INTEGER_SCALE = 1e6
"""elkai and OR-tools measure in whole numbers."""


@dataclass(frozen=True)
class Timed:
    """Tours of one solver."""

    lengths: np.ndarray
    """float64[instance]."""
    milliseconds: np.ndarray
    """float64[instance], wall clock."""


def solvers(n: int, net: Any) -> dict[str, Solver]:
    """Every solver there is here for n cities, the quick ones first."""
    task = Tour()

    def greed(points: np.ndarray) -> np.ndarray:
        return tours.nearest_neighbour(tours.distances(points), 0)

    found: dict[str, Solver] = {NEAREST: greed, **_polished(NEAREST, greed)}
    found[SEARCH] = lambda p: tours.local_search(tours.distances(p), len(p))
    if n <= HELD_KARP_MAX:
        found["Held-Karp (exact)"] = lambda p: tours.held_karp(tours.distances(p))
    if net is not None:
        asked = partial(_asked, net, task)
        found["network, greedy"] = asked
        found["network, 8 symmetries"] = partial(asked, symmetries=True)
        if n <= 50:
            found["network, n starts"] = partial(asked, starts=True)
        found |= _polished(NETWORK, asked)
    return {**found, **optional_solvers()}


def _polished(begun: str, solver: Solver) -> dict[str, Solver]:
    """A solver's tour after every polish, named by who began it."""

    def then(polish: Polish, points: np.ndarray) -> np.ndarray:
        return polish(points, solver(points))

    return {f"{begun}, {name}": partial(then, polish) for name, polish in POLISHES.items()}


def _asked(
    net: Any, task: Tour, points: np.ndarray, *, starts: bool = False, symmetries: bool = False
) -> np.ndarray:
    asked = variants(task, points, starts=starts, symmetries=symmetries)
    return np.ascontiguousarray(best(net, task, points, asked).answer)


def optional_solvers() -> dict[str, Solver]:
    """Elkai (Lin-Kernighan-Helsgaun) and OR-tools, where they are installed."""
    found: dict[str, Solver] = {}
    if importlib.util.find_spec("elkai") is not None:
        found["elkai (LKH)"] = _elkai
    if importlib.util.find_spec("ortools") is not None:
        found["OR-tools"] = _or_tools
    return found


def _whole_numbers(points: np.ndarray) -> np.ndarray:
    return np.rint(_INTEGER_SCALE * tours.distances(points)).astype(np.int64)


def _elkai(points: np.ndarray) -> np.ndarray:
    import elkai  # type: ignore[import-not-found]

    matrix = elkai.DistanceMatrix(_whole_numbers(points).tolist())
    return np.array(matrix.solve_tsp()[:-1], np.int64)


def _or_tools(points: np.ndarray) -> np.ndarray:
    from ortools.constraint_solver import (  # type: ignore[import-not-found]
        pywrapcp,
        routing_enums_pb2,
    )

    between = _whole_numbers(points).tolist()
    manager = pywrapcp.RoutingIndexManager(len(points), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    node = manager.IndexToNode
    arc = routing.RegisterTransitCallback(lambda a, b: between[node(a)][node(b)])
    routing.SetArcCostEvaluatorOfAllVehicles(arc)
    options = pywrapcp.DefaultRoutingSearchParameters()
    options.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    solved, tour, at = routing.SolveWithParameters(options), [], routing.Start(0)
    while not routing.IsEnd(at):
        tour.append(node(at))
        at = solved.Value(routing.NextVar(at))
    return np.array(tour, np.int64)


def timed(solver: Solver, points: np.ndarray) -> Iterator[Timed]:
    """What a solver has done so far, after every instance of float64[instance, city, 2]."""
    solver(points[0])  # compiles, and fills caches
    lengths, milliseconds = [], []
    for here in points:
        start = time.perf_counter()
        tour = solver(here)
        milliseconds.append(1e3 * (time.perf_counter() - start))
        lengths.append(tours.tour_length(tours.distances(here), tour))
        yield Timed(np.array(lengths), np.array(milliseconds))
