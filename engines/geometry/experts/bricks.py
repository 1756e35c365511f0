"""Bricks: the units that answer one label most, taken out.

After Xiao et al. 2024 (arXiv 2409.02877): parts of a network that have come to serve one purpose.
"""

from __future__ import annotations

import numpy as np


def answering(held: np.ndarray, labels: np.ndarray, n_labels: int) -> np.ndarray:
    """float64[label, unit]: how much more a unit answers a label, in its own deviations."""
    deviation = held.std(axis=0)
    deviation = np.where(deviation > 0, deviation, np.inf)
    means = [(held[labels == k].mean(axis=0), held[labels != k].mean(axis=0))
             for k in range(n_labels)]  # fmt: skip
    return np.array([(one - other) / deviation for one, other in means])


def lost(
    held: np.ndarray, labels: np.ndarray, values: tuple[np.ndarray, np.ndarray], out: np.ndarray,
    level: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """float64[label]: share of each label's examples no longer read right without some units.

    Args:
        held: float[example, unit], what the hidden layer says.
        labels: int64[example].
        values: weights [output, unit] and biases [output] of the last layer.
        out: int64[taken], the units.
        level: float[unit], where they stand instead: their mean.
    """
    weight, bias = values
    plain = held @ weight.T + bias
    moved = plain + (level[out] - held[:, out]) @ weight[:, out].T
    right = [said.argmax(axis=1) == labels for said in (plain, moved)]
    return np.array([right[0][labels == k].mean() - right[1][labels == k].mean()
                     for k in range(weight.shape[0])])  # fmt: skip
