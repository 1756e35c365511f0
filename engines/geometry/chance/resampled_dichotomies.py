"""Intervals of task geometry: many resampled layers at once, [draw, stimulus, unit]."""

from __future__ import annotations

import numpy as np

from engines.geometry.measures.dichotomies import is_separable, pairings
from engines.lab.statistics import halves

N_DRAWS = 200
N_DRAWS_SEPARABLE = 20
"""Each may need a linear programme per dichotomy."""
PLACES = 8_000_000


def over_units(x: np.ndarray, n_draws: int, seed: int) -> np.ndarray:
    """float64[draw, stimulus, half of the units]; stimuli were chosen and stay."""
    drawn = halves(x.shape[1], n_draws, np.random.default_rng([seed % 2**32, 13]))
    return np.moveaxis(np.asarray(x, np.float64)[:, drawn], 1, 0)


def parallelisms(x: np.ndarray, positive: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """float64[draw]: `parallelism` of every draw of a stack, from inner products of differences."""
    one, other = np.flatnonzero(positive), np.flatnonzero(~positive)
    n = len(one)
    if n < 2:
        return np.full(len(x), np.nan)
    ways = x[:, one][:, :, None] - x[:, other][:, None]
    ways = ways.reshape(len(x), n * n, -1)
    ways = ways / np.maximum(np.linalg.norm(ways, axis=2, keepdims=True), 1e-300)
    cosines = ways @ np.swapaxes(ways, 1, 2)
    orders = np.array(list(pairings(n, np.random.default_rng(seed))))
    paired = np.arange(n) * n + orders
    best = np.full(len(x), -np.inf)
    size = max(1, PLACES // (len(x) * n * n))
    for at in range(0, len(paired), size):
        some = paired[at : at + size]
        total = cosines[:, some[:, :, None], some[:, None, :]].sum(axis=(2, 3))
        best = np.maximum(best, (total.max(axis=1) - n) / (n * (n - 1)))
    return best


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


def mean_interval(values: np.ndarray, seed: int, n_draws: int = 1000) -> tuple[float, float]:
    """95 % of means of values drawn with replacement; nan for fewer than two."""
    if len(values) < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng([seed % 2**32, 17])
    means = values[rng.integers(0, len(values), (n_draws, len(values)))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))
