"""Routes as circles of links, each through a depot of its own, so that moves cost no copying."""

from __future__ import annotations

import numpy as np
from numba import njit

Linked = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Who follows and who precedes each customer or depot, its route, and the load of each route."""


@njit(cache=True, nogil=True)
def linked(visits: np.ndarray, demand: np.ndarray, n_spare: int) -> Linked:
    """The routes of visits int64[stop], and ``n_spare`` empty ones; depots come after customers."""
    n, n_routes = len(demand) - 1, 0
    for k in range(1, len(visits)):
        n_routes += int(visits[k] > 0 and visits[k - 1] == 0)
    n_slots = n_routes + n_spare
    onward, back = np.arange(n + 1 + n_slots), np.arange(n + 1 + n_slots)
    route, load = np.zeros(n + 1 + n_slots, np.int64), np.zeros(n_slots)
    for r in range(n_slots):
        route[n + 1 + r] = r
    r = -1
    for k in range(1, len(visits)):
        c = visits[k]
        if not c:
            continue
        if visits[k - 1] == 0:
            r += 1
        depot = n + 1 + r
        insert(onward, back, c, back[depot])
        route[c] = r
        load[r] += demand[c]
    return onward, back, route, load


@njit(cache=True, nogil=True)
def insert(onward: np.ndarray, back: np.ndarray, c: int, before: int) -> None:
    """Put ``c`` behind ``before``."""
    after = onward[before]
    onward[before], back[c] = c, before
    onward[c], back[after] = after, c


@njit(cache=True, nogil=True)
def remove(onward: np.ndarray, back: np.ndarray, c: int) -> None:
    """Take ``c`` out."""
    onward[back[c]], back[onward[c]] = onward[c], back[c]


@njit(cache=True, nogil=True)
def visits_from_linked(routes: Linked, n: int) -> np.ndarray:
    """Visits int64[stop] of ``n`` customers; empty routes are left out."""
    onward, _back, _route, load = routes
    visits, stop = np.zeros(2 * n + 1, np.int64), 1
    for r in range(len(load)):
        here = onward[n + 1 + r]
        if here > n:
            continue
        while here <= n:
            visits[stop] = here
            here = onward[here]
            stop += 1
        stop += 1
    return visits[:stop]
