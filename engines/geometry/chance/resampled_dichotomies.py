"""Intervals of task geometry: many resampled layers at once, [draw, stimulus, unit]."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from engines.geometry.measures.dichotomies import (
    EXACT_SIDE,
    climbed,
    coding_directions,
    is_separable,
)
from engines.lab.statistics.halves import halves
from engines.lab.statistics.rates import wilson

N_DRAWS = 200
N_DRAWS_SEPARABLE = 20
"""Each may need a linear programme per dichotomy."""
PLACES = 8_000_000
N_WAYS = 4
SHARED = 1.5
"""The variance of a CCGP over that of as many independent conditions is 0.9 to 1.6 where it was
measured: random and planted conditions, 2 to 8 a side, 10 to 100 units."""


def over_units(x: np.ndarray, n_draws: int, seed: int) -> np.ndarray:
    """float64[draw, stimulus, half of the units]; stimuli were chosen and stay."""
    drawn = halves(x.shape[1], n_draws, np.random.default_rng([seed % 2**32, 13]))
    return np.moveaxis(np.asarray(x, np.float64)[:, drawn], 1, 0)


def parallelisms(x: np.ndarray, positive: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """float64[draw]: `parallelism` of every draw of a stack, from inner products of differences.

    Beyond `EXACT_SIDE` a side each draw climbs from a few directions only: the mean and the
    `N_WAYS` main ones, both ways.
    """
    del seed
    one, other = np.flatnonzero(positive), np.flatnonzero(~positive)
    n = len(one)
    if n < 2:
        return np.full(len(x), np.nan)
    if n > EXACT_SIDE:
        return np.array([_climbed(draw[one], draw[other]) for draw in x])
    ways = coding_directions(x[:, one], x[:, other]).reshape(len(x), n * n, -1)
    cosines = ways @ np.swapaxes(ways, 1, 2)
    orders = np.array(list(permutations(range(n))))
    paired = np.arange(n) * n + orders
    best = np.full(len(x), -np.inf)
    size = max(1, PLACES // (len(x) * n * n))
    for at in range(0, len(paired), size):
        some = paired[at : at + size]
        total = cosines[:, some[:, :, None], some[:, None, :]].sum(axis=(2, 3))
        best = np.maximum(best, (total.max(axis=1) - n) / (n * (n - 1)))
    return best


def parallelism_null(
    x: np.ndarray, positive: np.ndarray, value: float, n_draws: int, seed: int
) -> tuple[np.ndarray, float]:
    """Scores of as many shuffles of every unit, float64[draw], and p, the data among them.

    The greatest of many pairings is above 0 in noise as well, the more so with few units.
    """
    rng = np.random.default_rng([seed % 2**32, 19])
    stack = np.stack([rng.permuted(x, axis=0) for _ in range(n_draws)])
    null = parallelisms(stack, positive)
    return null, float((1 + (null >= value - 1e-12).sum()) / (1 + n_draws))


def _climbed(one: np.ndarray, other: np.ndarray) -> float:
    ways = coding_directions(one[None], other[None])[0]
    flat = ways.reshape(-1, ways.shape[2])
    main = np.linalg.svd(flat, full_matrices=False)[2][:N_WAYS]
    n = len(one)
    found = climbed(ways, np.concatenate([flat.mean(axis=0)[None], main, -main]))
    return (found - n) / (n * (n - 1))


def separables(x: np.ndarray, every: np.ndarray) -> np.ndarray:
    """bool[draw, dichotomy]: as `is_separable`.

    A hyperplane by least squares that parts the sides is proof; only where it does not, a linear
    programme decides.
    """
    ones = np.ones((*x.shape[:2], 1))
    grown = np.concatenate([x - x.mean(axis=1, keepdims=True), ones], axis=2)
    onto = grown @ np.linalg.pinv(grown)
    sign = np.where(every, 1.0, -1.0)
    found = (np.einsum("snm,dm->sdn", onto, sign) * sign > 1e-6).all(axis=2)
    for draw, k in np.argwhere(~found):
        found[draw, k] = is_separable(x[draw], every[k])
    return found


def ccgp_interval(value: float, n_conditions: int) -> tuple[float, float]:
    """95 % interval of a CCGP for other conditions of the same kind; nan for an undefined one.

    Conditions are what was drawn, and splits share them: each was right or wrong, and all were
    judged by machines that learned from the others. Wilson's interval of as many conditions, each
    of which counts as 1 / `SHARED`; it held 92 to 100 % of planted truths. Resampling conditions
    (rows and columns of the table of splits) holds it in 40 to 80 % with 4 a side, since few that
    are all right have no spread; resampling splits in about half.
    """
    if not np.isfinite(value):
        return float("nan"), float("nan")
    n = n_conditions / SHARED
    return wilson(value * n, n)
