"""Or-3opt: stretches of any length are taken out and put elsewhere, either way round.

Three edges change at once, as in Or's moves of 1976, but the stretch ends wherever a neighbour of
the city before it lies. With neighbour lists and don't-look bits (Bentley 1992), after 2-opt and
Or-opt and between them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.dividing.search import apart, improve, move, settle

_EPS, _LOOKS_MAX = 1e-10, 200


@njit(cache=True, nogil=True)
def improve_long(points: np.ndarray, near: np.ndarray, tour: np.ndarray) -> float:
    """2-opt, Or-opt and Or-3opt, in place, until no neighbour helps any city; what was saved."""
    n = len(tour)
    total = improve(points, near, tour, -1, -1)
    if n < 8:
        return total
    place = np.empty(n, np.int64)
    for k in range(n):
        place[tour[k]] = k
    ahead, is_ahead, n_ahead, head = tour.copy(), np.ones(n, np.bool_), n, 0
    waiting, is_waiting = np.empty(n, np.int64), np.zeros(n, np.bool_)
    touched = np.empty(6, np.int64)
    # Every move shortens, so it ends long before; a rule that is broken must end too.
    for _ in range(_LOOKS_MAX * n):
        if not n_ahead:
            break
        c = ahead[head]
        head = head + 1 if head + 1 < n else 0
        n_ahead -= 1
        is_ahead[c] = False
        saved = _or_3opt(points, near, tour, place, c, touched)
        if saved == 0.0:
            continue
        n_waiting = 0
        for city in touched:
            if not is_waiting[city]:
                waiting[n_waiting], is_waiting[city] = city, True
                n_waiting += 1
            if not is_ahead[city]:
                tail = head + n_ahead
                ahead[tail if tail < n else tail - n], is_ahead[city] = city, True
                n_ahead += 1
        total += saved
        total += settle(points, near, tour, place, waiting, is_waiting, n_waiting, (-1, -1))
    return total


@njit(cache=True, nogil=True)
def _or_3opt(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, place: np.ndarray, c: int,
    touched: np.ndarray,
) -> float:  # fmt: skip
    """The first stretch from ``c`` on that is better beside a neighbour of ``c``; what it saves."""
    for onward in range(2):
        before = _beside(tour, place, c, not onward)
        there = apart(points, before, c, -1, -1)
        for m in near[c]:
            joined = apart(points, c, m, -1, -1)
            if joined >= there:
                break
            for after in near[before]:
                e = _beside(tour, place, after, not onward)
                closed = there - joined + apart(points, e, after, -1, -1)
                closed -= apart(points, before, after, -1, -1)
                if closed <= _EPS or after == c:
                    continue
                saved = _put_down(
                    points, tour, place, (before, c, e, after), m, closed, onward, touched
                )
                if saved > 0.0:
                    return saved
    return 0.0


@njit(cache=True, nogil=True)
def _beside(tour: np.ndarray, place: np.ndarray, city: int, onward: bool) -> int:
    """The next city, or the one before."""
    if not onward:
        return int(tour[place[city] - 1])
    k = place[city] + 1
    return int(tour[k if k < len(tour) else 0])


@njit(cache=True, nogil=True)
def _put_down(
    points: np.ndarray, tour: np.ndarray, place: np.ndarray, stretch: tuple[int, int, int, int],
    m: int, closed: float, onward: int, touched: np.ndarray,
) -> float:  # fmt: skip
    """Put the stretch beside ``m``, ``c`` touching it, if that saves something."""
    before, c, e, after = stretch
    n = len(tour)
    length = _ahead(tour, place, c, e, onward)
    # A stretch that holds nearly all, or the place where it would go, cannot be put down.
    if length > n - 4 or _ahead(tour, place, c, m, onward) <= length:
        return 0.0
    for side in range(2):
        t = _beside(tour, place, m, side == 1)
        if _ahead(tour, place, c, t, onward) <= length:
            continue
        saved = closed + apart(points, m, t, -1, -1) - apart(points, e, t, -1, -1)
        if saved > _EPS:
            # Seen in the direction before-c-e-after, the edge is m-t or t-m.
            near_first = side == onward
            move(tour, place, before, c, e, after, m if near_first else t, near_first)
            touched[0], touched[1], touched[2] = before, after, m
            touched[3], touched[4], touched[5] = t, c, e
            return saved
    return 0.0


@njit(cache=True, nogil=True)
def _ahead(tour: np.ndarray, place: np.ndarray, c: int, city: int, onward: int) -> int:
    """How many cities after ``c`` another one comes."""
    ahead = place[city] - place[c] if onward else place[c] - place[city]
    return int(ahead if ahead >= 0 else ahead + len(tour))
