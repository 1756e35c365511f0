"""Burgers' equation on a circle, solved in closed form: u_t + u u_x = viscosity u_xx, period 1.

Hopf 1950 and Cole 1951: u = -2 viscosity p_x / p turns it into the heat equation for p, which waves
solve one by one. Fields have mean 0, so p is as periodic as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_WAVES = 6
FINE = 1_024
"""Points on which fields are solved; coarser grids are every n-th of them."""


@dataclass(frozen=True, eq=False)
class Fields:
    """Fields at the start and at the end, float64[field, point], on the fine grid."""

    start: np.ndarray
    end: np.ndarray

    def on(self, n_points: int) -> tuple[np.ndarray, np.ndarray]:
        """float32[field, point] each, every n-th point."""
        every = self.start.shape[1] // n_points
        return tuple(v[:, ::every].astype(np.float32) for v in (self.start, self.end))  # type: ignore[return-value]


def fields(n: int, viscosity: float, time: float, rng: np.random.Generator) -> Fields:
    """Random starts of six waves, the k-th of size 1 / k, and what becomes of them."""
    cosines, sines = rng.standard_normal((2, n, N_WAVES)) / np.arange(1, N_WAVES + 1)
    return Fields(waves(cosines, sines), solved(cosines, sines, viscosity, time))


def waves(cosines: np.ndarray, sines: np.ndarray, n_points: int = FINE) -> np.ndarray:
    """float64[field, point]: sums of waves 1, 2, ... with these sizes [field, wave]."""
    angle = _angles(cosines.shape[1], n_points)
    return cosines @ np.cos(angle) + sines @ np.sin(angle)


def solved(
    cosines: np.ndarray, sines: np.ndarray, viscosity: float, time: float, n_points: int = FINE
) -> np.ndarray:
    """float64[field, point]: what these waves have become at a time."""
    n_waves = cosines.shape[1]
    angle, rate = _angles(n_waves, n_points), 2.0 * np.pi * np.arange(1, n_waves + 1)
    integral = (cosines / rate) @ np.sin(angle) - (sines / rate) @ np.cos(angle)
    height = -integral / (2.0 * viscosity)
    # Any multiple of p gives the same u; the largest is 1, so that nothing overflows.
    p = np.exp(height - height.max(axis=1, keepdims=True))
    wave = 2.0 * np.pi * np.fft.rfftfreq(n_points, 1.0 / n_points)
    heat = np.fft.rfft(p) * np.exp(-viscosity * wave**2 * time)
    slope = np.fft.irfft(1j * wave * heat, n_points)
    return -2.0 * viscosity * slope / np.fft.irfft(heat, n_points)


def _angles(n_waves: int, n_points: int) -> np.ndarray:
    """float64[wave, point]."""
    place = np.arange(n_points) / n_points
    return 2.0 * np.pi * np.outer(np.arange(1, n_waves + 1), place)
