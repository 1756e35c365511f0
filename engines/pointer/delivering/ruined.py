"""Windows of a map of customers: taken out together and put back where they cost least.

Ruin and recreate (Schrimpf et al. 2000), after the large neighbourhoods of Shaw (1998): what is
taken out lies around one customer, and goes back to its old place unless the new is no longer.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.delivering.ground import Ground, apart, cost_of
from engines.pointer.delivering.linked import Linked, insert, linked, remove, visits_from_linked
from engines.pointer.delivering.starts import fits
from engines.pointer.kernels.chance import chance_of, drawn_below

_EPS = 1e-9
_TRIED = 30
"""Neighbours beside which a customer may come back."""


@njit(cache=True, nogil=True)
def ruined(
    ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float, visits: np.ndarray,
    window: int, n_windows: int, seed: int,
) -> np.ndarray:  # fmt: skip
    """Visits int64[stop] after ``n_windows`` windows of at most ``window`` customers."""
    n = len(demand) - 1
    window = min(window, near.shape[1] + 1)
    draw = chance_of(seed)
    routes = linked(visits, demand, window)
    taken, before = np.empty(window, np.int64), np.empty(window, np.int64)
    is_out = np.zeros(n + 1, np.bool_)
    for _ in range(n_windows):
        draw, middle = drawn_below(draw, n)
        draw, more = drawn_below(draw, window)
        size = 1 + more
        freed = _taken_out(ground, near, demand, routes, 1 + middle, taken[:size], before)
        draw, order = _order_back(demand, taken[:size], draw)
        added = _put_back(ground, near, demand, capacity, routes, order, is_out)
        if added >= freed + _EPS:
            _undone(demand, routes, taken[:size], before, is_out)
    found = visits_from_linked(routes, n)
    return found if cost_of(ground, found) < cost_of(ground, visits) else visits.copy()


@njit(cache=True, nogil=True)
def _taken_out(
    ground: Ground, near: np.ndarray, demand: np.ndarray, routes: Linked, middle: int,
    taken: np.ndarray, before: np.ndarray,
) -> float:  # fmt: skip
    """Take ``middle`` and the customers nearest to it out; what that saves.

    ``before`` remembers behind whom each stood when it went.
    """
    onward, back, route, load = routes
    freed = 0.0
    for k in range(len(taken)):
        c = middle if k == 0 else near[middle, k - 1]
        p, q = back[c], onward[c]
        freed += apart(ground, p, c) + apart(ground, c, q) - apart(ground, p, q)
        remove(onward, back, c)
        load[route[c]] -= demand[c]
        taken[k], before[k] = c, p
    return freed


@njit(cache=True, nogil=True)
def _order_back(
    demand: np.ndarray, taken: np.ndarray, draw: np.uint64
) -> tuple[np.uint64, np.ndarray]:
    """In any order, or those first who fit in few places; the next state of chance before it."""
    order = taken.copy()
    for k in range(len(order) - 1, 0, -1):
        draw, other = drawn_below(draw, k + 1)
        order[k], order[other] = order[other], order[k]
    draw, first_come = drawn_below(draw, 2)
    if not first_come:
        order = order[np.argsort(-demand[order], kind="mergesort")]
    return draw, order


@njit(cache=True, nogil=True)
def _put_back(
    ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float, routes: Linked,
    order: np.ndarray, is_out: np.ndarray,
) -> float:  # fmt: skip
    """Put each back where it costs least; the cost, endless where one has no place left."""
    onward, back, route, load = routes
    added = 0.0
    for c in order:
        is_out[c] = True
    for c in order:
        before, least = _cheapest_place(ground, near, demand, capacity, routes, c, is_out)
        if before < 0:
            return np.inf
        insert(onward, back, c, before)
        route[c] = route[before]
        load[route[c]] += demand[c]
        is_out[c] = False
        added += least
    return added


@njit(cache=True, nogil=True)
def _cheapest_place(
    ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float, routes: Linked,
    c: int, is_out: np.ndarray,
) -> tuple[int, float]:  # fmt: skip
    """Behind whom ``c`` costs least, beside a neighbour or in an empty route, and what."""
    onward, back, route, load = routes
    n, least = len(demand) - 1, np.inf
    before = -1
    for r in range(len(load) - 1, -1, -1):
        if onward[n + 1 + r] > n:
            before, least = n + 1 + r, 2 * apart(ground, 0, c)
            break
    for m in near[c][:_TRIED]:
        if is_out[m] or not fits(load[route[m]] + demand[c], capacity):
            continue
        for side in range(2):
            p = int(m if side else back[m])
            q = int(onward[p])
            more = apart(ground, p, c) + apart(ground, c, q) - apart(ground, p, q)
            if more < least:
                before, least = p, more
    return before, least


@njit(cache=True, nogil=True)
def _undone(
    demand: np.ndarray, routes: Linked, taken: np.ndarray, before: np.ndarray, is_out: np.ndarray
) -> None:
    """Everybody back behind whom he stood, the last that went out first."""
    onward, back, route, load = routes
    for c in taken:
        if not is_out[c]:
            remove(onward, back, c)
            load[route[c]] -= demand[c]
        is_out[c] = False
    for k in range(len(taken) - 1, -1, -1):
        c = taken[k]
        insert(onward, back, c, before[k])
        route[c] = route[before[k]]
        load[route[c]] += demand[c]
