"""2-opt and Or-opt on an array, with neighbour lists and don't-look bits.

Croes 1958; Or 1976; the bits are Bentley's (1992). Every move is made of reversals, so that a
search can be undone; the shorter side of the circle is turned.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_EPS = 1e-10
_HELD = -1e9
"""Length of an edge that must stay: no move can pay for it."""


@njit(cache=True, nogil=True)
def apart(points: np.ndarray, a: int, b: int, held_a: int, held_b: int) -> float:
    """Distance of two cities; the edge that is held is shorter than any."""
    if (a == held_a and b == held_b) or (a == held_b and b == held_a):
        return _HELD
    dx, dy = points[a, 0] - points[b, 0], points[a, 1] - points[b, 1]
    return float(np.sqrt(dx * dx + dy * dy))


@njit(cache=True, nogil=True)
def length_of(points: np.ndarray, tour: np.ndarray) -> float:
    """Length of the closed tour."""
    total = 0.0
    for k in range(len(tour)):
        total += apart(points, tour[k - 1], tour[k], -1, -1)
    return total


@njit(cache=True, nogil=True)
def _turn(tour: np.ndarray, place: np.ndarray, first: int, last: int) -> None:
    """Turn the stretch between two places round, or the rest of the circle where that is less."""
    n = len(tour)
    inside = last - first
    if inside < 0:
        inside += n
    inside += 1
    if 2 * inside > n:
        first, last = last + 1, first - 1
        inside = n - inside
    if first >= n:
        first -= n
    if last < 0:
        last += n
    for _ in range(inside // 2):
        a, b = tour[first], tour[last]
        tour[first], tour[last] = b, a
        place[b], place[a] = first, last
        first = first + 1 if first + 1 < n else 0
        last = last - 1 if last else n - 1


@njit(cache=True, nogil=True)
def _next(tour: np.ndarray, place: np.ndarray, city: int) -> int:
    k = place[city] + 1
    return int(tour[k if k < len(tour) else 0])


@njit(cache=True, nogil=True)
def _previous(tour: np.ndarray, place: np.ndarray, city: int) -> int:
    return int(tour[place[city] - 1])


@njit(cache=True, nogil=True)
def exchange(tour: np.ndarray, place: np.ndarray, a: int, b: int, c: int) -> None:
    """Edges a-b and c-d become a-c and b-d, where b follows a and d follows c, or both precede."""
    if _next(tour, place, a) == b:
        _turn(tour, place, place[b], place[c])
    else:
        _turn(tour, place, place[c], place[b])


@njit(cache=True, nogil=True)
def _two_opt(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, place: np.ndarray,
    c: int, held: tuple[int, int], touched: np.ndarray,
) -> float:  # fmt: skip
    """The first 2-opt move of city ``c`` that shortens the tour; what it saves, or 0."""
    for onward in range(2):
        s = _next(tour, place, c) if onward else _previous(tour, place, c)
        there = apart(points, c, s, held[0], held[1])
        for m in near[c]:
            joined = apart(points, c, m, -1, -1)
            if joined >= there:
                break
            t = _next(tour, place, m) if onward else _previous(tour, place, m)
            saved = there + apart(points, m, t, held[0], held[1]) - joined
            saved -= apart(points, s, t, -1, -1)
            if saved > _EPS:
                exchange(tour, place, c, s, m)
                touched[0], touched[1], touched[2], touched[3] = c, s, m, t
                return saved
    return 0.0


@njit(cache=True, nogil=True)
def _or_opt(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, place: np.ndarray,
    c: int, held: tuple[int, int], touched: np.ndarray,
) -> float:  # fmt: skip
    """The first stretch of one to three cities from ``c`` on that is better elsewhere."""
    n = len(tour)
    for onward in range(2):
        before = _previous(tour, place, c) if onward else _next(tour, place, c)
        e = c
        for size in range(1, 4):
            if size > 1:
                e = _next(tour, place, e) if onward else _previous(tour, place, e)
            after = _next(tour, place, e) if onward else _previous(tour, place, e)
            if size > n - 3 or after == before:
                break
            freed = apart(points, before, c, held[0], held[1])
            freed += apart(points, e, after, held[0], held[1])
            freed -= apart(points, before, after, -1, -1)
            if freed <= _EPS:
                continue
            saved = _put_down(points, near, tour, place, (before, c, e, after), freed, size,
                              onward, held, touched)  # fmt: skip
            if saved > 0.0:
                return saved
    return 0.0


@njit(cache=True, nogil=True)
def _is_inside(
    tour: np.ndarray, place: np.ndarray, city: int, c: int, size: int, onward: int
) -> bool:
    """Whether a city is one of the ``size`` from ``c`` on."""
    ahead = place[city] - place[c] if onward else place[c] - place[city]
    if ahead < 0:
        ahead += len(tour)
    return ahead < size


@njit(cache=True, nogil=True)
def _put_down(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, place: np.ndarray,
    stretch: tuple[int, int, int, int], freed: float, size: int, onward: int,
    held: tuple[int, int], touched: np.ndarray,
) -> float:  # fmt: skip
    """Put the stretch beside a neighbour of its first city if that saves something."""
    before, c, e, after = stretch
    for m in near[c]:
        joined = apart(points, c, m, -1, -1)
        if _is_inside(tour, place, m, c, size, onward):
            continue
        for side in range(2):
            t = _next(tour, place, m) if side == onward else _previous(tour, place, m)
            if _is_inside(tour, place, t, c, size, onward):
                continue
            saved = freed - joined - apart(points, e, t, -1, -1)
            saved += apart(points, m, t, held[0], held[1])
            if saved > _EPS:
                # Seen in the direction before-c-e-after, the edge is m-t or t-m.
                near_first = side == 1
                move(tour, place, before, c, e, after, m if near_first else t, near_first)
                touched[0], touched[1], touched[2], touched[3] = before, after, m, t
                touched[4], touched[5] = c, e
                return saved
    return 0.0


@njit(cache=True, nogil=True)
def move(
    tour: np.ndarray, place: np.ndarray, before: int, c: int, e: int, after: int,
    n: int, straight: bool,
) -> None:  # fmt: skip
    """Take c..e out from between ``before`` and ``after`` and put it behind n.

    Cities follow each other as before, c, e, after, n in one of the two directions. ``straight``
    leaves n-c..e, else n-e..c.
    """
    exchange(tour, place, before, c, n)
    exchange(tour, place, before, n, after)
    if straight:
        exchange(tour, place, n, e, c)


@njit(cache=True, nogil=True)
def improve(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, held_a: int, held_b: int
) -> float:
    """2-opt and Or-opt, in place, until no neighbour helps any city; what was saved.

    ``held_a`` and ``held_b`` are the ends of an edge that stays, or -1.
    """
    n = len(tour)
    place = np.empty(n, np.int64)
    for k in range(n):
        place[tour[k]] = k
    waiting, is_waiting = tour.copy(), np.ones(n, np.bool_)
    return settle(points, near, tour, place, waiting, is_waiting, n, (held_a, held_b))


@njit(cache=True, nogil=True)
def settle(
    points: np.ndarray, near: np.ndarray, tour: np.ndarray, place: np.ndarray,
    waiting: np.ndarray, is_waiting: np.ndarray, n_waiting: int, held: tuple[int, int],
) -> float:  # fmt: skip
    """Look at the cities that wait, and at those that moves wake, until none helps."""
    n = len(tour)
    touched = np.empty(6, np.int64)
    total, head = 0.0, 0
    if n < 5:
        return total
    while n_waiting:
        c = waiting[head]
        head = head + 1 if head + 1 < len(waiting) else 0
        n_waiting -= 1
        is_waiting[c] = False
        while True:
            touched[:] = c
            saved = _two_opt(points, near, tour, place, c, held, touched)
            if saved == 0.0:
                saved = _or_opt(points, near, tour, place, c, held, touched)
            if saved == 0.0:
                break
            total += saved
            for city in touched:
                if not is_waiting[city] and city != c:
                    is_waiting[city] = True
                    tail = head + n_waiting
                    waiting[tail if tail < len(waiting) else tail - len(waiting)] = city
                    n_waiting += 1
    return total
