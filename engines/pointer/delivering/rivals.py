"""Public solvers of vehicle routing, asked where they are installed: PyVRP and OR-tools."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from engines.pointer.delivering.ground import cost_of, ground_of
from engines.pointer.delivering.methods import Step
from engines.pointer.delivering.routes import check_routes
from engines.pointer.instances.tsplib import distances
from engines.pointer.instances.vrplib import CvrpInstance

Rival = Callable[[CvrpInstance, float, int], list[list[int]]]
"""From an instance, seconds and a seed to routes of customers from 1."""

RIVAL_MAX = 1_000
"""Customers above which they are not asked: they are given all distances."""
_WHOLE = 1e6
"""They measure in whole numbers; so many are the extent of the map."""
_LOAD = 1e6


def installed() -> dict[str, Rival]:
    """Those that are here."""
    known: dict[str, tuple[str, Rival]] = {
        "PyVRP": ("pyvrp", _pyvrp),
        "OR-tools": ("ortools", _or_tools),
    }
    return {
        name: rival
        for name, (module, rival) in known.items()
        if importlib.util.find_spec(module) is not None
    }


def asked(rival: Rival, name: str, instance: CvrpInstance, seconds: float, seed: int) -> Step:
    """What a rival finds in this time.

    Raises:
        InputError: it returned what is no solution.
    """
    began = time.process_time()
    routes = rival(instance, seconds, seed)
    spent = time.process_time() - began
    visits = np.array([0, *(stop for route in routes for stop in (*route, 0))], np.int64)
    check_routes(instance, visits)
    return Step(name, visits, cost_of(ground_of(instance), visits), spent)


def _whole_distances(instance: CvrpInstance) -> np.ndarray:
    """int64[node, node]; those that are whole stay as they are."""
    between = instance.matrix
    if between is None:
        between = distances(instance.points, instance.metric)
    scale = _WHOLE / max(float(between.max()), 1e-300) if instance.metric == "plane" else 1.0
    return np.rint(scale * between).astype(np.int64)


def _whole_loads(instance: CvrpInstance) -> tuple[list[int], int]:
    """Demands, and the capacity; demands that are not whole are rounded up, so that they fit."""
    demand, capacity = instance.demand, instance.capacity
    if not (demand == np.floor(demand)).all():
        scale = _LOAD / capacity
        demand, capacity = np.ceil(scale * demand * (1.0 - 1e-12)), _LOAD
    return demand.astype(np.int64).tolist(), int(capacity)


def _pyvrp(instance: CvrpInstance, seconds: float, seed: int) -> list[list[int]]:
    from pyvrp import Model  # type: ignore[import-not-found]
    from pyvrp.stop import MaxRuntime  # type: ignore[import-not-found]

    (demand, capacity), between = _whole_loads(instance), _whole_distances(instance).tolist()
    model: Any = Model()
    # Since 0.14 places are made first; before, depots and clients are places themselves.
    apart = hasattr(model, "add_location")
    at = [(model.add_location(x, y),) if apart else (x, y) for x, y in instance.points.tolist()]
    nodes: list[Any] = [model.add_depot(*at[0])]
    nodes += [model.add_client(*p, delivery=d) for p, d in zip(at[1:], demand[1:], strict=True)]
    model.add_vehicle_type(len(nodes) - 1, capacity=capacity)
    ends = [place[0] for place in at] if apart else nodes
    for i, one in enumerate(ends):
        for j, other in enumerate(ends):
            if i != j:
                model.add_edge(one, other, distance=between[i][j])
    found = model.solve(stop=MaxRuntime(seconds), seed=seed % 2**32, display=False)
    return [_customers_of(route) for route in found.best.routes()]


def _customers_of(route: Any) -> list[int]:
    """Customers from 1 of one of PyVRP's routes, old or new."""
    if hasattr(route, "visits"):
        return [int(c) for c in route.visits()]
    return [stop.idx + 1 for stop in route.schedule() if stop.is_client()]


def _or_tools(instance: CvrpInstance, seconds: float, _seed: int) -> list[list[int]]:
    from ortools.constraint_solver import (  # type: ignore[import-not-found]
        pywrapcp,
        routing_enums_pb2,
    )

    (demand, capacity), between = _whole_loads(instance), _whole_distances(instance).tolist()
    n_vehicles = len(demand) - 1
    manager = pywrapcp.RoutingIndexManager(len(demand), n_vehicles, 0)
    routing, node = pywrapcp.RoutingModel(manager), manager.IndexToNode
    # Matrices, not callbacks: Python would be asked for every arc.
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(between))
    wanted = routing.RegisterUnaryTransitVector(demand)
    routing.AddDimensionWithVehicleCapacity(wanted, 0, [capacity] * n_vehicles, True, "load")
    options = pywrapcp.DefaultRoutingSearchParameters()
    options.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    options.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    options.time_limit.FromMilliseconds(max(int(1e3 * seconds), 1))
    solved, routes = routing.SolveWithParameters(options), []
    for vehicle in range(n_vehicles):
        at, route = solved.Value(routing.NextVar(routing.Start(vehicle))), []
        while not routing.IsEnd(at):
            route.append(node(at))
            at = solved.Value(routing.NextVar(at))
        routes.append(route)
    return [route for route in routes if route]
