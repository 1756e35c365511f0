"""Chance inside compiled loops: Knuth's linear congruence (MMIX), equal on every machine."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def chance_of(seed: int) -> np.uint64:
    """The state that a seed begins with."""
    return np.uint64(seed) * np.uint64(2862933555777941757) + np.uint64(3037000493)


@njit(cache=True, nogil=True)
def drawn_below(state: np.uint64, below: int) -> tuple[np.uint64, int]:
    """The next state, and a number from 0 below ``below``."""
    state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
    return state, int((state >> np.uint64(33)) % np.uint64(max(below, 1)))
