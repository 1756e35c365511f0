"""Paths whose two ends are given: Held and Karp's exact programme (1962), or local search."""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.dividing.search import apart, improve, settle
from engines.pointer.kernels.chance import chance_of, drawn_below

_EPS = 1e-10
_SPREAD = 30
"""Cities within which a kick happens; what is far apart is not repaired by few moves."""
EXACT_MAX = 12
"""Cities of a path up to which it is solved exactly, its two ends counted."""


@njit(cache=True, nogil=True)
def path_length(points: np.ndarray, path: np.ndarray) -> float:
    """Length from the first city of the path to its last."""
    total = 0.0
    for k in range(1, len(path)):
        total += apart(points, path[k - 1], path[k], -1, -1)
    return total


@njit(cache=True, nogil=True)
def exact_path(points: np.ndarray) -> np.ndarray:
    """The shortest path through all points from the first to the last: int64[city], O(2^n n^2)."""
    n = len(points)
    if n < 4:
        return np.arange(n)
    m = n - 2
    full = (1 << m) - 1
    best = np.full((full + 1, m), np.inf)
    came = np.zeros((full + 1, m), np.int8)
    for j in range(m):
        best[1 << j, j] = apart(points, 0, j + 1, -1, -1)
    for visited in range(1, full + 1):
        for j in range(m):
            if best[visited, j] == np.inf:
                continue
            for k in range(m):
                if visited >> k & 1:
                    continue
                through = best[visited, j] + apart(points, j + 1, k + 1, -1, -1)
                if through < best[visited | 1 << k, k]:
                    best[visited | 1 << k, k] = through
                    came[visited | 1 << k, k] = j
    return _walked_back(points, best, came)


@njit(cache=True, nogil=True)
def _walked_back(points: np.ndarray, best: np.ndarray, came: np.ndarray) -> np.ndarray:
    n, m = len(points), len(points) - 2
    visited, last, shortest = (1 << m) - 1, 0, np.inf
    for j in range(m):
        whole = best[visited, j] + apart(points, j + 1, n - 1, -1, -1)
        if whole < shortest:
            last, shortest = j, whole
    path = np.zeros(n, np.int64)
    path[n - 1] = n - 1
    for place in range(m, 0, -1):
        path[place] = last + 1
        before = came[visited, last]
        visited ^= 1 << last
        last = before
    return path


@njit(cache=True, nogil=True)
def searched_path(points: np.ndarray, n_near: int, n_kicks: int, seed: int) -> np.ndarray:
    """The path in the order given, after 2-opt and Or-opt with both ends held: int64[city].

    Then ``n_kicks`` random kicks, each repaired by the same moves and kept where that is shorter.
    """
    n = len(points)
    tour = np.arange(n)
    if n < 8:
        return exact_path(points)
    near = nearest_of_few(points, min(n_near, n - 1))
    improve(points, near, tour, 0, n - 1)
    if n_kicks:
        tour = _kicked(points, near, _from_first(tour), n_kicks, seed)
    return _from_first(tour)


@njit(cache=True, nogil=True)
def _kicked(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, n_kicks: int, seed: int
) -> np.ndarray:
    """Two neighbouring stretches change places, 2-opt and Or-opt repair; undone unless shorter."""
    n = len(tour)
    place, kept = np.empty(n, np.int64), tour.copy()
    waiting, is_waiting = np.empty(n, np.int64), np.zeros(n, np.bool_)
    draw = chance_of(seed)
    for k in range(n):
        place[tour[k]] = k
    for _ in range(n_kicks):
        spread = min(_SPREAD, n - 2)
        draw, first = drawn_below(draw, n - spread)
        draw, second = drawn_below(draw, spread - 2)
        draw, third = drawn_below(draw, spread - 2)
        q = first + 1 + min(second, third)
        r = first + 2 + max(second, third)
        swapped = (tour[first], tour[first + 1], tour[q], tour[q + 1], tour[r], tour[r + 1])
        if q + 1 > r:
            continue
        lost = _swap(points, tour, place, first, q, r)
        for k in range(6):
            waiting[k] = swapped[k]
        n_waiting = 0
        for city in swapped:
            if not is_waiting[city]:
                waiting[n_waiting] = city
                is_waiting[city] = True
                n_waiting += 1
        saved = settle(points, near, tour, place, waiting, is_waiting, n_waiting, (0, n - 1))
        if saved - lost > _EPS:
            # Turned so that the held edge is not inside: cuts are drawn between the two ends.
            tour[:] = _from_first(tour)
            kept[:] = tour
        else:
            tour[:] = kept
        for k in range(n):
            place[tour[k]] = k
    return tour


@njit(cache=True, nogil=True)
def _swap(
    points: np.ndarray, tour: np.ndarray, place: np.ndarray, first: int, q: int, r: int
) -> float:
    """Stretches first+1..q and q+1..r change places; by how much the tour grows."""
    a, b, c, d = tour[first], tour[first + 1], tour[q], tour[q + 1]
    e, f = tour[r], tour[r + 1]
    stretch = tour[first + 1 : q + 1].copy()
    n_other = r - q
    for k in range(n_other):
        tour[first + 1 + k] = tour[q + 1 + k]
    for k in range(len(stretch)):
        tour[first + 1 + n_other + k] = stretch[k]
    for k in range(first + 1, r + 1):
        place[tour[k]] = k
    after = apart(points, a, d, -1, -1) + apart(points, e, b, -1, -1) + apart(points, c, f, -1, -1)
    before = apart(points, a, b, -1, -1) + apart(points, c, d, -1, -1)
    return after - before - apart(points, e, f, -1, -1)


@njit(cache=True, nogil=True)
def nearest_of_few(points: np.ndarray, n_near: int) -> np.ndarray:
    """Neighbours of a few hundred points, nearest first: int32[city, neighbour]."""
    n = len(points)
    near = np.empty((n, n_near), np.int32)
    least = np.empty(n_near)
    for i in range(n):
        found = 0
        for j in range(n):
            if j == i:
                continue
            there = apart(points, i, j, -1, -1)
            if found == n_near and there >= least[found - 1]:
                continue
            k = found if found < n_near else n_near - 1
            found = min(found + 1, n_near)
            while k and least[k - 1] > there:
                least[k], near[i, k] = least[k - 1], near[i, k - 1]
                k -= 1
            least[k], near[i, k] = there, j
    return near


@njit(cache=True, nogil=True)
def _from_first(tour: np.ndarray) -> np.ndarray:
    """The circle whose last city and first are held beside each other, as a path from city 0."""
    n, start = len(tour), 0
    for k in range(n):
        if tour[k] == 0:
            start = k
    forward = tour[start - 1] == n - 1
    path = np.empty(n, np.int64)
    for k in range(n):
        path[k] = tour[(start + k if forward else start - k) % n]
    return path
