"""Counter-based random numbers: splitmix64, one independent stream per purpose.

Number k of a stream is a pure function of (seed, stream, k), so equal seeds give equal bytes for
any number of workers, and two runs of one seed share every stream whose use they share: the same
permutation and the same damage under another algotype or scheduler. Integers only.

Reference: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators.
"""

from __future__ import annotations

import numpy as np

from engines.lab.statistics.draws import (
    BOOTSTRAP,
    GAMMA,
    MIX_1,
    MIX_2,
    SIGNS,
    below,
    mix64,
    stream_start,
    words,
)

__all__ = [
    "BOOTSTRAP",
    "DAMAGE",
    "DISPLACEMENT",
    "FAILURE",
    "GAMMA",
    "LABELS",
    "MIX_1",
    "MIX_2",
    "NOISE",
    "PERMUTATION",
    "PLACEMENT",
    "SCHEDULE",
    "SIGNS",
    "SWITCH",
    "below",
    "mix64",
    "shuffled",
    "stream_start",
    "words",
]

(
    PERMUTATION,
    PLACEMENT,
    DAMAGE,
    SCHEDULE,
    LABELS,
    _BOOTSTRAP,
    DISPLACEMENT,
    FAILURE,
    NOISE,
    SWITCH,
) = range(1, 11)
"""Streams: what a random number is used for; the lab's bootstrap has number 6, its signs 32."""


def shuffled(seed: int, stream: int, n: int) -> np.ndarray:
    """A permutation of 0..n-1: the order of n random keys."""
    return np.argsort(words(seed, stream, n), kind="stable")
