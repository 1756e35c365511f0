"""Modularity of a partition, and the weights it is of."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse


def symmetric_weights(matrix: Any, *, binary: bool) -> Any:
    """Undirected weights without self-loops: sums of both directions, or ones."""
    both = sparse.csr_array(abs(matrix) + abs(matrix).T, dtype=np.float64)
    both.setdiag(0.0)
    both.eliminate_zeros()
    if binary:
        both.data[:] = 1.0
    return both


def modularity(weights: Any, label: np.ndarray, resolution: float = 1.0) -> float:
    """Newman & Girvan's Q of int labels on a symmetric graph; nan without edges."""
    strength = np.asarray(weights.sum(axis=1)).ravel()
    two_m = float(strength.sum())
    if two_m <= 0:
        return float("nan")
    coo = sparse.coo_array(weights)
    inside = coo.data[label[coo.coords[0]] == label[coo.coords[1]]].sum()
    total = np.bincount(label, strength)
    return float(inside / two_m - resolution * np.sum((total / two_m) ** 2))
