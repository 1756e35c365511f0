"""Counter-based random numbers: splitmix64, one independent stream per purpose.

Number k of a stream is a pure function of (seed, stream, k), so equal seeds give equal bytes on
any machine and for any number of workers. Integers only.

Reference: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BOOTSTRAP, SIGNS, ORDERS = 6, 32, 33
"""Streams: units drawn with replacement, coin tosses, random orders."""

GAMMA = 0x9E3779B97F4A7C15
MIX_1 = 0xBF58476D1CE4E5B9
MIX_2 = 0x94D049BB133111EB
_MASK = 2**64 - 1
_CHUNK = 2_000_000


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


def below(seed: int, stream: int, n: int, limit: int) -> np.ndarray:
    """int64[n]: integers in 0..limit-1 (the bias, below limit / 2**32, cannot be seen)."""
    high = words(seed, stream, n) >> np.uint64(32)
    return ((high * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)


def chunks(n_draws: int, size: int) -> Iterator[tuple[int, int]]:
    """(first, how many) of draws that fit into memory together, of ``size`` numbers each."""
    per_chunk = max(1, _CHUNK // max(1, size))
    for first in range(0, n_draws, per_chunk):
        yield first, min(per_chunk, n_draws - first)


def picked_counts(seed: int, first: int, n_draws: int, n: int) -> np.ndarray:
    """int64[draw, unit]: how often each of n units is drawn; draws are numbered from first."""
    picks = below(seed + first, BOOTSTRAP, n_draws * n, n)
    picks += np.repeat(np.arange(n_draws), n) * n
    return np.bincount(picks, minlength=n_draws * n).reshape(n_draws, n)


def signs(seed: int, first: int, n_draws: int, n: int) -> np.ndarray:
    """int64[draw, unit]: 1 or -1, a coin toss each."""
    return 1 - 2 * below(seed + first, SIGNS, n_draws * n, 2).reshape(n_draws, n)


def keys(seed: int, first: int, n_draws: int, n: int) -> np.ndarray:
    """uint64[draw, row]: sorting by them is a random order."""
    return words(seed + first, ORDERS, n_draws * n).reshape(n_draws, n)
