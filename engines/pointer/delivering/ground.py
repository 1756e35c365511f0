"""Distances between a depot and its customers, computed where they are asked for.

Node 0 is the depot, customers count from 1. Every route has a depot of its own while it is
improved, numbered above the customers, so that it is a circle like any other tour.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.spatial import KDTree

from engines.pointer.instances.vrplib import CvrpInstance

Ground = tuple[np.ndarray, np.ndarray, int]
"""Points float64[node, 2], distances float64[node, node] or none, and how it is measured."""

PLANE, ROUNDED, ROUNDED_UP, PSEUDO, GIVEN = range(5)
_KINDS = {"plane": PLANE, "EUC_2D": ROUNDED, "CEIL_2D": ROUNDED_UP, "ATT": PSEUDO}
N_NEAR = 100
"""Customers among whose pairs savings are looked for."""


def ground_of(instance: CvrpInstance) -> Ground:
    """How distances of an instance are measured."""
    points = np.ascontiguousarray(instance.points, np.float64)
    if instance.matrix is not None:
        return points, np.ascontiguousarray(instance.matrix, np.float64), GIVEN
    return points, np.zeros((0, 0)), _KINDS[instance.metric]


@njit(cache=True, nogil=True)
def apart(ground: Ground, a: int, b: int) -> float:
    """Distance of two nodes; what lies above the customers is a depot."""
    points, between, kind = ground
    n = len(points)
    if a >= n:
        a = 0
    if b >= n:
        b = 0
    if kind == GIVEN:
        return float(between[a, b])
    dx, dy = points[a, 0] - points[b, 0], points[a, 1] - points[b, 1]
    straight = np.sqrt(dx * dx + dy * dy)
    if kind == ROUNDED:
        return float(np.floor(straight + 0.5))
    if kind == ROUNDED_UP:
        return float(np.ceil(straight))
    if kind == PSEUDO:
        # Reinelt's formula: rounded, and up where rounding made it shorter.
        shrunk = straight / np.sqrt(10.0)
        rounded = np.floor(shrunk + 0.5)
        return float(rounded + 1.0 if rounded < shrunk else rounded)
    return float(straight)


def near_customers(instance: CvrpInstance, n_near: int = N_NEAR) -> np.ndarray:
    """The nearest other customers, nearest first: int32[customer, neighbour], from 1.

    Row 0, the depot's, is empty of meaning: zeros.
    """
    n = len(instance.points) - 1
    wanted = min(n_near, n - 1)
    found = np.zeros((n + 1, max(wanted, 0)), np.int32)
    if wanted < 1:
        return found
    if instance.matrix is None:
        _distance, near = KDTree(instance.points[1:]).query(instance.points[1:], wanted + 1)
        near = near.reshape(n, wanted + 1)
    else:
        inner = instance.matrix[1:, 1:].copy()
        np.fill_diagonal(inner, -1.0)
        near = np.argsort(inner, axis=1, kind="stable")[:, : wanted + 1]
    own = near == np.arange(n)[:, None]
    # Where more customers than that lie on one place, one need not be among its own nearest.
    own[~own.any(axis=1), -1] = True
    found[1:] = near[~own].reshape(n, wanted) + 1
    return found


@njit(cache=True, nogil=True)
def cost_of(ground: Ground, visits: np.ndarray) -> float:
    """Length of all routes of visits int64[stop], in which 0 is the depot."""
    total = 0.0
    for k in range(1, len(visits)):
        total += apart(ground, visits[k - 1], visits[k])
    return total
