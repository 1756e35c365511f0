"""Runs and pairs of runs by the lab's statistics, and the paper's own Z beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.lab import statistics as lab
from engines.lab.statistics.resampling import PERCENTILE_LEAST, Method


@dataclass(frozen=True)
class Paired:
    """Two conditions on the same permutations: B less A, run by run.

    An effect size or test that has no value is nan, never infinite: two conditions that agree in
    every run are ``identical``, and so is a difference of the same size in every run ``exact``.
    """

    mean: float
    low: float
    high: float
    """Bootstrap 95 % interval of the mean difference, over pairs."""
    dz: float
    """Mean difference over its standard deviation (Cohen's d for paired samples)."""
    delta: float
    """Cliff's delta: how much more often B exceeds A than A exceeds B, over all pairs of runs."""
    p: float
    """Two-sided sign-flip permutation test: all flips of up to 13 pairs, else 10,000 draws."""
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
    found = lab.paired(a, b, seed, method=_method(len(a)))
    z = lab.unpaired_z(np.asarray(b, np.float64), np.asarray(a, np.float64))
    return Paired(
        found.mean, found.low, found.high, found.dz, found.delta, found.p, z, found.identical
    )


def interval_of_mean(samples: np.ndarray, seed: int) -> np.ndarray:
    """float64[name, 4]: mean, standard deviation and bootstrap 95 % interval of the mean.

    ``samples`` is [name, run]; every name is drawn with the same runs.
    """
    return lab.mean_intervals(samples, seed, method=_method(samples.shape[1]))


def _method(n_runs: int) -> Method:
    """Percentiles of few runs are too narrow: 10 runs cover 91 % of the time."""
    return "percentile" if n_runs >= PERCENTILE_LEAST else "studentised"
