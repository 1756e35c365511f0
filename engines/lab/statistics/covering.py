"""How often an interval holds the truth: the test that every interval of ours passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.lab.statistics.rates import wilson


@dataclass(frozen=True)
class Coverage:
    """Share of repeats whose interval held the truth."""

    share: float
    low: float
    high: float
    """95 % interval of the share (Wilson)."""
    n_repeats: int
    width: float
    """Mean width of the intervals."""
    n_below: int
    """How often the truth lay below the interval."""
    n_above: int
    """How often the truth lay above it."""


def coverage(
    interval: Callable[[np.ndarray, int], tuple[float, float]],
    sample: Callable[[np.random.Generator], np.ndarray],
    truth: float,
    *,
    n_repeats: int = 1_000,
    seed: int = 0,
) -> Coverage:
    """Draw data of a known truth again and again and count the intervals that hold it.

    Args:
        interval: from data and a seed to its two ends.
        sample: draws data.
        truth: what an interval should hold.
        n_repeats: how many data sets.
        seed: repeat k draws from ``[seed, k]``.
    """
    ends = np.empty((n_repeats, 2))
    for k in range(n_repeats):
        ends[k] = interval(sample(np.random.default_rng([seed, k])), k)
    return held(ends, truth)


def held(ends: np.ndarray, truth: float) -> Coverage:
    """Count the intervals float64[repeat, 2] that hold the truth."""
    below, above = truth < ends[:, 0], truth > ends[:, 1]
    n, n_held = len(ends), int((~below & ~above).sum())
    width = float((ends[:, 1] - ends[:, 0]).mean())
    return Coverage(n_held / n, *wilson(n_held, n), n, width, int(below.sum()), int(above.sum()))
