"""Labels of communities by size."""

from __future__ import annotations

import numpy as np


def ranked(label: np.ndarray) -> np.ndarray:
    """int32 labels by size, largest 0; ties by the first neuron."""
    if not len(label):
        return np.zeros(0, np.int32)
    values, first, inverse, count = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(values), np.int32)
    rank[np.lexsort((first, -count))] = np.arange(len(values))
    return rank[inverse]
