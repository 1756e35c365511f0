"""Routes from nothing: savings, always to the nearest who fits, or by the angle at the depot.

Visits are int64[stop]: customers from 1 in the order of their routes, 0 the depot before, between
and after them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit

from engines.pointer.delivering.asked import SLACK
from engines.pointer.delivering.ground import Ground, apart

ALL_PAIRS_MAX = 101


@njit(cache=True, nogil=True)
def fits(load: float | np.ndarray, capacity: float) -> bool:
    """Whether a vehicle takes this load."""
    return bool(load <= capacity * (1.0 + SLACK))


@njit(cache=True, nogil=True)
def nearest_feasible(
    ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float
) -> np.ndarray:
    """From the depot always to the nearest customer left whose demand still fits."""
    n = len(demand) - 1
    visits, left = np.zeros(2 * n + 1, np.int64), np.ones(n + 1, np.bool_)
    here, load, stop, n_left = 0, 0.0, 1, n
    while n_left:
        nearest, least = -1, np.inf
        for c in near[here] if here else near[0][:0]:
            if left[c] and fits(load + demand[c], capacity):
                nearest = c
                break
        if nearest < 0:
            for c in range(1, n + 1):
                if left[c] and fits(load + demand[c], capacity):
                    there = apart(ground, here, c)
                    if there < least:
                        nearest, least = c, there
        if nearest < 0:
            here, load = 0, 0.0
            stop += 1
            continue
        left[nearest] = False
        visits[stop] = nearest
        here, load = nearest, load + demand[nearest]
        stop += 1
        n_left -= 1
    return visits[: stop + 1]


def sweep(points: np.ndarray, demand: np.ndarray, capacity: float) -> np.ndarray:
    """Customers by their angle at the depot, a new route where one is full (Gillett & Miller 1974).

    It begins along the x axis, so it knows how the map lies.
    """
    away = points[1:] - points[0]
    angle = np.mod(np.arctan2(away[:, 1], away[:, 0]), 2 * np.pi)
    order = np.argsort(angle, kind="stable") + 1
    visits, load = [0], 0.0
    for c in order:
        if not fits(load + demand[c], capacity):
            visits.append(0)
            load = 0.0
        visits.append(int(c))
        load += demand[c]
    return np.array([*visits, 0], np.int64)


def savings(ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float) -> np.ndarray:
    """Routes of one customer each, joined where that saves most (Clarke & Wright 1964).

    Pairs are all of them to a hundred and one customers, above those of customers near each other.
    """
    n = len(demand) - 1
    ends = _all_pairs(n) if n <= ALL_PAIRS_MAX else _near_pairs(near)
    saved = _saved(ground, ends)
    order = np.argsort(-saved, kind="stable")
    return _joined(ends, order, saved, demand, capacity)


@lru_cache(maxsize=8)
def _all_pairs(n: int) -> np.ndarray:
    """Every pair of customers once, the lower first: int64[pair, 2]."""
    return np.ascontiguousarray(np.stack(np.triu_indices(n, 1), axis=1) + 1)


def _near_pairs(near: np.ndarray) -> np.ndarray:
    """Every pair of near customers once, the lower first: int64[pair, 2]."""
    n, n_near = near.shape[0] - 1, near.shape[1]
    own = np.repeat(np.arange(1, n + 1), n_near)
    other = near[1:].ravel().astype(np.int64)
    packed = np.unique(np.minimum(own, other) * (n + 1) + np.maximum(own, other))
    return np.stack([packed // (n + 1), packed % (n + 1)], axis=1)


@njit(cache=True, nogil=True)
def _saved(ground: Ground, ends: np.ndarray) -> np.ndarray:
    n = len(ground[0])
    home, saved = np.empty(n), np.empty(len(ends))
    for c in range(n):
        home[c] = apart(ground, c, 0)
    for k in range(len(ends)):
        a, b = ends[k]
        saved[k] = home[a] + home[b] - apart(ground, a, b)
    return saved


@njit(cache=True, nogil=True)
def _joined(
    ends: np.ndarray, order: np.ndarray, saved: np.ndarray, demand: np.ndarray, capacity: float
) -> np.ndarray:
    """Join routes at their ends, in this order of the pairs, where the load fits."""
    n = len(demand) - 1
    links, parent, load = np.zeros((n + 1, 2), np.int64), np.arange(n + 1), demand.copy()
    for k in order:
        a, b = ends[k]
        if saved[k] <= 0.0:
            break
        # A customer with two links lies inside its route; 0 is no customer.
        if links[a, 1] or links[b, 1]:
            continue
        one, other = _root(parent, a), _root(parent, b)
        if one == other or not fits(load[one] + load[other], capacity):
            continue
        parent[one] = other
        load[other] += load[one]
        links[a, 1 if links[a, 0] else 0] = b
        links[b, 1 if links[b, 0] else 0] = a
    return _walked(links)


@njit(cache=True, nogil=True)
def _root(parent: np.ndarray, c: int) -> int:
    while parent[c] != c:
        parent[c] = parent[parent[c]]
        c = parent[c]
    return c


@njit(cache=True, nogil=True)
def _walked(links: np.ndarray) -> np.ndarray:
    """All paths, one after the other, each from its end with the lower number."""
    n = len(links) - 1
    visits, done, stop = np.zeros(2 * n + 1, np.int64), np.zeros(n + 1, np.bool_), 1
    for c in range(1, n + 1):
        if done[c] or links[c, 1]:
            continue
        here, before = c, 0
        while here:
            visits[stop] = here
            done[here] = True
            stop += 1
            onward = links[here, 0] if links[here, 0] != before else links[here, 1]
            before, here = here, onward
        stop += 1
    return visits[:stop]
