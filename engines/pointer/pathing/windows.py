"""Windows of a tour as a network reads them: in the unit square, with a role for each end."""

from __future__ import annotations

import numpy as np


def in_unit_square(points: np.ndarray) -> np.ndarray:
    """Moved and scaled, along x and y alike, until the longer side is one: [..., city, 2]."""
    low, high = points.min(axis=-2, keepdims=True), points.max(axis=-2, keepdims=True)
    side = (high - low).max(axis=-1, keepdims=True)
    return (points - (low + high) / 2) / np.maximum(side, 1e-300) + 0.5


def with_roles(points: np.ndarray) -> np.ndarray:
    """Which city is the first and which the last, as two more columns: [..., city, 4]."""
    roles = np.zeros((*points.shape[:-1], 2))
    roles[..., 0, 0] = roles[..., -1, 1] = 1.0
    return np.concatenate([points, roles], axis=-1)


def sizes(n: int, begins: np.ndarray) -> np.ndarray:
    """Cities of every window, both ends counted, of a tour of n cut at places int64[window]."""
    covered = np.roll(begins, -1)
    found = (covered - begins) % n + 1
    return np.full(1, n) if len(begins) == 1 else found
