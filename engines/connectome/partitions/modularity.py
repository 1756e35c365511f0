"""Modularity of a partition, and the weights it is of."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy import sparse

from engines.connectome.partitions.signed import is_signed, signed_contributions, signed_modularity
from engines.contract import InputError

Sign = Literal["signed modularity", "absolute", "left out", "refused"]


def symmetric_weights(matrix: Any, *, binary: bool, sign: Sign = "absolute") -> Any:
    """Undirected weights without self-loops: sums of both directions, or ones.

    ``sign`` says what becomes of negative weights: kept, their size, dropped, refused.

    Raises:
        InputError: there are negative weights and they are refused.
    """
    rows = sparse.csr_array(matrix, dtype=np.float64)
    if sign == "refused" and is_signed(rows):
        n_negative = int(np.count_nonzero(rows.data < 0))
        raise InputError(
            f"{n_negative:,} weights are negative; set Negative weights to signed modularity, "
            "absolute or left out"
        )
    if sign == "absolute":
        rows = abs(rows)
    if sign == "left out":
        rows = rows.maximum(0.0)
    both = sparse.csr_array(rows + rows.T)
    both.setdiag(0.0)
    both.eliminate_zeros()
    if binary:
        both.data = np.sign(both.data)
    return both


def modularity(weights: Any, label: np.ndarray, resolution: float = 1.0) -> float:
    """Newman & Girvan's Q of int labels on a symmetric graph; nan without edges.

    With negative weights it is Rubinov & Sporns' Q*.
    """
    if is_signed(weights):
        return signed_modularity(weights, label, resolution)
    strength = np.asarray(weights.sum(axis=1)).ravel()
    two_m = float(strength.sum())
    if two_m <= 0:
        return float("nan")
    coo = sparse.coo_array(weights)
    inside = coo.data[label[coo.coords[0]] == label[coo.coords[1]]].sum()
    total = np.bincount(label, strength)
    return float(inside / two_m - resolution * np.sum((total / two_m) ** 2))


def contributions(weights: Any, label: np.ndarray, resolution: float = 1.0) -> np.ndarray:
    """float64[community]: what each adds to the modularity of int labels that count from 0."""
    if is_signed(weights):
        return signed_contributions(weights, label, resolution)
    strength = np.asarray(weights.sum(axis=1)).ravel()
    two_m, n = float(strength.sum()), int(label.max(initial=-1)) + 1
    if two_m <= 0:
        return np.full(n, np.nan)
    coo = sparse.coo_array(weights)
    mine, other = label[coo.coords[0]], label[coo.coords[1]]
    inside = np.bincount(mine, coo.data * (mine == other), n)
    return inside / two_m - resolution * (np.bincount(label, strength, n) / two_m) ** 2
