"""What makes routes a solution: every customer once, and no vehicle overloaded."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError
from engines.pointer.delivering.asked import SLACK
from engines.pointer.instances.vrplib import CvrpInstance


def routes_of(visits: np.ndarray) -> list[np.ndarray]:
    """Customers of every route, from visits int64[stop] in which 0 is the depot.

    >>> [r.tolist() for r in routes_of(np.array([0, 3, 1, 0, 2, 0, 0]))]
    [[3, 1], [2]]
    """
    return [part[part > 0] for part in np.split(visits, np.flatnonzero(visits == 0)) if part.any()]


def loads(visits: np.ndarray, demand: np.ndarray) -> np.ndarray:
    """What every vehicle carries: float64[route]."""
    return np.array([demand[route].sum() for route in routes_of(visits)])


def check_routes(instance: CvrpInstance, visits: np.ndarray) -> None:
    """Refuse what is no solution.

    Raises:
        InputError: the customer that is left out or comes twice, or the vehicle that is overloaded.
    """
    n = len(instance.points) - 1
    if visits.min(initial=0) < 0 or visits.max(initial=0) > n:
        raise InputError(f"routes name customers from 1 to {n}; got {visits.max(initial=0)}")
    times = np.bincount(visits, minlength=n + 1)[1:]
    (wrong,) = np.nonzero(times != 1)
    if len(wrong):
        c = int(wrong[0])
        raise InputError(f"customer {c + 1} is visited {times[c]} times; every one is visited once")
    for r, load in enumerate(loads(visits, instance.demand), start=1):
        if load > instance.capacity * (1.0 + SLACK):
            raise InputError(
                f"vehicle {r} carries {load:g} and takes {instance.capacity:g}; give some to others"
            )
