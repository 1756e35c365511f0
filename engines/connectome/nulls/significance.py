"""How far a wiring lies from its nulls, and how often chance goes as far."""

from __future__ import annotations

import numpy as np


def empirical_p(real: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """float64[measure], two-sided (r + 1) / (K + 1): nulls at least as far from their mean.

    ``real`` float64[measure], ``nulls`` float64[null, measure]. North, Curtis & Sham 2002.
    """
    centre = nulls.mean(axis=0)
    # A whisker, so that equal sums in another order of adding count as equal.
    tolerance = 1e-12 * (np.abs(centre) + np.abs(real))
    further = np.abs(nulls - centre) >= np.abs(real - centre) - tolerance
    return np.where(np.isfinite(real), (further.sum(axis=0) + 1.0) / (len(nulls) + 1.0), np.nan)


def z_scores(real: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """float64[measure]: distance from the nulls' mean in their standard deviations, or nan."""
    spread = nulls.std(axis=0)
    scale = 1e-9 * (np.abs(nulls.mean(axis=0)) + 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > scale, (real - nulls.mean(axis=0)) / spread, np.nan)


def holm(p: np.ndarray) -> np.ndarray:
    """float64: p corrected for all finite members of the family (Holm 1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    out = np.full(len(p), np.nan)
    there = np.flatnonzero(np.isfinite(p))
    order = there[np.argsort(p[there], kind="stable")]
    factor = len(order) - np.arange(len(order))
    out[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factor))
    return out
