"""Matrices that a recurrent network starts from: how many directions they use, and how strongly."""

from __future__ import annotations

import numpy as np

GAIN = 1.25
"""Deviation of a weight, times the root of the number of units (code of Liu et al. 2024)."""


def gaussian(rng: np.random.Generator, n: int, gain: float = GAIN) -> np.ndarray:
    """Independent weights float64[post, pre] of deviation gain / sqrt(n)."""
    return rng.normal(size=(n, n)) * (gain / np.sqrt(n))


def truncated(weight: np.ndarray, rank: int) -> np.ndarray:
    """The nearest matrix of this rank (Eckart & Young 1936), as large as the whole one was."""
    if rank >= len(weight):
        return weight.copy()
    left, size, right = np.linalg.svd(weight)
    return as_large((left[:, :rank] * size[:rank]) @ right[:rank], np.linalg.norm(weight))


def as_large(weight: np.ndarray, norm: float | np.floating) -> np.ndarray:
    """The same matrix with this Frobenius norm; a matrix of zeros stays one."""
    now = np.linalg.norm(weight)
    return weight * (norm / now) if now else weight.copy()
