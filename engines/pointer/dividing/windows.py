"""Divide, conquer, reunite: stretches of a tour solved by themselves, cut elsewhere each time.

The cuts are shifted from stage to stage, in Zheng et al. 2024 (UDC, arXiv 2407.00312) by half a
window, so that what is wrong at a cut lies inside a window of the next stage.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.dividing.paths import exact_path, path_length, searched_path

_EPS = 1e-10
_SHIFT = 0.618034
N_NEAR = 10


def cuts(n: int, window: int, stage: int, *, shifted: bool) -> np.ndarray:
    """Where the windows of a stage begin, as places of the tour: int64[window].

    A window ends at the city with which the next one begins. Shifted cuts move on from stage to
    stage by the golden section of a window, so that no stage cuts where an earlier one did.
    """
    window = min(window, n)
    step = max(1, window - 1)
    offset = round(stage * window * _SHIFT) % n if shifted else 0
    return (offset + np.arange(0, n, step)) % n


@njit(cache=True, nogil=True)
def conquered(
    points: np.ndarray, tour: np.ndarray, begins: np.ndarray, exact: bool, n_kicks: int, seed: int
) -> np.ndarray:
    """Solve every window, in place; what each was shortened by: float64[window].

    A window is put back only if it is shorter, so that the tour never grows.
    """
    n = len(tour)
    saved = np.zeros(len(begins))
    for w in range(len(begins)):
        covered = begins[w + 1] if w + 1 < len(begins) else begins[0]
        size = (covered - begins[w]) % n + 1
        if size == 1 and len(begins) == 1:
            size = n
        if size < 4:
            continue
        cities = np.empty(size, np.int64)
        for k in range(size):
            cities[k] = tour[(begins[w] + k) % n]
        here = points[cities]
        path = exact_path(here) if exact else searched_path(here, N_NEAR, n_kicks, seed + w)
        gained = path_length(here, np.arange(size)) - path_length(here, path)
        if gained > _EPS:
            saved[w] = gained
            for k in range(size):
                tour[(begins[w] + k) % n] = cities[path[k]]
    return saved
