"""Rows in time order: how many independent ones they are worth."""

from __future__ import annotations

import numpy as np

WARN_BELOW = 0.5
"""A series worth less than this share of its length is warned of."""


def autocorrelation(values: np.ndarray) -> np.ndarray:
    """float64[lag]: correlation of a series with itself, 0 to n - 1 steps later; nan if constant.

    The sums of a lag are divided by n, which keeps the sequence positive definite.
    """
    values = np.asarray(values, np.float64)
    n = len(values)
    left = values - values.mean()
    power = np.abs(np.fft.rfft(left, 2 * n)) ** 2
    covariance = np.fft.irfft(power)[:n] / n
    return covariance / covariance[0] if covariance[0] > 0 else np.full(n, np.nan)


def effective_n(values: np.ndarray) -> float:
    """How many independent values a series is worth for its mean: n / (1 + 2 sum of lags).

    Lags are summed in pairs until a pair turns negative (Geyer 1992). Between 1 and n; nan for a
    constant series.
    """
    rho = autocorrelation(values)
    n = len(rho)
    if n < 4 or not np.isfinite(rho).all():
        return float(n) if n and np.isfinite(rho).all() else float("nan")
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    n_kept = int(np.argmax(pairs <= 0)) if (pairs <= 0).any() else len(pairs)
    time = max(1.0, 2.0 * float(pairs[:n_kept].sum()) - 1.0)
    return float(np.clip(n / time, 1.0, n))


def series_warning(values: np.ndarray, what: str = "rows") -> str:
    """A sentence where rows in time order depend on each other, else empty."""
    worth, n = effective_n(values), len(values)
    if not np.isfinite(worth) or worth >= WARN_BELOW * n:
        return ""
    return (
        f"neighbouring {what} depend on each other: {n:,} are worth about {worth:,.0f} independent "
        "ones; permute blocks, or draw whole runs"
    )
