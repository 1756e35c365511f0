"""Communities in a moving window, whose numbers stay with those who keep them."""

from __future__ import annotations

from typing import Any

import numpy as np


def positive_correlation(traces: np.ndarray) -> Any:
    """Positive correlations [neuron, neuron] without the diagonal, as symmetric weights."""
    from scipy import sparse

    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.nan_to_num(np.corrcoef(traces.T))
    np.fill_diagonal(r, 0.0)
    return sparse.csr_array(np.maximum(r, 0.0))


def matched(fresh: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Labels renamed so that as many neurons as possible keep their number (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    size = int(max(fresh.max(initial=0), before.max(initial=0))) + 1
    overlap = np.zeros((size, size))
    np.add.at(overlap, (fresh, before), 1.0)
    old, new = linear_sum_assignment(-overlap)
    names = np.empty(size, np.int32)
    names[old] = new
    return names[fresh]
