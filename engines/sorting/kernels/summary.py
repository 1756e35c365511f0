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
def clusters(kinds: np.ndarray, log: np.ndarray, switched_at: int) -> np.ndarray:
    """Neighbours of one label [step] along a log; ``kinds`` are the labels.

    Row 0 of ``kinds`` [cell] holds until the step ``switched_at``, row 1 from it on.
    """
    same = np.empty(log.shape[1] + 1, np.int32)
    first = log.shape[1] if switched_at < 0 else switched_at
    kind_at = kinds[0].copy()
    same[0] = total_same(kind_at)
    trace_same(kind_at, log[LEFT][:first], log[RIGHT][:first], same[: first + 1])
    if switched_at >= 0:
        cell_at = np.arange(kinds.shape[1])
        for swap in range(first):
            a, b = log[LEFT, swap], log[RIGHT, swap]
            cell_at[a], cell_at[b] = cell_at[b], cell_at[a]
        kind_at = kinds[1][cell_at]
        same[first] = total_same(kind_at)
        trace_same(kind_at, log[LEFT][first:], log[RIGHT][first:], same[first:])
    return same


@kernel
def summarize(
    rank: np.ndarray,
    kinds: np.ndarray,
    label_of: np.ndarray,
    switched_at: int,
    state: np.ndarray,
    log: np.ndarray,
    early_return: bool,
    numbers: np.ndarray,
    curves: np.ndarray,
) -> float:
    """Fill a run's numbers (but for its stop) and curves; answers its delayed gratification.

    ``kinds`` are as `clusters` wants them; ``label_of`` [cell] is the cell whose algotype each
    cell bears as its label, for the null of aggregation.
    """
    n_swaps = log.shape[1]
    errors = np.empty(n_swaps + 1, np.int32)
    errors[0] = total_error(rank, state[DESCENDING])
    errors[1:] = log[ERROR]
    same = clusters(kinds, log, switched_at)
    null_same = clusters(kinds[:, label_of], log, switched_at)
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
