"""A torn tour: moved cities are put where they cost least, and 2-opt and Or-opt settle around them.

Cheapest insertion (Rosenkrantz, Stearns & Lewis 1977) beside a near city; then only cities that
were touched are looked at, as don't-look bits have it (Bentley 1992).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.dividing.search import apart, settle


@njit(cache=True, nogil=True)
def put_back(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, moved: np.ndarray
) -> np.ndarray:
    """The tour with its moved cities taken out and put in where they cost least: int64[city].

    Args:
        points: float64[city, 2], where all lie now.
        near: int32[city, neighbour], of those places.
        tour: int64[city].
        moved: int64[_], fewer than there are cities less two.
    """
    n = len(tour)
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    for k in range(n):
        after[tour[k - 1]], before[tour[k]] = tour[k], tour[k - 1]
    is_out = np.zeros(n, np.bool_)
    for c in moved:
        is_out[c] = True
        after[before[c]], before[after[c]] = after[c], before[c]
    for c in moved:
        beside = _cheapest(points, near[c], after, before, is_out, c)
        if beside < 0:
            beside = _cheapest(points, tour, after, before, is_out, c)
        there = after[beside]
        after[beside], before[c], after[c], before[there] = c, beside, there, c
        is_out[c] = False
    found = np.empty(n, np.int64)
    found[0] = tour[0]
    for k in range(1, n):
        found[k] = after[found[k - 1]]
    return found


@njit(cache=True, nogil=True)
def _cheapest(
    points: np.ndarray, among: np.ndarray, after: np.ndarray, before: np.ndarray,
    is_out: np.ndarray, c: int,
) -> int:  # fmt: skip
    """The city behind which ``c`` costs least, beside one of ``among``; -1 if all are out."""
    where, least = -1, np.inf
    for m in among:
        if is_out[m]:
            continue
        for side in range(2):
            first = int(before[m]) if side else int(m)
            then = int(after[first])
            costs = apart(points, first, c, -1, -1) + apart(points, c, then, -1, -1)
            costs -= apart(points, first, then, -1, -1)
            if costs < least:
                where, least = first, costs
    return int(where)


@njit(cache=True, nogil=True)
def repaired(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, moved: np.ndarray
) -> np.ndarray:
    """The tour after `put_back` and moves around what was touched: int64[city]."""
    n = len(tour)
    found = put_back(points, near, tour, moved)
    place, was = np.empty(n, np.int64), np.empty(n, np.int64)
    for k in range(n):
        place[found[k]], was[tour[k]] = k, k
    waiting, is_waiting, n_waiting = np.empty(n, np.int64), np.zeros(n, np.bool_), 0
    for c in moved:
        for city in (
            c, tour[was[c] - 1], tour[(was[c] + 1) % n],
            found[place[c] - 1], found[(place[c] + 1) % n],
        ):  # fmt: skip
            if not is_waiting[city]:
                is_waiting[city] = True
                waiting[n_waiting] = city
                n_waiting += 1
    settle(points, near, found, place, waiting, is_waiting, n_waiting, (-1, -1))
    return found
