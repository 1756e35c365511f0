"""Rates: how many of how many."""

from __future__ import annotations

import math

from engines.contract import Estimate, InputError
from engines.lab.statistics.intervals import Z_95


def wilson(n_hits: float, n: float) -> tuple[float, float]:
    """95 % interval of a rate (Wilson 1927); (0, 1) when nothing was tried.

    >>> low, high = wilson(10, 10)
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)

    Raises:
        InputError: more hits than tries, or fewer than none.
    """
    if n == 0:
        return 0.0, 1.0
    if not 0 <= n_hits <= n:
        raise InputError(f"a rate needs 0 to n hits, got {n_hits} of {n}")
    share, z2 = n_hits / n, Z_95**2 / n
    centre = (share + z2 / 2) / (1 + z2)
    half = Z_95 / (1 + z2) * math.sqrt(share * (1 - share) / n + z2 / (4 * n))
    # Rounding must not push an end past the share itself.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def rate(n_hits: int, n: int, *, of: str, unit: str) -> Estimate:
    """A rate with its Wilson interval.

    Raises:
        InputError: nothing was tried, or more hits than tries.
    """
    if n < 1:
        raise InputError(f"the rate of {of} needs at least one of {unit}, got none")
    return Estimate(of, n_hits / n, *wilson(n_hits, n), n, unit, "share, Wilson interval")
