"""The cheapest routes of few customers: two dynamic programmes over subsets.

The shortest tour of every subset that one vehicle can load (Held & Karp 1962), then the cheapest
way to divide all customers into such subsets.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.delivering.ground import Ground, apart
from engines.pointer.delivering.starts import fits

EXACT_MAX = 12
"""Customers: 3^12 divisions are looked at, in some milliseconds."""


@njit(cache=True, nogil=True)
def exact_routes(ground: Ground, demand: np.ndarray, capacity: float) -> np.ndarray:
    """Visits int64[stop] of least length; 0 is the depot. O(2^n n^2 + 3^n)."""
    n = len(demand) - 1
    best, came, closed = _tours_of_subsets(ground, demand, capacity)
    full = (1 << n) - 1
    least, taken = np.full(full + 1, np.inf), np.zeros(full + 1, np.int64)
    least[0] = 0.0
    for wanted in range(1, full + 1):
        lowest = wanted & -wanted
        rest = wanted ^ lowest
        part = rest
        while True:
            route = part | lowest
            through = closed[route] + least[wanted ^ route]
            if through < least[wanted]:
                least[wanted], taken[wanted] = through, route
            if part == 0:
                break
            part = (part - 1) & rest
    return _unfolded(ground, best, came, taken)


@njit(cache=True, nogil=True)
def _tours_of_subsets(
    ground: Ground, demand: np.ndarray, capacity: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By subset and last customer: length, who came before; by subset: length of its tour."""
    n = len(demand) - 1
    full = (1 << n) - 1
    best, came = np.full((full + 1, n), np.inf), np.zeros((full + 1, n), np.int8)
    closed, load = np.full(full + 1, np.inf), np.zeros(full + 1)
    for j in range(n):
        best[1 << j, j] = apart(ground, 0, j + 1)
    for j in range(n):
        for rest in range(1 << j):
            load[rest | 1 << j] = load[rest] + demand[j + 1]
    for visited in range(1, full + 1):
        if not fits(load[visited], capacity):
            continue
        for j in range(n):
            if best[visited, j] == np.inf:
                continue
            closed[visited] = min(closed[visited], best[visited, j] + apart(ground, j + 1, 0))
            _go_on(ground, best, came, visited, j)
    return best, came, closed


@njit(cache=True, nogil=True)
def _go_on(ground: Ground, best: np.ndarray, came: np.ndarray, visited: int, j: int) -> None:
    """From customer ``j``, last of the visited, to every other."""
    for k in range(best.shape[1]):
        if visited >> k & 1:
            continue
        through = best[visited, j] + apart(ground, j + 1, k + 1)
        if through < best[visited | 1 << k, k]:
            best[visited | 1 << k, k] = through
            came[visited | 1 << k, k] = j


@njit(cache=True, nogil=True)
def _unfolded(ground: Ground, best: np.ndarray, came: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """The routes that were taken, each walked back from its last customer."""
    n = best.shape[1]
    visits, stop, wanted = np.zeros(2 * n + 1, np.int64), 1, (1 << n) - 1
    while wanted:
        visited = taken[wanted]
        wanted ^= visited
        last, least = 0, np.inf
        for j in range(n):
            whole = best[visited, j] + apart(ground, j + 1, 0)
            if visited >> j & 1 and whole < least:
                last, least = j, whole
        while visited:
            visits[stop] = last + 1
            before = came[visited, last]
            visited ^= 1 << last
            last = before
            stop += 1
        stop += 1
    return visits[:stop]
