"""What single units do: tuning, sparsity, massive activations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ACTIVE_SHARE = 0.1
"""A unit counts as active above this share of its stimulus's largest magnitude."""
MASSIVE_SIZE, MASSIVE_RATIO = 100.0, 1000.0


@dataclass(frozen=True, eq=False)
class Tuning:
    """Units of one layer at one moment."""

    order: np.ndarray
    """int64[unit]: units by the stimulus that drives them most."""
    selectivity: np.ndarray
    """float64[unit]: lifetime sparseness, 0 (all alike) to 1 (one stimulus), Vinje and Gallant."""
    positive_share: float
    """Share of entries above 0."""
    active_share: float
    """Share of entries above a tenth of their stimulus's largest magnitude."""
    n_constant: int
    n_dead: int
    """Units that are 0 for every stimulus."""
    massive: tuple[int, ...]
    """Units with an entry above 100 that is 1000 times its stimulus's median, Sun et al. 2024."""
    largest_ratio: float


def tuning(activations: np.ndarray) -> Tuning:
    """Tuning of every unit; activations [stimulus, unit]."""
    x = np.asarray(activations, np.float64)
    size = np.abs(x)
    top = size.max(axis=1, keepdims=True)
    median = np.maximum(np.median(size, axis=1, keepdims=True), 1e-300)
    is_massive = (size > MASSIVE_SIZE) & (size > MASSIVE_RATIO * median)
    n = len(x)
    squares = (x**2).sum(axis=0)
    lifetime = x.sum(axis=0) ** 2 / np.where(squares > 0, n * squares, 1.0)
    selectivity = np.where(squares > 0, (1.0 - lifetime) / (1.0 - 1.0 / max(n, 2)), 0.0)
    return Tuning(
        np.lexsort((-x.max(axis=0), x.argmax(axis=0))),
        selectivity,
        float((x > 0).mean()),
        float((size > ACTIVE_SHARE * top).mean()),
        int((np.ptp(x, axis=0) == 0).sum()),
        int((size.max(axis=0) == 0).sum()),
        tuple(int(u) for u in np.flatnonzero(is_massive.any(axis=0))),
        float((top / median).max()) if median.min() > 1e-200 else float("inf"),
    )
