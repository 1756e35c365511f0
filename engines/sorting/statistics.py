"""Intervals for means over runs, seeded."""

from __future__ import annotations

import numpy as np

from engines.sorting import rng

N_DRAWS = 10_000
_CHUNK = 2_000_000


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
