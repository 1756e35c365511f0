"""What aggregation on a sheet would be by chance: the exact label-permutation null."""

from __future__ import annotations

import math

import numpy as np


def aggregation_null(algotype: np.ndarray, n_rows: int, n_columns: int) -> tuple[float, float]:
    """Mean and standard deviation of aggregation over all permutations of the labels.

    Aggregation is the share of the grid's edges whose ends are alike. Two edges share a cell or
    none, so its variance follows from the chances that two, three and two times two cells are
    alike. The same holds at every moment of a run, since only the labels are permuted.

    Returns:
        (mean, SD); nan for a single cell.

    >>> mean, sd = aggregation_null(np.array([0, 0, 1, 1]), 2, 2)
    >>> round(mean, 3), round(sd, 3)
    (0.333, 0.236)
    """
    n_edges = 2 * n_rows * n_columns - n_rows - n_columns
    if n_edges == 0:
        return math.nan, math.nan
    n, counts = len(algotype), [int(count) for count in np.bincount(algotype)]
    pair = sum(math.perm(k, 2) for k in counts) / math.perm(n, 2)
    n_touching = _touching_pairs(n_rows, n_columns)
    square = n_edges * pair
    if n_touching:
        square += 2 * n_touching * sum(math.perm(k, 3) for k in counts) / math.perm(n, 3)
    n_apart = math.comb(n_edges, 2) - n_touching
    if n_apart:
        twos = [math.perm(k, 2) for k in counts]
        both = sum(twos) ** 2 - sum(two**2 for two in twos) + sum(math.perm(k, 4) for k in counts)
        square += 2 * n_apart * both / math.perm(n, 4)
    mean = n_edges * pair
    return mean / n_edges, math.sqrt(max(0.0, square - mean**2)) / n_edges


def _touching_pairs(n_rows: int, n_columns: int) -> int:
    """Pairs of edges that share a cell: over all cells, two of its edges."""
    return sum(
        n_here * n_there * math.comb(down + across, 2)
        for n_here, down in _degrees(n_rows)
        for n_there, across in _degrees(n_columns)
    )


def _degrees(side: int) -> list[tuple[int, int]]:
    """How many places of a line have how many neighbours along it."""
    if side == 1:
        return [(1, 0)]
    return [(2, 1), (side - 2, 2)]
