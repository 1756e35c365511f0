"""Recordings shifted in a circle: every trace stays as it is, who moves with whom is lost."""

from __future__ import annotations

import numpy as np


def shifted(traces: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float64[..., step, neuron]: each trace turned by its own random number of steps.

    Keeps every neuron's values and autocorrelation (but where the ends meet).
    """
    *ahead, n_steps, n = traces.shape
    turn = rng.integers(1, n_steps, (*ahead, 1, n)) if n_steps > 1 else np.zeros((1, n), int)
    place = (np.arange(n_steps)[:, None] + turn) % n_steps
    return np.take_along_axis(traces, place, axis=-2)
