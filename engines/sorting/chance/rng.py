"""Counter-based random numbers: splitmix64, one independent stream per purpose.

Number k of a stream is a pure function of (seed, stream, k), so equal seeds give equal bytes for
any number of workers, and two runs of one seed share every stream whose use they share: the same
permutation and the same damage under another algotype or scheduler. Integers only.

Reference: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators.
"""

from __future__ import annotations

import numpy as np

(
    PERMUTATION,
    PLACEMENT,
    DAMAGE,
    SCHEDULE,
    LABELS,
    BOOTSTRAP,
    DISPLACEMENT,
    FAILURE,
    NOISE,
    SWITCH,
) = range(1, 11)
"""Streams: what a random number is used for."""
SIGNS = 32
"""The stream of coin tosses of a permutation test."""

GAMMA = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
_MASK = 2**64 - 1


def mix64(word: int) -> int:
    """The finalizer of splitmix64: a bijection of 64-bit words."""
    word = (word ^ (word >> 30)) * MIX_1 & _MASK
    word = (word ^ (word >> 27)) * MIX_2 & _MASK
    return word ^ (word >> 31)


def stream_start(seed: int, stream: int) -> int:
    """The counter's start of a stream; its number k is ``mix64(start + k * GAMMA)``, k from 1."""
    return mix64((mix64((seed + GAMMA) & _MASK) + stream * GAMMA) & _MASK)


def words(seed: int, stream: int, n: int) -> np.ndarray:
    """uint64[n]: the first n numbers of a stream."""
    counter = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(GAMMA)
    word = counter + np.uint64(stream_start(seed, stream))
    word = (word ^ (word >> np.uint64(30))) * np.uint64(MIX_1)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(MIX_2)
    return word ^ (word >> np.uint64(31))


def shuffled(seed: int, stream: int, n: int) -> np.ndarray:
    """A permutation of 0..n-1: the order of n random keys."""
    return np.argsort(words(seed, stream, n), kind="stable")


def below(seed: int, stream: int, n: int, limit: int) -> np.ndarray:
    """int64[n]: integers in 0..limit-1 (the bias, below limit / 2**32, cannot be seen)."""
    high = words(seed, stream, n) >> np.uint64(32)
    return ((high * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)
