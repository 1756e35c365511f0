"""Effect sizes; nan where there is no spread, never infinite."""

from __future__ import annotations

import math

import numpy as np


def cliffs_delta(a: np.ndarray, b: np.ndarray) -> float:
    """P(b > a) - P(b < a) over all pairs; -1, 0 and 1 mean always less, as often, always more."""
    ordered = np.sort(a)
    below = np.searchsorted(ordered, b, side="left")
    above = len(a) - np.searchsorted(ordered, b, side="right")
    return float((below.sum() - above.sum()) / (len(a) * len(b)))


def standardised_mean(difference: np.ndarray) -> float:
    """Mean over standard deviation (Cohen's d of paired samples); nan without spread."""
    deviation = np.std(difference, ddof=1) if len(difference) > 1 else 0.0
    return float(np.mean(difference) / deviation) if deviation > 0 else math.nan


def unpaired_z(a: np.ndarray, b: np.ndarray) -> float:
    """(mean a - mean b) / sqrt(var a / N + var b / N); nan without spread.

    The two samples are treated as independent although they may be pairs.
    """
    if len(a) < 2 or len(b) < 2:
        return math.nan
    spread = math.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    return float((np.mean(a) - np.mean(b)) / spread) if spread > 0 else math.nan
