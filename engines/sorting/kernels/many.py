"""What an ensemble keeps of one run: a row of numbers and three curves."""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.jit import kernel
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    DESCENDING,
    ERROR,
    LEFT,
    N_BAD,
    PAPER_STEPS,
    READS,
    RIGHT,
    SWAPS,
)
from engines.sorting.kernels.traces import (
    gratification,
    total_error,
    total_same,
    trace_same,
)

N_POINTS = 101
"""Points of a curve over the sorting process."""

STOP, N_SWAPS, N_PAPER_STEPS, N_READS, N_ACTIVATIONS, FINAL_ERROR, PEAK_STEP, PEAK, NULL_PEAK = (
    range(9)
)
"""Columns of ``numbers``."""
N_NUMBERS = 9

ERROR_CURVE, SAME_CURVE, NULL_CURVE = range(3)
"""Rows of a run's curves."""


@kernel
def clusters(kinds: np.ndarray, log: np.ndarray) -> np.ndarray:
    """Neighbours of one label [step] along a log; ``kinds`` [cell] are the labels."""
    kind_at, same = kinds.copy(), np.empty(log.shape[1] + 1, np.int32)
    same[0] = total_same(kind_at)
    trace_same(kind_at, log[LEFT], log[RIGHT], same)
    return same


@kernel
def summarize(
    rank: np.ndarray,
    algotype: np.ndarray,
    labels: np.ndarray,
    state: np.ndarray,
    log: np.ndarray,
    early_return: bool,
    numbers: np.ndarray,
    curves: np.ndarray,
) -> float:
    """Fill a run's numbers (but for its stop) and curves; answers its delayed gratification.

    ``labels`` are the algotypes in permuted order, for the null of aggregation.
    """
    n_swaps = log.shape[1]
    errors = np.empty(n_swaps + 1, np.int32)
    errors[0] = total_error(rank, state[DESCENDING])
    errors[1:] = log[ERROR]
    same, null_same = clusters(algotype, log), clusters(labels, log)
    for k in range(N_POINTS):
        step = n_swaps * k // (N_POINTS - 1)
        curves[ERROR_CURVE, k], curves[SAME_CURVE, k] = errors[step], same[step]
        curves[NULL_CURVE, k] = null_same[step]
    peak, null_peak = 0, 0
    for step in range(n_swaps + 1):
        peak = step if same[step] > same[peak] else peak
        null_peak = max(null_peak, null_same[step])
    numbers[N_SWAPS], numbers[N_PAPER_STEPS] = state[SWAPS], state[PAPER_STEPS]
    numbers[N_READS], numbers[N_ACTIVATIONS] = state[READS], state[ACTIVATIONS]
    numbers[FINAL_ERROR] = state[N_BAD]
    numbers[PEAK_STEP], numbers[PEAK], numbers[NULL_PEAK] = peak, same[peak], null_peak
    return gratification(errors, early_return)
