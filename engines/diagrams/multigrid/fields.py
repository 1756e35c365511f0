"""Right sides of Poisson's equation and their solutions, wave by wave in closed form."""

from __future__ import annotations

import numpy as np

from engines.diagrams.multigrid.asked import N_INTERVALS


def fields(
    rng: np.random.Generator, n: int, band: tuple[int, int], *, periodic: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Right sides f and solutions u of -Δu = f by five points, float64[field, row, column] each.

    Waves of a band have Gaussian weights; every pair is scaled so that u has a root mean square of
    1.

    Args:
        rng: where weights come from.
        n: how many.
        band: least and largest number of waves, in rows or columns whichever is more.
        periodic: waves around a torus, else sines that are 0 at the edge.
    """
    x, number, bend = _waves(periodic=periodic)
    most = np.maximum(number[:, None], number)
    there = (band[0] <= most) & (most <= band[1])
    weights = rng.standard_normal((n, *there.shape)) * there
    size = bend[:, None] + bend
    u_weights = np.where(there, weights / np.where(there, size, 1.0), 0.0)
    f, u = (x @ each @ x.T for each in (weights, u_weights))
    scale = np.sqrt((u**2).mean(axis=(1, 2), keepdims=True))
    return f / scale, u / scale


def _waves(*, periodic: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Waves [point, wave], how many turns or halves each has, and what -d²/dx² makes of it."""
    h = 1.0 / N_INTERVALS
    if not periodic:
        number = np.arange(1, N_INTERVALS)
        points = h * np.arange(1, N_INTERVALS)
        return (np.sin(np.pi * np.outer(points, number)), number,
                4.0 / h**2 * np.sin(np.pi * number * h / 2.0) ** 2)  # fmt: skip
    turns = np.arange(1, N_INTERVALS // 2)
    angle = 2.0 * np.pi * np.outer(h * np.arange(N_INTERVALS), turns)
    number = np.r_[0, turns, turns]
    both = np.concatenate([np.ones((N_INTERVALS, 1)), np.cos(angle), np.sin(angle)], axis=1)
    return both, number, 4.0 / h**2 * np.sin(np.pi * number * h) ** 2
