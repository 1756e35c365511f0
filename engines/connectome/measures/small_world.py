"""Small-worldness: clustering and paths held against nulls and a lattice."""

from __future__ import annotations

import numpy as np


def small_world(
    real: np.ndarray, nulls: np.ndarray, lattice_clustering: float, clustering: float | None = None
) -> dict[str, float]:
    """Sigma (Humphries & Gurney 2008) and omega (Telesford et al. 2011) from rows of numbers.

    ``clustering`` is the wiring's as the lattice's is computed, where it is not ``real``'s.
    """
    mean = nulls.mean(axis=0)
    mine = real[1] if clustering is None else clustering
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = (real[1] / mean[1]) / (real[3] / mean[3])
        omega = mean[3] / real[3] - np.float64(mine) / lattice_clustering
    return {"sigma": float(sigma), "omega": float(omega)}
