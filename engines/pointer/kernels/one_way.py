"""Local search where ways differ there and back: no stretch may be turned round.

What 3-opt leaves without turning is the exchange of two neighbouring stretches (Kanellakis and
Papadimitriou 1980 build on it); Or-opt moves short stretches and is part of it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.kernels.tours import nearest_neighbour, tour_length

_EPS = 1e-12
"""Of the dearest way: a gain that is smaller is rounding, and could be won back for ever."""


@njit(cache=True, nogil=True)
def exchanged(between: np.ndarray, tour: np.ndarray) -> np.ndarray:
    """The tour after the best exchange of neighbouring stretches, again until none is shorter.

    Args:
        between: float64[from, to].
        tour: int64[place].
    """
    found = tour.copy()
    n, least = len(found), _EPS * between.max()
    while True:
        most, at = least, (0, 0, 0)
        for i in range(n - 2):
            for j in range(i + 1, n - 1):
                a, b, c, d = found[i], found[i + 1], found[j], found[j + 1]
                saved = between[a, b] + between[c, d] - between[a, d]
                for k in range(j + 1, n):
                    e, f = found[k], found[(k + 1) % n]
                    gain = saved + between[e, f] - between[e, b] - between[c, f]
                    if gain > most:
                        most, at = gain, (i, j, k)
        if most <= least:
            return found
        i, j, k = at
        first = found[i + 1 : j + 1].copy()
        found[i + 1 : i + 1 + k - j] = found[j + 1 : k + 1].copy()
        found[i + 1 + k - j : k + 1] = first


@njit(cache=True, nogil=True)
def best_nearest(between: np.ndarray) -> np.ndarray:
    """The shortest of the nearest-neighbour tours from every stop."""
    best, shortest = nearest_neighbour(between, 0), np.inf
    for start in range(len(between)):
        tour = nearest_neighbour(between, start)
        length = tour_length(between, tour)
        if length < shortest:
            best, shortest = tour, length
    return best


@njit(cache=True, nogil=True)
def search(between: np.ndarray, n_starts: int) -> np.ndarray:
    """The best of exchanged nearest-neighbour tours from spread starts."""
    n = len(between)
    n_starts = min(n_starts, n)
    best, shortest = np.arange(n), np.inf
    for k in range(n_starts):
        tour = exchanged(between, nearest_neighbour(between, k * n // n_starts))
        length = tour_length(between, tour)
        if length < shortest:
            best, shortest = tour, length
    return best
