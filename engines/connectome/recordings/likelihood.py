"""Compiled sums over counts whose rate is sigmoid(drive), in every state at once."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part


@part
def _rate(drive: float) -> tuple[float, float]:
    """Rate and its logarithm, exact far from 0 too."""
    small = np.exp(-np.abs(drive))
    log_rate = min(drive, 0.0) - np.log1p(small)
    return (1.0 if drive > 0.0 else small) / (1.0 + small), log_rate


@kernel
def emitted(drive: np.ndarray, counts: np.ndarray, total: np.ndarray) -> None:
    """Add to float64[row, state] of ``total``: counts x log rate - rate, over neurons.

    ``drive`` float64[row, state x neuron], ``counts`` float64[row, neuron].
    """
    n = counts.shape[1]
    for r in range(len(drive)):
        for s in range(total.shape[1]):
            for k in range(n):
                rate, log_rate = _rate(drive[r, s * n + k])
                total[r, s] += counts[r, k] * log_rate - rate


@kernel
def valued(drive: np.ndarray, counts: np.ndarray, share: np.ndarray, value: np.ndarray) -> None:
    """Add to float64[state x neuron] of ``value`` the same, rows counted by float64[row, state]."""
    n = counts.shape[1]
    for r in range(len(drive)):
        for s in range(share.shape[1]):
            for k in range(n):
                rate, log_rate = _rate(drive[r, s * n + k])
                value[s * n + k] += share[r, s] * (counts[r, k] * log_rate - rate)


@kernel
def curved(
    drive: np.ndarray,
    counts: np.ndarray,
    share: np.ndarray,
    value: np.ndarray,
    slope: np.ndarray,
) -> None:
    """The same value, and float64[row, state x neuron] of slope; ``drive`` becomes information.

    For the rate f: slope (count - f)(1 - f), Fisher information f (1 - f)^2, both by drive.
    """
    n = counts.shape[1]
    for r in range(len(drive)):
        for s in range(share.shape[1]):
            for k in range(n):
                at = s * n + k
                rate, log_rate = _rate(drive[r, at])
                value[at] += share[r, s] * (counts[r, k] * log_rate - rate)
                off = share[r, s] * (1.0 - rate)
                slope[r, at] = (counts[r, k] - rate) * off
                drive[r, at] = rate * (1.0 - rate) * off
