"""2-opt and Or-opt inside every route by itself."""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.delivering.ground import Ground, apart
from engines.pointer.kernels.tours import polished

_LONGEST = 1_000
"""Stops of a route whose distances are laid out as a matrix; longer routes stay as they are."""


@njit(cache=True, nogil=True)
def polished_inside(ground: Ground, visits: np.ndarray) -> np.ndarray:
    """Visits int64[stop] after 2-opt and Or-opt in every route, until neither helps."""
    found, begin = visits.copy(), 0
    for k in range(1, len(visits)):
        if visits[k] == 0:
            n_stops = k - begin
            if 3 < n_stops <= _LONGEST:
                _polish(ground, found, begin, n_stops)
            begin = k
    return found


@njit(cache=True, nogil=True)
def _polish(ground: Ground, visits: np.ndarray, begin: int, n_stops: int) -> None:
    """Improve one route in place; its depot stays first."""
    stops = visits[begin : begin + n_stops].copy()
    between = np.empty((n_stops, n_stops))
    for i in range(n_stops):
        for j in range(n_stops):
            between[i, j] = apart(ground, stops[i], stops[j])
    tour, depot = polished(between, np.arange(n_stops)), 0
    for k in range(n_stops):
        if tour[k] == 0:
            depot = k
    for k in range(n_stops):
        visits[begin + k] = stops[tour[(depot + k) % n_stops]]
