"""What aggregation would be by chance: the exact label-permutation null of one moment."""

from __future__ import annotations

import math

import numpy as np


def aggregation_null(algotype: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of aggregation (denominator n) over all label permutations.

    Positions keep their cells, the labels of n cells with exact counts n_k are shuffled; the
    moments of the number of equal neighbours follow from the chances that two neighbours, three
    in a row, and two separate pairs agree.

    Args:
        algotype: uint8[cell], any order.

    Returns:
        (mean, SD); nan for fewer than two cells.

    >>> mean, sd = aggregation_null(np.array([0] * 50 + [1] * 50))
    >>> round(mean, 3), round(sd, 3)
    (0.49, 0.05)
    """
    n = len(algotype)
    if n < 2:
        return math.nan, math.nan
    counts = [int(count) for count in np.bincount(algotype)]
    pair = sum(_falling(k, 2) for k in counts) / _falling(n, 2)
    mean = (n - 1) * pair
    square = mean
    if n >= 3:
        square += 2 * (n - 2) * sum(_falling(k, 3) for k in counts) / _falling(n, 3)
    if n >= 4:
        same = sum(_falling(k, 4) for k in counts)
        twos = [_falling(k, 2) for k in counts]
        both = (sum(twos) ** 2 - sum(two**2 for two in twos) + same) / _falling(n, 4)
        square += (n - 2) * (n - 3) * both
    return mean / n, math.sqrt(max(0.0, square - mean**2)) / n


def _falling(n: int, k: int) -> int:
    """N (n - 1) ... (n - k + 1)."""
    return math.perm(n, k) if n >= k else 0
