"""Intervals, effect sizes and tests over runs, seeded: the same numbers on any machine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.sorting.chance import rng

N_DRAWS = 10_000
_CHUNK = 2_000_000


Z_95 = 1.959963984540054
"""97.5 % quantile of the normal distribution."""


@dataclass(frozen=True)
class Paired:
    """Two conditions on the same permutations: B less A, run by run.

    An effect size or test that has no value is nan, never infinite: two conditions that agree in
    every run are ``identical``, and so is a difference of the same size in every run ``exact``.
    """

    mean: float
    low: float
    high: float
    """Bootstrap 95 % interval of the mean difference, 10,000 draws over pairs."""
    dz: float
    """Mean difference over its standard deviation (Cohen's d for paired samples)."""
    delta: float
    """Cliff's delta: how much more often B exceeds A than A exceeds B, over all pairs of runs."""
    p: float
    """Two-sided sign-flip permutation test, 10,000 draws; at least 1 / 10,001."""
    paper_z: float
    """The paper's unpaired statistic, for comparison only."""
    identical: bool

    @property
    def exact(self) -> bool:
        """Whether every pair differs by the same amount, so that no spread can be estimated."""
        return math.isnan(self.dz)


def paired(a: np.ndarray, b: np.ndarray, seed: int) -> Paired:
    """Hold run r of condition B against run r of condition A.

    Args:
        a: float64[run].
        b: float64[run], of the same permutations and fault places.
        seed: where the bootstrap and the permutation test draw from.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    difference = b - a
    mean, deviation, low, high = interval_of_mean(difference[None], seed)[0]
    return Paired(
        mean=float(mean),
        low=float(low),
        high=float(high),
        dz=float(mean / deviation) if deviation > 0 else math.nan,
        delta=cliffs_delta(a, b),
        p=sign_flip_p(difference, seed),
        paper_z=unpaired_z(b, a),
        identical=not difference.any(),
    )


def cliffs_delta(a: np.ndarray, b: np.ndarray) -> float:
    """P(b > a) - P(b < a) over all pairs; -1, 0 and 1 mean always less, as often, always more."""
    ordered = np.sort(a)
    below = np.searchsorted(ordered, b, side="left")
    above = len(a) - np.searchsorted(ordered, b, side="right")
    return float((below.sum() - above.sum()) / (len(a) * len(b)))


def sign_flip_p(difference: np.ndarray, seed: int) -> float:
    """How often a mean this far from zero comes up when every pair's sign is a coin toss."""
    n, n_reached = len(difference), 0
    # Sums of the same numbers in another order differ in the last bits.
    least = abs(difference.sum()) * (1 - 1e-12)
    per_chunk = max(1, _CHUNK // max(1, n))
    for first in range(0, N_DRAWS, per_chunk):
        n_here = min(per_chunk, N_DRAWS - first)
        coins = rng.below(seed + first, rng.SIGNS, n_here * n, 2).reshape(n_here, n)
        n_reached += int((np.abs((1 - 2 * coins) @ difference) >= least).sum())
    return (1 + n_reached) / (1 + N_DRAWS)


def unpaired_z(a: np.ndarray, b: np.ndarray) -> float:
    """(mean a - mean b) / sqrt(var a / N + var b / N), as the paper prints it; nan without spread.

    The two samples are treated as independent although they may be pairs.
    """
    if len(a) < 2 or len(b) < 2:
        return math.nan
    spread = math.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    return float((np.mean(a) - np.mean(b)) / spread) if spread > 0 else math.nan


def wilson(n_hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a rate (Wilson 1927); (0, 1) when nothing was tried.

    >>> low, high = wilson(10, 10)
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)
    """
    if n == 0:
        return 0.0, 1.0
    share, z2 = n_hits / n, Z_95**2 / n
    centre = (share + z2 / 2) / (1 + z2)
    half = Z_95 / (1 + z2) * math.sqrt(share * (1 - share) / n + z2 / (4 * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def holm(p: np.ndarray) -> np.ndarray:
    """Adjust p values for all of them together (Holm 1979); nan stays nan and is not counted.

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return adjusted


def interval(
    samples: np.ndarray, seed: int, reduce: Callable[[np.ndarray], np.ndarray]
) -> tuple[float, float, float, float]:
    """A statistic of the runs' mean curve: its value, bootstrap SD and 95 % interval.

    Args:
        samples: float64[run, point].
        seed: where the 10,000 draws come from.
        reduce: from mean curves float64[draw, point] to one number each.
    """
    n_runs = len(samples)
    values = np.empty(N_DRAWS)
    per_chunk = max(1, _CHUNK // max(n_runs, samples.shape[1]))
    for first in range(0, N_DRAWS, per_chunk):
        n_here = min(per_chunk, N_DRAWS - first)
        values[first : first + n_here] = reduce(_weights(seed, first, n_here, n_runs).T @ samples)
    low, high = np.quantile(values, (0.025, 0.975))
    centre = float(reduce(samples.mean(axis=0)[None])[0])
    return centre, float(values.std()), float(low), float(high)


def interval_of_mean(samples: np.ndarray, seed: int) -> np.ndarray:
    """float64[name, 4]: mean, standard deviation and bootstrap 95 % interval of the mean.

    ``samples`` is [name, run]; every name is drawn with the same runs. 10,000 draws (fewer for
    more than 10,000 runs, where the interval is narrow anyway), percentile method.
    """
    n_names, n_runs = samples.shape
    deviation = samples.std(axis=1, ddof=1) if n_runs > 1 else np.zeros(n_names)
    n_draws = max(200, min(N_DRAWS, 100_000_000 // n_runs))
    means = np.empty((n_names, n_draws))
    per_chunk = max(1, _CHUNK // n_runs)
    for first in range(0, n_draws, per_chunk):
        n_here = min(per_chunk, n_draws - first)
        means[:, first : first + n_here] = samples @ _weights(seed, first, n_here, n_runs)
    low, high = np.quantile(means, (0.025, 0.975), axis=1)
    return np.stack([samples.mean(axis=1), deviation, low, high], axis=1)


def _weights(seed: int, first: int, n_draws: int, n_runs: int) -> np.ndarray:
    """float64[run, draw]: how often each run is drawn, over n; draws are numbered from first."""
    picks = rng.below(seed + first, rng.BOOTSTRAP, n_draws * n_runs, n_runs)
    picks += np.repeat(np.arange(n_draws), n_runs) * n_runs
    counts = np.bincount(picks, minlength=n_draws * n_runs)
    return counts.reshape(n_draws, n_runs).T / n_runs
