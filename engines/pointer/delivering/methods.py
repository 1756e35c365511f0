"""Methods: routes from nothing, then local search, then windows; every step timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engines.pointer.delivering.asked import STARTS, Start, VehiclesSpec
from engines.pointer.delivering.between import moved_between
from engines.pointer.delivering.exact import exact_routes
from engines.pointer.delivering.ground import Ground, cost_of, ground_of, near_customers
from engines.pointer.delivering.inside import polished_inside
from engines.pointer.delivering.ruined import ruined
from engines.pointer.delivering.starts import ALL_PAIRS_MAX, nearest_feasible, savings, sweep
from engines.pointer.instances.vrplib import CvrpInstance

INSIDE, BETWEEN = "in routes", "between"
_WINDOWS_EACH, _WINDOWS_MAX = 20, 20_000
"""Windows of a stage, for each customer and altogether."""
_STAGE_APART, _EPS = 20_011, 1e-9


@dataclass(frozen=True)
class Step:
    """Routes on their way."""

    name: str
    """What was done last: the start, local search in or between routes, a stage of windows."""
    visits: np.ndarray
    """int64[stop]: customers from 1, 0 for the depot."""
    cost: float
    """As the metric measures."""
    cpu_seconds: float
    """Of this thread since the customers were there."""


def step_names(spec: VehiclesSpec) -> tuple[str, ...]:
    """The steps of every method."""
    return ("start", INSIDE, BETWEEN, *(f"windows {k + 1}" for k in range(spec.n_stages)))


def steps(
    instance: CvrpInstance, start: Callable[[], np.ndarray], spec: VehiclesSpec, seed: int
) -> Iterator[Step]:
    """A step after the start, after each local search and after every stage of windows."""
    ground, near, visits = ground_of(instance), None, np.zeros(1, np.int64)
    demand, capacity, spent = instance.demand, instance.capacity, 0.0
    for k, name in enumerate(step_names(spec)):
        began = time.thread_time()
        if k == 0:
            visits = start()
        elif name == INSIDE:
            visits = polished_inside(ground, visits)
        else:
            near = near_customers(instance) if near is None else near
            if name == BETWEEN:
                visits = searched(ground, near, demand, capacity, visits)
            else:
                drawn = (seed * 1_000_003 + k * _STAGE_APART) % 2**32
                many = min(_WINDOWS_EACH * (len(demand) - 1), _WINDOWS_MAX)
                visits = ruined(ground, near, demand, capacity, visits, spec.window, many, drawn)
        spent += time.thread_time() - began
        yield Step(name, visits, cost_of(ground, visits), spent)


def started(instance: CvrpInstance, start: Start) -> np.ndarray:
    """The first routes: visits int64[stop]."""
    demand, capacity = instance.demand, instance.capacity
    if start == "sweep":
        return sweep(instance.points, demand, capacity)
    wanted = start == "nearest" or len(demand) - 1 > ALL_PAIRS_MAX
    near = near_customers(instance) if wanted else np.zeros((len(demand), 0), np.int32)
    build = savings if start == "savings" else nearest_feasible
    return build(ground_of(instance), near, demand, capacity)


def searched(
    ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float, visits: np.ndarray
) -> np.ndarray:
    """Moves between routes and 2-opt and Or-opt in them, in turns, until neither helps."""
    cost = cost_of(ground, visits)
    while True:
        moved = moved_between(ground, near, demand, capacity, visits)
        moved = polished_inside(ground, moved)
        if cost_of(ground, moved) > cost - _EPS:
            return visits
        visits, cost = moved, cost_of(ground, moved)


def exact(instance: CvrpInstance) -> Step:
    """The cheapest routes of at most `EXACT_MAX` customers."""
    began, ground = time.thread_time(), ground_of(instance)
    visits = exact_routes(ground, instance.demand, instance.capacity)
    return Step("exact", visits, cost_of(ground, visits), time.thread_time() - began)


SYMMETRIES = tuple((flip, turns) for flip in (False, True) for turns in range(4))
"""Of the square: mirrored or not, and quarter turns."""


def seen(instance: CvrpInstance, symmetry: tuple[bool, int]) -> CvrpInstance:
    """The same customers on a map that lies otherwise."""
    flip, turns = symmetry
    x, y = instance.points.T
    if flip:
        x, y = y, x
    for _ in range(turns):
        x, y = -y, x
    return replace(instance, points=np.stack([x, y], axis=1))


def best_of_eight(instance: CvrpInstance, start: Start) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest first routes over the eight symmetries, and all eight costs float64[8]."""
    ground = ground_of(instance)
    found = [started(seen(instance, symmetry), start) for symmetry in SYMMETRIES]
    costs = np.array([cost_of(ground, visits) for visits in found])
    return found[int(np.argmin(costs))], costs


def warm() -> None:
    """Compile what methods run, so that no method pays for it."""
    rng = np.random.default_rng(0)
    demand = np.r_[0.0, rng.integers(1, 10, 12).astype(float)]
    instance = CvrpInstance("warm", "plane", rng.random((13, 2)), demand, 20.0)
    for start in STARTS:
        for _ in steps(instance, partial(started, instance, start), VehiclesSpec(n_stages=1), 0):
            pass
    exact(replace(instance, points=instance.points[:4], demand=demand[:4]))
