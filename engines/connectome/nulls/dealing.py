"""Dealing edges to pairs of neurons by chance."""

from __future__ import annotations

import numpy as np


def distinct(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
    """int64[m]: different numbers below ``n``, every set of them with the same odds."""
    if n < 4 * m or n < 1_000_000:
        return rng.choice(n, m, replace=False)
    found = np.zeros(0, np.int64)
    while len(found) < m:
        more = rng.integers(0, n, m - len(found) + 1_000)
        found = np.unique(np.concatenate([found, more]))
    return rng.permutation(found)[:m]


def random_ends(rng: np.random.Generator, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """int32[m] each, unsorted: the ends of G(n, m), directed, without self-loops."""
    code = distinct(rng, n * (n - 1), m)
    pre, post = code // max(1, n - 1), code % max(1, n - 1)
    return pre.astype(np.int32), (post + (post >= pre)).astype(np.int32)
