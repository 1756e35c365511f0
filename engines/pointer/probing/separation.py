"""Whether a plane through the states parts the points of the answer from the others."""

from __future__ import annotations

import numpy as np

_RIDGE = 1.0
"""Pull on the weights of a probe, the usual one of ridge regression."""


def ridge_probe(states: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights float64[unit] and offset of the ridge regression of -1 and 1 on states[state, unit].

    The offset is not pulled (Hoerl & Kennard 1970).
    """
    states = np.asarray(states, np.float64)
    aim = np.where(wanted, 1.0, -1.0)
    mean, middle = states.mean(axis=0), aim.mean()
    apart = states - mean
    gram = apart.T @ apart + _RIDGE * np.eye(states.shape[1])
    weights = np.linalg.solve(gram, apart.T @ (aim - middle))
    return weights, float(middle - mean @ weights)


def right_by_set(states: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Share of points on the right side, in each set that the probe was not fitted on.

    Args:
        states: float[set, point, unit]; the first half of the sets teaches.
        wanted: bool[set, point].

    Returns:
        float64[set] of the other half.
    """
    half = len(states) // 2
    weights, offset = ridge_probe(states[:half].reshape(-1, states.shape[-1]),
                                  wanted[:half].ravel())  # fmt: skip
    said = np.asarray(states[half:], np.float64) @ weights + offset > 0
    return (said == wanted[half:]).mean(axis=1)
