"""What shortens a tour, whoever began it: the same polishes after a network and after greed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from engines.pointer.dividing.neighbours import neighbour_lists
from engines.pointer.dividing.search import improve
from engines.pointer.dividing.stretches import improve_long
from engines.pointer.dividing.windows import conquered, cuts
from engines.pointer.kernels import tours

Polish = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From points float64[city, 2] and a tour int64[city] to one that is not longer."""

_WINDOW, _N_STAGES, _N_KICKS = 100, 10, 25


def two_opt(points: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """2-opt over all pairs of edges."""
    found = tour.copy()
    if len(found) > 3:
        tours.two_opt(tours.distances(points), found)
    return found


def two_opt_and_or_opt(points: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """2-opt and Or-opt over all pairs, until neither helps."""
    return tours.polished(tours.distances(points), tour)


def or_3opt(points: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """2-opt, Or-opt and Or-3opt over neighbour lists, with don't-look bits."""
    found = tour.copy()
    improve_long(points, neighbour_lists(points), found)
    return found


def windows(points: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """2-opt and Or-opt, then ten stages of windows of a hundred with 25 kicks each."""
    found = tour.copy()
    improve(points, neighbour_lists(points), found, -1, -1)
    for stage in range(_N_STAGES):
        begins = cuts(len(found), _WINDOW, stage, shifted=True)
        conquered(points, found, begins, False, _N_KICKS, stage)
    return found


POLISHES: Mapping[str, Polish] = {
    "2-opt": two_opt,
    "2-opt, Or-opt": two_opt_and_or_opt,
    "Or-3opt": or_3opt,
    "windows": windows,
}
"""From the quickest to the most thorough."""
