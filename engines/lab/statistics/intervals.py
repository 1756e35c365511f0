"""Intervals that need no draws: Student's t of a mean over units."""

from __future__ import annotations

import numpy as np
import scipy  # its parts load when used

from engines.contract import Estimate
from engines.lab.statistics.groups import checked_n, group_numbers

Z_95 = 1.959963984540054
"""97.5 % quantile of the normal distribution."""


def t_quantile(n: int) -> float:
    """97.5 % quantile of Student's t with n - 1 degrees of freedom."""
    return float(scipy.special.stdtrit(n - 1, 0.975))


def standard_error(values: np.ndarray, groups: np.ndarray | None = None) -> tuple[float, int]:
    """Standard error of the mean of all rows, and the number of units it rests on.

    Rows of one unit are summed first (the ratio estimator of a cluster sample, Cochran 1977), so
    that many rows of few units do not pass for many units.

    Args:
        values: float64[row].
        groups: the unit of each row; every row is its own when None.
    """
    values = np.asarray(values, np.float64)
    unit = group_numbers(groups, len(values))
    total, size = np.bincount(unit, values), np.bincount(unit)
    n = len(total)
    checked_n(n, 2, "a standard error")
    left = total - values.mean() * size
    return float(np.sqrt(n / (n - 1) * (left**2).sum()) / len(values)), n


def half_widths(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """Half the width of the 95 % t interval of every mean over an axis, as `mean_over` has it.

    What is not finite is left out of its mean; nan where fewer than two are left.
    """
    rows = np.moveaxis(np.asarray(values, np.float64), axis, -1)
    known = np.isfinite(rows)
    n = known.sum(axis=-1)
    mean = np.where(known, rows, 0.0).sum(axis=-1) / np.maximum(n, 1)
    left = np.where(known, rows - mean[..., None], 0.0)
    freedom = np.maximum(n - 1, 1)
    error = np.sqrt((left**2).sum(axis=-1) / freedom / np.maximum(n, 1))
    return np.where(n > 1, scipy.special.stdtrit(freedom, 0.975) * error, np.nan)


def mean_over(
    values: np.ndarray, *, of: str, unit: str, groups: np.ndarray | None = None
) -> Estimate:
    """Mean with the 95 % t interval over units: seeds, networks, animals.

    Exact for normal units, and close for others from about ten on; `mean_intervals`
    follows lopsided ones.

    Args:
        values: float64[row].
        of: what the number is.
        unit: what is counted, in the plural.
        groups: the unit of each row; every row is its own when None.

    Raises:
        InputError: fewer than two units.
    """
    values = np.asarray(values, np.float64)
    error, n = standard_error(values, groups)
    mean, half = float(values.mean()), t_quantile(n) * error
    return Estimate(of, mean, mean - half, mean + half, n, unit, f"mean, t interval over {unit}")
