"""Convex hulls of batches of point sets by Andrew's monotone chain (1979)."""

from __future__ import annotations

import numpy as np
from numba import njit

_INSERTION_MAX = 64


@njit(cache=True, nogil=True)
def turn(points: np.ndarray, a: int, b: int, c: int) -> float:
    """Twice the signed area of the triangle a b c; positive when it turns left."""
    return (points[b, 0] - points[a, 0]) * (points[c, 1] - points[a, 1]) - (
        points[b, 1] - points[a, 1]
    ) * (points[c, 0] - points[a, 0])


@njit(cache=True, nogil=True)
def _below(points: np.ndarray, a: int, b: int) -> bool:
    if points[a, 1] != points[b, 1]:
        return points[a, 1] < points[b, 1]
    return points[a, 0] < points[b, 0]


@njit(cache=True, nogil=True)
def _upward(points: np.ndarray, order: np.ndarray) -> None:
    """Fill ``order`` with the indices from the lowest point up, equal heights left to right."""
    n = len(points)
    if n > _INSERTION_MAX:
        by_x = np.argsort(points[:, 0], kind="mergesort")
        order[:] = by_x[np.argsort(points[:, 1][by_x], kind="mergesort")]
        return
    for i in range(n):
        j = i
        while j > 0 and _below(points, i, order[j - 1]):
            order[j] = order[j - 1]
            j -= 1
        order[j] = i


@njit(cache=True, nogil=True)
def _clockwise_hull(points: np.ndarray, order: np.ndarray, hull: np.ndarray) -> int:
    """Strict vertices from the lowest point clockwise into ``hull``; how many there are."""
    n, size = len(order), 0
    for k in range(2 * n - 1):
        i = order[k] if k < n else order[2 * n - 2 - k]
        floor = 1 if k < n else hull[-1]
        while size > floor and turn(points, hull[size - 2], hull[size - 1], i) >= 0.0:
            size -= 1
        hull[size] = i
        size += 1
        if k == n - 1:
            hull[-1] = size
    return size - 1


@njit(cache=True, nogil=True)
def hulls(points: np.ndarray) -> np.ndarray:
    """Convex hulls, counter-clockwise from the lowest point (the leftmost of these).

    Args:
        points: float64[batch, point, 2], no two equal in one instance.

    Returns:
        int64[batch, point] of indices, padded with -1. Points on an edge are no vertices; a line
        gives its two ends.
    """
    n_instances, n, _ = points.shape
    found = np.full((n_instances, n), -1, np.int64)
    order, hull = np.empty(n, np.int64), np.empty(2 * n + 1, np.int64)
    for b in range(n_instances):
        _upward(points[b], order)
        size = _clockwise_hull(points[b], order, hull)
        found[b, 0] = hull[0]
        for k in range(1, size):
            found[b, k] = hull[size - k]
    return found


@njit(cache=True, nogil=True)
def _crosses(points: np.ndarray, a: int, b: int, c: int, d: int) -> bool:
    """Whether the segments a b and c d, which share no end, touch."""
    left, right = turn(points, a, b, c), turn(points, a, b, d)
    here, there = turn(points, c, d, a), turn(points, c, d, b)
    if ((left > 0) != (right > 0)) and ((here > 0) != (there > 0)):
        return True
    return (
        (left == 0 and _between(points, a, b, c))
        or (right == 0 and _between(points, a, b, d))
        or (here == 0 and _between(points, c, d, a))
        or (there == 0 and _between(points, c, d, b))
    )


@njit(cache=True, nogil=True)
def _between(points: np.ndarray, a: int, b: int, p: int) -> bool:
    """Whether p, on the line through a and b, lies between them."""
    return min(points[a, 0], points[b, 0]) <= points[p, 0] <= max(
        points[a, 0], points[b, 0]
    ) and min(points[a, 1], points[b, 1]) <= points[p, 1] <= max(points[a, 1], points[b, 1])


@njit(cache=True, nogil=True)
def is_simple(points: np.ndarray, polygon: np.ndarray) -> bool:
    """Whether a polygon of at least three distinct indices does not meet itself."""
    size = len(polygon)
    for i in range(size):
        a, b = polygon[i], polygon[(i + 1) % size]
        if turn(points, a, b, polygon[(i + 2) % size]) == 0.0 and not _straight_on(
            points, a, b, polygon[(i + 2) % size]
        ):
            return False
        for j in range(i + 2, size):
            if (j + 1) % size != i and _crosses(points, a, b, polygon[j], polygon[(j + 1) % size]):
                return False
    return True


@njit(cache=True, nogil=True)
def _straight_on(points: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether the way a b c, on one line, goes on and does not turn back."""
    return (points[b, 0] - points[a, 0]) * (points[c, 0] - points[b, 0]) + (
        points[b, 1] - points[a, 1]
    ) * (points[c, 1] - points[b, 1]) > 0.0


@njit(cache=True, nogil=True)
def closable(points: np.ndarray, chosen: np.ndarray, allowed: np.ndarray) -> None:
    """Mark the points after which a polygon can still be closed without meeting itself.

    Args:
        points: float64[batch, point, 2].
        chosen: int64[batch, step], the vertices so far, simple when closed; -1 ends a row.
        allowed: bool[batch, point + 1], filled in; the last column is stopping.
    """
    for b in range(len(points)):
        size = 0
        while size < chosen.shape[1] and chosen[b, size] >= 0:
            size += 1
        trial = np.empty(size + 1, np.int64)
        trial[:size] = chosen[b, :size]
        allowed[b, -1] = size >= 3
        for i in range(points.shape[1]):
            trial[size] = i
            allowed[b, i] = _may_follow(points[b], trial)


@njit(cache=True, nogil=True)
def _may_follow(points: np.ndarray, trial: np.ndarray) -> bool:
    size, last = len(trial) - 1, trial[-1]
    for k in range(size):
        if trial[k] == last:
            return False
    if size < 2:
        return True
    if size == 2:
        return turn(points, trial[0], trial[1], last) != 0.0
    return is_simple(points, trial)
