"""How like RDMs are to measured ones, and the bounds of what any model could reach.

Nili et al. 2014: the mean of all subjects' RDMs, brought to one scale, is the best model there can
be for these subjects, a bound from above; that of all others is one from below.
"""

from __future__ import annotations

import numpy as np

from engines.contract import InputError

COMPARED = ("Pearson", "cosine", "Spearman")


def comparable(pairs: np.ndarray, how: str) -> np.ndarray:
    """RDMs [..., pair] on the scale of a comparison: their likeness is a mean of products.

    Raises:
        InputError: a comparison that is not there.
    """
    if how not in COMPARED:
        raise InputError(f"RDMs are compared by {', '.join(COMPARED)}, not {how!r}")
    values = np.asarray(pairs, np.float64)
    if how == "Spearman":
        values = _ranks(values)
    if how != "cosine":
        values = values - values.mean(axis=-1, keepdims=True)
    size = np.sqrt(np.square(values).mean(axis=-1, keepdims=True))
    return values / np.where(size > 0, size, np.nan)


def likeness(models: np.ndarray, measured: np.ndarray, how: str) -> np.ndarray:
    """float64[model, subject] of RDMs [model, pair] and [subject, pair]; nan without spread."""
    a, b = comparable(models, how), comparable(measured, how)
    return a @ b.T / a.shape[1]


def ceiling(measured: np.ndarray, how: str) -> np.ndarray:
    """float64[(from below, from above), subject] of measured RDMs [subject, pair].

    Raises:
        InputError: fewer than three subjects, of whom others have no mean.
    """
    if len(measured) < 3:
        raise InputError(f"a noise ceiling needs at least 3 subjects, got {len(measured)}")
    scaled = _pooled(measured, how)
    others = (scaled.sum(axis=0) - scaled) / (len(scaled) - 1)
    below = [likeness(mean[None], one[None], how)[0, 0]
             for mean, one in zip(others, measured, strict=True)]  # fmt: skip
    above = likeness(scaled.mean(axis=0)[None], measured, how)[0]
    return np.array([below, above])


def _pooled(measured: np.ndarray, how: str) -> np.ndarray:
    """On one scale, ranks for ranks, so that the mean is the best model of all."""
    if how == "Spearman":
        return _ranks(measured)
    return comparable(measured, how)


def _ranks(values: np.ndarray) -> np.ndarray:
    # Half a second to load, which reading a stranger's file need not wait for.
    from scipy.stats import rankdata

    return np.asarray(rankdata(values, axis=-1))
