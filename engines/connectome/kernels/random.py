"""Random numbers inside kernels: splitmix64, one state per null, so threads change nothing."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)


@part
def mixed(state: np.uint64) -> np.uint64:
    """The random word of a state; the next state is the state plus `_STEP`."""
    z = (state ^ (state >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@part
def below(word: np.uint64, bound: int) -> np.int64:
    """A number in 0..bound-1 from a random word; bounds under 2**32 (bias below 2**-20)."""
    return np.int64(((word >> _S32) * np.uint64(bound)) >> _S32)


@kernel
def words(seed: np.uint64, n: int) -> np.ndarray:
    """uint64[n]: the stream of a seed (Steele, Lea & Flood 2014)."""
    out = np.empty(n, np.uint64)
    state = seed
    for k in range(n):
        state += _STEP
        out[k] = mixed(state)
    return out
