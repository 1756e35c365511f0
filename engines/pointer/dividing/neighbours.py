"""Nearest neighbours in the plane, which are nearly all that a good tour needs."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

N_NEAR = 10
"""Neighbours that moves are tried with."""


def neighbour_lists(points: np.ndarray, n_near: int = N_NEAR) -> np.ndarray:
    """The nearest other cities, nearest first: int32[city, neighbour] of float64[city, 2].

    Fewer than ``n_near`` where there are not so many. A city is never its own neighbour, also
    where many lie on one place.
    """
    n = len(points)
    wanted = min(n_near, n - 1)
    if wanted < 1:
        return np.zeros((n, 0), np.int32)
    _distance, near = KDTree(points).query(points, wanted + 1)
    near = near.reshape(n, wanted + 1)
    own = near == np.arange(n)[:, None]
    # Where more cities than that lie on one place, a city need not be found among its own nearest.
    own[~own.any(axis=1), -1] = True
    return np.ascontiguousarray(near[~own].reshape(n, wanted), np.int32)


def candidate_edges(points: np.ndarray, near: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every edge to a neighbour once: int64[edge, 2] with the lower city first, and its length."""
    n, n_near = near.shape
    ends = np.stack([np.repeat(np.arange(n), n_near), near.ravel().astype(np.int64)], axis=1)
    ends.sort(axis=1)
    ends = np.unique(ends, axis=0)
    return ends, np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)
