"""Where a large tour begins: at random, along a curve, or by greed.

Greedy edge is the multi-fragment heuristic of Bentley (1992): the shortest edge that leaves every
city with at most two and closes no circle, again and again.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.spatial import KDTree

from engines.pointer.dividing.neighbours import candidate_edges

_BITS = 16
"""Of each coordinate, along the curve of Hilbert."""
_ENDS_NEAR = 8


def random_order(n: int, seed: int) -> np.ndarray:
    """Cities in any order: the division that knows nothing."""
    return np.random.Generator(np.random.Philox(seed)).permutation(n)


def space_filling(points: np.ndarray) -> np.ndarray:
    """Cities along Hilbert's curve through their square (Platzman & Bartholdi 1989)."""
    low, extent = points.min(axis=0), float(np.ptp(points, axis=0).max()) or 1.0
    x, y = ((points - low) / extent * (2**_BITS - 1)).astype(np.int64).T
    place = np.zeros(len(points), np.int64)
    for bit in range(_BITS - 1, -1, -1):
        right, up = x >> bit & 1, y >> bit & 1
        place = place << 2 | (3 * right ^ up)
        # Each quarter is the curve again, turned so that its ends meet.
        turned, mirrored = up == 0, (up == 0) & (right == 1)
        side = (1 << bit) - 1
        x, y = x & side, y & side
        x, y = np.where(mirrored, side - x, x), np.where(mirrored, side - y, y)
        x, y = np.where(turned, y, x), np.where(turned, x, y)
    return np.argsort(place, kind="stable")


@njit(cache=True, nogil=True)
def nearest_neighbour(points: np.ndarray, near: np.ndarray, start: int) -> np.ndarray:
    """From ``start`` always to the nearest city that is left: int64[city]."""
    n = len(points)
    tour, left, place = np.empty(n, np.int64), np.arange(n), np.arange(n)
    here = start
    for k in range(n):
        tour[k] = here
        last = left[n - 1 - k]
        left[place[here]], place[last] = last, place[here]
        place[here] = -1
        nearest = -1
        for j in near[here]:
            if place[j] >= 0:
                nearest = j
                break
        if nearest < 0:
            nearest = _nearest_of(points, here, left[: n - 1 - k])
        here = nearest
    return tour


@njit(cache=True, nogil=True)
def _nearest_of(points: np.ndarray, here: int, left: np.ndarray) -> int:
    nearest, least = -1, np.inf
    for j in left:
        dx, dy = points[j, 0] - points[here, 0], points[j, 1] - points[here, 1]
        if dx * dx + dy * dy < least:
            nearest, least = j, dx * dx + dy * dy
    return nearest


def greedy_edge(points: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Shortest edges first: int64[city]."""
    ends, length = candidate_edges(points, near)
    return edges_in_order(points, ends[np.argsort(length, kind="stable")])


def edges_in_order(points: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The tour that takes edges int64[edge, 2] in this order where they fit: int64[city].

    Fragments that are left are joined by the shortest edges between their ends.
    """
    n = len(points)
    links, parent = np.full((n, 2), -1, np.int64), np.arange(n)
    n_joined = _joined(ends, links, parent)
    while n_joined < n - 1:
        (free,) = np.nonzero(links[:, 1] < 0)
        n_joined += _joined(_between_ends(points, free, parent), links, parent)
    return _walked(links)


def _between_ends(points: np.ndarray, free: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Edges between free ends of different fragments, shortest first."""
    root = np.array([_root(parent, city) for city in free])
    n_near = min(_ENDS_NEAR, len(free))
    distance, near = KDTree(points[free]).query(points[free], n_near)
    own = np.repeat(np.arange(len(free)), n_near)
    other = near.ravel()
    apart = root[own] != root[other]
    if not apart.any():  # many cities on one place: their nearest are all of their own fragment
        first = np.unique(root, return_index=True)[1]
        return np.stack([free[first[:-1]], free[first[1:]]], axis=1)
    order = np.argsort(distance.ravel()[apart], kind="stable")
    return np.stack([free[own[apart][order]], free[other[apart][order]]], axis=1)


@njit(cache=True, nogil=True)
def _root(parent: np.ndarray, city: int) -> int:
    while parent[city] != city:
        parent[city] = parent[parent[city]]
        city = parent[city]
    return city


@njit(cache=True, nogil=True)
def _joined(ends: np.ndarray, links: np.ndarray, parent: np.ndarray) -> int:
    """Take the edges that fit, in place; how many were taken."""
    n_taken = 0
    for k in range(len(ends)):
        a, b = ends[k]
        if links[a, 1] >= 0 or links[b, 1] >= 0:
            continue
        one, other = _root(parent, a), _root(parent, b)
        if one == other:
            continue
        parent[one] = other
        links[a, 1 if links[a, 0] >= 0 else 0] = b
        links[b, 1 if links[b, 0] >= 0 else 0] = a
        n_taken += 1
    return n_taken


@njit(cache=True, nogil=True)
def _walked(links: np.ndarray) -> np.ndarray:
    """The cities of one path, from one of its ends."""
    n, here, before = len(links), 0, -1
    for city in range(n):
        if links[city, 1] < 0:
            here = city
            break
    tour = np.empty(n, np.int64)
    for k in range(n):
        tour[k] = here
        onward = links[here, 0] if links[here, 0] != before else links[here, 1]
        before, here = here, onward
    return tour
