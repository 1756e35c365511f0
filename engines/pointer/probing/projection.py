"""States in the axes along which they vary most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Projection:
    """Principal axes of states."""

    mean: np.ndarray
    """float64[unit]."""
    axes: np.ndarray
    """float64[axis, unit], of length 1 and at right angles; the largest entry is positive."""
    shares: np.ndarray
    """float64[axis]: share of the variance of all units."""

    def __call__(self, states: np.ndarray) -> np.ndarray:
        """States[..., unit] as float64[..., axis]."""
        return (states - self.mean) @ self.axes.T


def principal_axes(states: np.ndarray, n_axes: int = 2) -> Projection:
    """The first axes of states[state, unit] (Pearson 1901), by the singular value decomposition.

    Shares are 0 where all states are one.
    """
    states = np.asarray(states, np.float64)
    mean = states.mean(axis=0)
    _, size, axes = np.linalg.svd(states - mean, full_matrices=False)
    whole = float((size**2).sum())
    shares = size**2 / whole if whole > 0 else np.zeros_like(size)
    side = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes = axes * np.where(side < 0, -1.0, 1.0)
    return Projection(mean, axes[:n_axes], shares[:n_axes])
