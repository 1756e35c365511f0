"""Many tests at once: the chance of one false alarm among all of them stays at its level."""

from __future__ import annotations

import numpy as np

from engines.lab.statistics.nulls import Sided, tail


def holm(p: np.ndarray) -> np.ndarray:
    """Adjust p values for all of them together (Holm 1979); nan stays nan and is not counted.

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, np.float64)
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return adjusted


def max_statistic(
    observed: np.ndarray, drawn: np.ndarray, *, sided: Sided = "both", step_down: bool = True
) -> np.ndarray:
    """float64[test]: p adjusted for the whole family by the largest statistic of each draw.

    Keeps the level for tests that depend on each other, and gains by that. Statistics must be on
    one scale (z or t values). Each draw permutes all tests together. Westfall & Young 1993;
    step-down (their algorithm 2.8) or single-step (Nichols & Holmes 2002).

    Args:
        observed: float64[test]; nan is not tested.
        drawn: float64[draw, test], the same under the null.
        sided: which side counts; "both" measures from 0.
        step_down: compare each test with those that are no stronger only.
    """
    observed, drawn = np.asarray(observed, np.float64), np.asarray(drawn, np.float64)
    adjusted = np.full(len(observed), np.nan)
    tested = np.flatnonzero(np.isfinite(observed))
    real, null = tail(observed[tested], sided), tail(drawn[:, tested], sided)
    order = np.argsort(-real, kind="stable")
    real, null = real[order], null[:, order]
    if step_down:
        largest = np.maximum.accumulate(null[:, ::-1], axis=1)[:, ::-1]
    else:
        largest = np.broadcast_to(null.max(axis=1, initial=-np.inf)[:, None], null.shape)
    reached = largest >= real - 1e-12 * np.abs(real)
    p = (1.0 + reached.sum(axis=0)) / (1.0 + len(drawn))
    adjusted[tested[order]] = np.maximum.accumulate(p) if len(p) else p
    return adjusted
