"""Who rises and falls together, moment by moment: the differential graph of a recording.

After Dyballa et al. 2024 (arXiv 2402.14102), whose formula could not be read; this one is ours.
"""

from __future__ import annotations

import numpy as np

from engines.contract import InputError

SMOOTH, WINDOW = 2.0, 4.0
"""Steps: SD of the Gaussians over the derivative and over the affinity."""


def pairs(n_neurons: int) -> tuple[np.ndarray, np.ndarray]:
    """int64[pair] each: both ends of every unordered pair."""
    return np.triu_indices(n_neurons, 1)


def changes(traces: np.ndarray, smooth: float = SMOOTH) -> np.ndarray:
    """float64[..., step, neuron]: smoothed derivatives of SD 1; those of a silent neuron are 0."""
    from scipy.ndimage import gaussian_filter1d

    y = gaussian_filter1d(np.asarray(traces, np.float64), smooth, axis=-2, order=1, mode="nearest")
    deviation = y.std(axis=-2, keepdims=True)
    # The derivative of a constant is not 0 to the last bit.
    alive = deviation > 1e-9 * (np.abs(traces).max(axis=-2, keepdims=True) + 1e-300)
    return np.where(alive, y / np.where(alive, deviation, 1.0), 0.0)


def moments(n_steps: int, window: float = WINDOW) -> np.ndarray:
    """int64[moment]: the steps at which affinities are kept.

    A Gaussian of SD w leaves e^-4.9 of what is faster than two steps of w; nothing is lost between.
    """
    return np.arange(0, n_steps, max(1, int(window)))


def differential_graph(
    traces: np.ndarray, *, smooth: float = SMOOTH, window: float = WINDOW
) -> np.ndarray:
    """float64[moment, animal, pair]: a_ij(t) = y+_i y+_j + y-_i y-_j, smoothed in time.

    y are `changes`. Two that rise or fall together have affinity, two that part have none.

    Args:
        traces: float64[animal, step, neuron] at the same steps in every animal.
        smooth: SD in steps of the Gaussian whose derivative is taken.
        window: SD in steps of the Gaussian over affinities.

    Raises:
        InputError: not three axes, fewer than three neurons or 16 steps, or a value that is no
            number.
    """
    if np.ndim(traces) != 3 or traces.shape[1] < 16 or traces.shape[2] < 3:
        raise InputError(
            "motifs need traces of animal, step, neuron with at least 16 steps and 3 neurons, got "
            f"the shape {np.shape(traces)}"
        )
    if not np.isfinite(traces).all():
        raise InputError("traces hold values that are no numbers; mend them with recording() first")
    y = changes(traces, smooth)
    i, j = pairs(traces.shape[2])
    weight = _gaussian(traces.shape[1], window)
    # Signs agree in both terms and differ in none, so the two are the positive part of a product.
    each = [weight @ np.maximum(one[:, i] * one[:, j], 0.0) for one in y]
    return np.stack(each, axis=1)


def _gaussian(n_steps: int, window: float) -> np.ndarray:
    """float64[moment, step]: weights around each kept moment, of sum 1 at the ends too."""
    away = (np.arange(n_steps) - moments(n_steps, window)[:, None]) / window
    weight = np.exp(-0.5 * away**2)
    return weight / weight.sum(axis=1, keepdims=True)
