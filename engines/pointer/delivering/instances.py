"""Customers drawn as the literature draws them, what it says of those, or own ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engines.pointer.delivering.asked import DEMAND_MAX, VehiclesSpec
from engines.pointer.instances.checked import rows_of_two
from engines.pointer.instances.distance_matrices import condensed, expanded
from engines.pointer.instances.distributions import drawn
from engines.pointer.instances.tsplib import distances
from engines.pointer.instances.vrplib import CvrpInstance

USUAL: Mapping[int, float] = {20: 30.0, 50: 40.0, 100: 50.0}
"""Capacity by number of customers, as Nazari et al. 2018 set them."""
LKH3: Mapping[int, float] = {20: 6.14, 50: 10.38, 100: 15.65}
"""Kool, van Hoof & Welling 2019 (arXiv 1803.08475), Table 1: LKH3, mean of 10,000 instances."""
AM_GREEDY: Mapping[int, float] = {20: 6.40, 50: 10.98, 100: 16.80}
"""The same table: their attention model, decoded greedily."""
_CORNER, _CENTRE = (0.0, 0.0), (0.5, 0.5)


def instance_of(spec: VehiclesSpec, k: int = 0) -> CvrpInstance:
    """Instance ``k`` of a run; own customers are one.

    Raises:
        InputError: rows that are no places.
    """
    if spec.points:
        points = rows_of_two(spec.points)
        demand = np.array([0.0, *spec.demands])
        name = f"{len(points) - 1:,} own customers"
        return CvrpInstance(name, spec.metric, points, demand, spec.capacity, _given(spec, points))
    n = spec.n_customers
    places = drawn(spec.distribution, n, spec.seed + k)
    rng = np.random.Generator(np.random.Philox(key=[spec.seed + k, n], counter=[0, 0, 3, 0]))
    anywhere = rng.random(2)
    depot = {"anywhere": anywhere, "centre": _CENTRE, "corner": _CORNER}[spec.depot]
    demand = np.r_[0.0, rng.integers(1, DEMAND_MAX + 1, n).astype(float)]
    name = f"{n:,} {spec.distribution} customers"
    return CvrpInstance(name, "plane", np.vstack([[depot], places]), demand, spec.capacity)


def _given(spec: VehiclesSpec, points: np.ndarray) -> np.ndarray | None:
    if spec.metric == "EXPLICIT":
        return expanded(spec.distances, len(points))
    return distances(points, "GEO") if spec.metric == "GEO" else None


def n_instances(spec: VehiclesSpec) -> int:
    """How many instances a run has."""
    return 1 if spec.points else spec.n_instances


def is_usual(spec: VehiclesSpec) -> bool:
    """Whether a run draws its customers as the published means' were drawn."""
    return (
        not spec.points
        and (spec.distribution, spec.depot) == ("uniform", "anywhere")
        and USUAL.get(spec.n_customers) == spec.capacity
    )


def fields_of(instance: CvrpInstance) -> dict[str, Any]:
    """The fields of a spec that ask about this instance."""
    matrix = instance.matrix if instance.metric == "EXPLICIT" else None
    return {
        "points": tuple((float(x), float(y)) for x, y in instance.points),
        "demands": tuple(map(float, instance.demand[1:])),
        "capacity": float(instance.capacity),
        "metric": instance.metric,
        "distances": () if matrix is None else condensed(matrix),
        "brought": (),
    }
