"""Moves between routes: relocate, swap, and 2-opt* (Potvin & Rousseau 1995), until none helps."""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.delivering.ground import Ground, apart
from engines.pointer.delivering.linked import Linked, insert, linked, remove, visits_from_linked
from engines.pointer.delivering.starts import fits

_EPS = 1e-9
_LONGEST = 3
"""Customers of a stretch that is relocated, as in Or-opt."""
_PASSES_MAX, _MOVES_MAX = 200, 50
N_TRIED = 20
"""Neighbours that moves are tried with."""


@njit(cache=True, nogil=True)
def moved_between(
    ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float, visits: np.ndarray
) -> np.ndarray:
    """Visits int64[stop] after every customer was looked at until no move shortens the routes."""
    n = len(demand) - 1
    routes = linked(visits, demand, 0)
    # Every move shortens, so it ends long before; a rule that is broken must end too.
    for _ in range(_PASSES_MAX):
        better = False
        for c in range(1, n + 1):
            n_moves = 0
            while n_moves < _MOVES_MAX and _move_of(ground, near, demand, capacity, routes, c):
                n_moves += 1
            better |= n_moves > 0
        if not better:
            break
    return visits_from_linked(routes, n)


@njit(cache=True, nogil=True)
def _move_of(
    ground: Ground, near: np.ndarray, demand: np.ndarray, capacity: float, routes: Linked, c: int
) -> bool:
    """Make the first move that brings ``c`` beside a neighbour and shortens; whether one was."""
    for m in near[c][:N_TRIED]:
        if (
            _relocated(ground, demand, capacity, routes, c, m)
            or _swapped(ground, demand, capacity, routes, c, m)
            or _crossed(ground, demand, capacity, routes, c, m)
        ):
            return True
    return False


@njit(cache=True, nogil=True)
def _relocated(
    ground: Ground, demand: np.ndarray, capacity: float, routes: Linked, c: int, m: int
) -> bool:
    """Put the stretch that begins or ends at ``c`` beside ``m``, where ``c`` touches ``m``."""
    onward, back, route, load = routes
    n = len(demand) - 1
    for forward in range(2):
        ahead, behind = (onward, back) if forward else (back, onward)
        e, carried = c, 0.0
        for size in range(_LONGEST):
            if size:
                e = ahead[e]
            if e > n or e == m:
                break
            carried += demand[e]
            if route[m] != route[c] and not fits(load[route[m]] + carried, capacity):
                break
            before, after = behind[c], ahead[e]
            freed = apart(ground, before, c) + apart(ground, e, after)
            freed -= apart(ground, before, after)
            if freed <= _EPS:
                continue
            for side in range(2):
                t = onward[m] if side else back[m]
                if _is_inside(ahead, t, c, size):
                    continue
                added = apart(ground, m, c) + apart(ground, e, t) - apart(ground, m, t)
                if added < freed - _EPS:
                    _carry(routes, demand, c, size, forward == 1, m, side == 1)
                    return True
    return False


@njit(cache=True, nogil=True)
def _is_inside(ahead: np.ndarray, t: int, c: int, size: int) -> bool:
    """Whether ``t`` is one of the stretch."""
    for _ in range(size + 1):
        if t == c:
            return True
        c = ahead[c]
    return False


@njit(cache=True, nogil=True)
def _carry(
    routes: Linked, demand: np.ndarray, c: int, size: int, forward: bool, m: int, behind_m: bool
) -> None:
    """Move ``size`` + 1 customers from ``c`` on beside ``m``, ``c`` first."""
    onward, back, route, load = routes
    at = m
    for _ in range(size + 1):
        following = onward[c] if forward else back[c]
        remove(onward, back, c)
        load[route[c]] -= demand[c]
        insert(onward, back, c, at if behind_m else back[at])
        route[c] = route[m]
        load[route[m]] += demand[c]
        at, c = c, following


@njit(cache=True, nogil=True)
def _swapped(
    ground: Ground, demand: np.ndarray, capacity: float, routes: Linked, c: int, m: int
) -> bool:
    """``c`` and the customer beside ``m``, of another route, change places."""
    onward, back, route, load = routes
    n, a = len(demand) - 1, route[c]
    b = route[m]
    if a == b:
        return False
    for side in range(2):
        t = int(onward[m] if side else back[m])
        more = demand[c] - demand[t] if t <= n else 0.0
        if t > n or not fits(load[b] + more, capacity) or not fits(load[a] - more, capacity):
            continue
        p, q, u, v = back[c], onward[c], back[t], onward[t]
        saved = apart(ground, p, c) + apart(ground, c, q) + apart(ground, u, t)
        saved += apart(ground, t, v) - apart(ground, p, t) - apart(ground, t, q)
        saved -= apart(ground, u, c) + apart(ground, c, v)
        if saved > _EPS:
            remove(onward, back, c)
            remove(onward, back, t)
            insert(onward, back, t, p)
            insert(onward, back, c, u)
            route[c], route[t] = b, a
            load[a] -= more
            load[b] += more
            return True
    return False


@njit(cache=True, nogil=True)
def _crossed(
    ground: Ground, demand: np.ndarray, capacity: float, routes: Linked, c: int, m: int
) -> bool:
    """2-opt*: the routes of ``m`` and ``c`` change their ends, so that ``c`` follows ``m``."""
    onward, back, route, load = routes
    a, b = route[m], route[c]
    if a == b:
        return False
    p, q = back[c], onward[m]
    saved = apart(ground, p, c) + apart(ground, m, q) - apart(ground, m, c) - apart(ground, p, q)
    if saved <= _EPS:
        return False
    n = len(demand) - 1
    head_a, head_b = _loaded_to(back, demand, m, n), _loaded_to(back, demand, p, n)
    new_a, new_b = head_a + load[b] - head_b, head_b + load[a] - head_a
    if not fits(new_a, capacity) or not fits(new_b, capacity):
        return False
    _change_ends(routes, (m, q), (p, c), n)
    load[a], load[b] = new_a, new_b
    return True


@njit(cache=True, nogil=True)
def _loaded_to(back: np.ndarray, demand: np.ndarray, c: int, n: int) -> float:
    """Load of a route up to ``c``; nothing at its depot."""
    carried = 0.0
    while c <= n:
        carried += demand[c]
        c = back[c]
    return carried


@njit(cache=True, nogil=True)
def _change_ends(routes: Linked, one: tuple[int, int], other: tuple[int, int], n: int) -> None:
    """Edges m-q and p-c become m-c and p-q; each end comes home to the depot it now belongs to."""
    onward, back, route, _load = routes
    (m, q), (p, c) = one, other
    a, b = route[m], route[c]
    depot_a, depot_b = n + 1 + a, n + 1 + b
    last_a, last_b = back[depot_a], back[depot_b]
    onward[m], back[c] = c, m
    onward[last_b], back[depot_a] = depot_a, last_b
    if q > n:  # nothing comes over
        onward[p], back[depot_b] = depot_b, p
    else:
        onward[p], back[q] = q, p
        onward[last_a], back[depot_b] = depot_b, last_a
    here = c
    while here <= n:
        route[here] = a
        here = onward[here]
    here = q
    while here <= n:
        route[here] = b
        here = onward[here]
