"""Leave one unit out: intervals for statistics of pairs that share units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.contract import Estimate
from engines.lab.statistics.groups import checked_n
from engines.lab.statistics.intervals import t_quantile


def left_out(statistic: Callable[[np.ndarray], float], n: int) -> np.ndarray:
    """float64[unit]: the statistic of all units but this one; it is handed those that stay."""
    every = np.arange(n)
    return np.array([statistic(np.delete(every, k)) for k in range(n)], np.float64)


def jackknife(statistic: Callable[[np.ndarray], float], n: int, *, of: str, unit: str) -> Estimate:
    """Estimate with the delete-one 95 % t interval (Tukey 1958), laid around it.

    For smooth statistics; with a median it fails, take `bootstrap`. Where the statistic is a mean
    over pairs of networks, the units are the networks: pairs that share one are not independent.

    Args:
        statistic: from the numbers of the units used, int64[used], to a number.
        n: how many units there are.
        of: what the number is.
        unit: what is counted, in the plural.

    Raises:
        InputError: fewer than three units.
    """
    checked_n(n, 3, "a jackknife")
    value, without = float(statistic(np.arange(n))), left_out(statistic, n)
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    half = t_quantile(n) * error
    return Estimate(of, value, value - half, value + half, n, unit, f"jackknife over {unit}")
