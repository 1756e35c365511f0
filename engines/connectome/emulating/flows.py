"""A chaotic flow to be learnt from samples: Lorenz 1963."""

from __future__ import annotations

import numpy as np

SIGMA, RHO, BETA = 10.0, 28.0, 8.0 / 3.0
DT = 0.02
"""Between two samples."""
_PARTS = 4
"""Steps of Runge and Kutta between two samples."""
_SETTLED = 1_000
"""Samples until a run has come to the attractor."""
MEAN = np.array([0.0, 0.0, 23.55])
SPREAD = np.array([7.92, 9.01, 8.62])
"""Of the attractor, to two figures behind the point: samples are told in these units."""


def slope(state: np.ndarray) -> np.ndarray:
    """Time derivative float64[..., 3]."""
    x, y, z = np.moveaxis(state, -1, 0)
    return np.stack([SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z], axis=-1)


def stepped(state: np.ndarray, dt: float = DT) -> np.ndarray:
    """Where float64[..., 3] is after ``dt``, by the classical method of fourth order."""
    h = dt / _PARTS
    for _ in range(_PARTS):
        a = slope(state)
        b = slope(state + h / 2 * a)
        c = slope(state + h / 2 * b)
        d = slope(state + h * c)
        state = state + h / 6 * (a + 2 * b + 2 * c + d)
    return state


def lorenz(rng: np.random.Generator, n_runs: int, n_steps: int) -> np.ndarray:
    """float64[run, step, 3] on the attractor, in units of its mean and deviation."""
    state = MEAN + SPREAD * rng.standard_normal((n_runs, 3))
    made = np.empty((n_steps, n_runs, 3))
    for step in range(-_SETTLED, n_steps):
        state = stepped(state)
        if step >= 0:
            made[step] = state
    return ((made - MEAN) / SPREAD).transpose(1, 0, 2)
