"""What a set of networks is worth: the area that it leaves behind (hypervolume, two goals)."""

from __future__ import annotations

import numpy as np


def ahead(points: np.ndarray) -> np.ndarray:
    """Places of points float[point, 2] that nobody beats in both, by the first goal.

    >>> ahead(np.array([[1.0, 3.0], [2.0, 1.0], [3.0, 2.0], [1.0, 4.0]])).tolist()
    [0, 1]
    """
    order = np.lexsort((points[:, 1], points[:, 0]))
    second = points[order, 1]
    before = np.r_[np.inf, np.minimum.accumulate(second)[:-1]]
    return order[second < before]


def area(points: np.ndarray) -> float:
    """Share of the unit square that points float[point, 2] leave behind; small is good.

    Zitzler and Thiele 1999, hypervolume with (1, 1) as its reference.

    >>> area(np.array([[0.5, 0.25], [0.25, 0.5]]))
    0.5
    """
    front = np.minimum(points[ahead(points)], 1.0)
    right = np.r_[front[1:, 0], 1.0]
    return float(((right - front[:, 0]) * (1.0 - front[:, 1])).sum())


def peeled(points: np.ndarray, n: int) -> np.ndarray:
    """Places of n points: those nobody beats, then those beaten by these alone, and so on."""
    left, found = np.arange(len(points)), np.zeros(0, int)
    while len(found) < n and len(left):
        front = ahead(points[left])
        found = np.r_[found, left[front]]
        left = np.delete(left, front)
    return found[:n]
