"""Closed tours: Held and Karp's exact programme (1962), and local search from many starts.

Local search is nearest neighbour, then 2-opt (Croes 1958) and Or-opt (Or 1976) until neither
shortens the tour.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_EPS = 1e-12


@njit(cache=True, nogil=True)
def distances(points: np.ndarray) -> np.ndarray:
    """Euclidean distances float64[city, city] of points[city, 2]."""
    n = len(points)
    between = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            between[i, j] = np.hypot(points[i, 0] - points[j, 0], points[i, 1] - points[j, 1])
    return between


@njit(cache=True, nogil=True)
def tour_length(between: np.ndarray, tour: np.ndarray) -> float:
    """Length of the closed tour."""
    total = 0.0
    for k in range(len(tour)):
        total += between[tour[k - 1], tour[k]]
    return float(total)


@njit(cache=True, nogil=True)
def held_karp(between: np.ndarray) -> np.ndarray:
    """An optimal tour from city 0 by dynamic programming over subsets, O(2^n n^2)."""
    n = len(between)
    if n < 4:
        return np.arange(n)
    m = n - 1
    full = (1 << m) - 1
    best = np.full((full + 1, m), np.inf)
    came = np.zeros((full + 1, m), np.int8)
    for j in range(m):
        best[1 << j, j] = between[0, j + 1]
    for visited in range(1, full + 1):
        for j in range(m):
            if not visited >> j & 1 or best[visited, j] == np.inf:
                continue
            for k in range(m):
                if visited >> k & 1:
                    continue
                through = best[visited, j] + between[j + 1, k + 1]
                if through < best[visited | 1 << k, k]:
                    best[visited | 1 << k, k] = through
                    came[visited | 1 << k, k] = j
    return _walked_back(best, came, between, full)


@njit(cache=True, nogil=True)
def _walked_back(best: np.ndarray, came: np.ndarray, between: np.ndarray, full: int) -> np.ndarray:
    m = best.shape[1]
    last, shortest = 0, np.inf
    for j in range(m):
        if best[full, j] + between[j + 1, 0] < shortest:
            last, shortest = j, best[full, j] + between[j + 1, 0]
    tour, visited = np.zeros(m + 1, np.int64), full
    for place in range(m, 0, -1):
        tour[place] = last + 1
        before = came[visited, last]
        visited ^= 1 << last
        last = before
    return tour


@njit(cache=True, nogil=True)
def nearest_neighbour(between: np.ndarray, start: int) -> np.ndarray:
    """From ``start`` always to the nearest city that is left."""
    n = len(between)
    tour, left = np.empty(n, np.int64), np.ones(n, np.bool_)
    here = start
    for place in range(n):
        tour[place] = here
        left[here] = False
        nearest, least = -1, np.inf
        for j in range(n):
            if left[j] and between[here, j] < least:
                nearest, least = j, between[here, j]
        here = nearest
    return tour


@njit(cache=True, nogil=True)
def two_opt(between: np.ndarray, tour: np.ndarray) -> bool:
    """Turn stretches round while that shortens the tour, in place; whether anything changed."""
    n, changed, better = len(tour), False, True
    while better:
        better = False
        for i in range(n - 1):
            for j in range(i + 2, n if i else n - 1):
                a, b = tour[i], tour[i + 1]
                c, d = tour[j], tour[(j + 1) % n]
                if between[a, c] + between[b, d] < between[a, b] + between[c, d] - _EPS:
                    tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1].copy()
                    better = changed = True
    return changed


@njit(cache=True, nogil=True)
def or_opt(between: np.ndarray, tour: np.ndarray) -> bool:
    """Move stretches of one to three cities elsewhere while that helps; whether it did."""
    n, changed, better = len(tour), False, True
    while better:
        better = False
        for size in range(1, min(3, n - 3) + 1):
            for i in range(n):
                if _moved(between, tour, i, size):
                    better = changed = True
    return changed


@njit(cache=True, nogil=True)
def _moved(between: np.ndarray, tour: np.ndarray, i: int, size: int) -> bool:
    """Put the stretch at ``i`` where it shortens the tour most, turned round if that is better."""
    n = len(tour)
    before, first = tour[i - 1], tour[i]
    last, after = tour[(i + size - 1) % n], tour[(i + size) % n]
    saved = between[before, first] + between[last, after] - between[before, after]
    most, where, turned = _EPS, -1, False
    for k in range(n - size - 1):
        p, q = tour[(i + size + k) % n], tour[(i + size + k + 1) % n]
        joined = between[p, q]
        straight = saved - (between[p, first] + between[last, q] - joined)
        back = saved - (between[p, last] + between[first, q] - joined)
        if straight > most:
            most, where, turned = straight, k, False
        if back > most:
            most, where, turned = back, k, True
    if where < 0:
        return False
    _put(tour, i, size, where, turned)
    return True


@njit(cache=True, nogil=True)
def _put(tour: np.ndarray, i: int, size: int, where: int, turned: bool) -> None:
    """The stretch of ``size`` at ``i``, ``where`` + 1 places later."""
    n = len(tour)
    stretch, rest = np.empty(size, np.int64), np.empty(n - size, np.int64)
    for k in range(size):
        stretch[k] = tour[(i + (size - 1 - k if turned else k)) % n]
    for k in range(n - size):
        rest[k] = tour[(i + size + k) % n]
    tour[: where + 1] = rest[: where + 1]
    tour[where + 1 : where + 1 + size] = stretch
    tour[where + 1 + size :] = rest[where + 1 :]


@njit(cache=True, nogil=True)
def polished(between: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """The tour after 2-opt and Or-opt until neither helps."""
    found = tour.copy()
    if len(found) < 4:
        return found
    while True:
        two_opt(between, found)
        if not or_opt(between, found):
            return found


@njit(cache=True, nogil=True)
def local_search(between: np.ndarray, n_starts: int) -> np.ndarray:
    """The best of polished nearest-neighbour tours from ``n_starts`` spread starts."""
    n = len(between)
    best, shortest = np.arange(n), np.inf
    for k in range(min(n_starts, n)):
        tour = polished(between, nearest_neighbour(between, k * n // min(n_starts, n)))
        length = tour_length(between, tour)
        if length < shortest - _EPS:
            best, shortest = tour, length
    return best


@njit(cache=True, nogil=True)
def canonical(points: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """The same tour from city 0, counter-clockwise by its signed area."""
    n, area, start = len(tour), 0.0, 0
    for k in range(n):
        a, b = tour[k], tour[(k + 1) % n]
        area += points[a, 0] * points[b, 1] - points[b, 0] * points[a, 1]
        if tour[k] == 0:
            start = k
    found = np.empty(n, np.int64)
    for k in range(n):
        found[k] = tour[(start + k if area >= 0 else start - k) % n]
    return found


@njit(cache=True, nogil=True)
def tours(points: np.ndarray, exact_max: int) -> np.ndarray:
    """Canonical tours int64[batch, city] of points float64[batch, city, 2].

    Exact to ``exact_max`` cities, above that the best of one search from every city.
    """
    n_instances, n, _ = points.shape
    found = np.empty((n_instances, n), np.int64)
    for b in range(n_instances):
        between = distances(points[b])
        tour = held_karp(between) if n <= exact_max else local_search(between, n)
        found[b] = canonical(points[b], tour)
    return found


@njit(cache=True, nogil=True)
def lengths(points: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Closed lengths float64[batch] of tours[batch, city] through points[batch, city, 2]."""
    total = np.empty(len(points))
    for b in range(len(points)):
        total[b] = tour_length(distances(points[b]), found[b])
    return total
