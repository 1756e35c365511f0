"""Units in groups of one size: by keys that are alike (balanced k-means), or dealt at random."""

from __future__ import annotations

import numpy as np

_N_ROUNDS = 10


def alike(keys: np.ndarray, n_groups: int, rng: np.random.Generator) -> np.ndarray:
    """int64[unit] of float[unit, input]: balanced k-means, each round an assignment problem.

    Every group has as many places as its share of units; units are dealt to places so that squared
    distances to the groups' means are least in sum (Bradley, Bennett & Demiriz 2000).
    """
    from scipy.optimize import linear_sum_assignment

    n = len(keys)
    means = keys[rng.permutation(n)[:n_groups]]
    found = np.full(n, -1)
    for _ in range(_N_ROUNDS):
        apart = np.square(keys[:, None] - means).sum(axis=2)
        places = np.repeat(apart, n // n_groups, axis=1)
        now = linear_sum_assignment(places)[1] // (n // n_groups)
        if np.array_equal(now, found):
            break
        found = now
        means = np.array([keys[found == k].mean(axis=0) for k in range(n_groups)])
    return found


def dealt(n: int, n_groups: int, rng: np.random.Generator) -> np.ndarray:
    """int64[unit]: as many units to a group, at random."""
    return rng.permutation(np.arange(n) % n_groups)


def spread(keys: np.ndarray, groups: np.ndarray) -> float:
    """Share of the keys' variance that is within groups."""
    left = keys - keys.mean(axis=0)
    means = np.array([left[groups == k].mean(axis=0) for k in range(groups.max() + 1)])
    return float(np.square(left - means[groups]).sum() / np.square(left).sum())
