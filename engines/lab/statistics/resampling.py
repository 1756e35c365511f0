"""Bootstrap over units: drawn with replacement, whole groups together.

Three intervals. *Studentised*: every draw is divided by its own standard error; follows lopsided
units and holds from few units on; for means. *BCa* (bias-corrected and accelerated, Efron 1987):
for other smooth statistics. *Percentile*: the quantiles of the draws as they are; from
`PERCENTILE_LEAST` units on (with 20 it covers 93 %, with 10 91 %), and refused where it misses its
own estimate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import scipy  # its parts load when used

from engines.contract import Estimate, InputError
from engines.lab.statistics import draws
from engines.lab.statistics.groups import checked_n, group_numbers
from engines.lab.statistics.intervals import t_quantile

N_DRAWS = 10_000
Method = Literal["studentised", "percentile"]
_ENDS = (0.025, 0.975)
PERCENTILE_LEAST = 100
"""With fewer units percentile intervals are too narrow."""
STUDENTISED_LEAST = 6
"""With fewer units Student's t is taken."""
FLAT_MAX = 0.005
"""Where more draws than this have no spread to divide by, Student's t is taken too."""


def mean_intervals(
    samples: np.ndarray, seed: int, *, groups: np.ndarray | None = None,
    method: Method = "studentised",
) -> np.ndarray:  # fmt: skip
    """float64[name, 4]: mean, standard deviation and bootstrap 95 % interval of the mean.

    Every name is drawn with the same units. 10,000 draws (fewer for more than 10,000 units, where
    the interval is narrow anyway).

    Args:
        samples: float64[name, row].
        seed: where the draws come from.
        groups: the unit of each row; every row is its own when None.
        method: the interval.
    """
    samples = np.asarray(samples, np.float64)
    n_names, n_rows = samples.shape
    deviation = samples.std(axis=1, ddof=1) if n_rows > 1 else np.zeros(n_names)
    mean = samples.mean(axis=1)
    unit = group_numbers(groups, n_rows)
    total = np.stack([np.bincount(unit, row) for row in samples])
    size = np.bincount(unit).astype(np.float64)
    if method == "percentile":
        low, high = _percentiles(total, size, seed)
    elif len(size) < STUDENTISED_LEAST:
        low, high = _t_ends(total, size)
    else:
        low, high = _studentised(total, size, seed)
    return np.stack([mean, deviation, low, high], axis=1)


def _n_draws(n: int) -> int:
    return max(200, min(N_DRAWS, 100_000_000 // n))


def _percentiles(total: np.ndarray, size: np.ndarray, seed: int) -> np.ndarray:
    """float64[2, name]: quantiles of means over drawn units."""
    n, equal = len(size), bool(np.ptp(size) == 0)
    n_draws = _n_draws(n)
    means = np.empty((len(total), n_draws))
    per_unit = total / size[0] if equal else total
    for first, n_here in draws.chunks(n_draws, n):
        counts = draws.picked_counts(seed, first, n_here, n)
        weights = counts.T / (n if equal else counts @ size)
        means[:, first : first + n_here] = per_unit @ weights
    return np.quantile(means, _ENDS, axis=1)


def _t_ends(total: np.ndarray, size: np.ndarray) -> np.ndarray:
    """float64[2, name]: Student's t over units; the mean itself for a single one."""
    n = len(size)
    mean = total.sum(axis=1) / size.sum()
    half = t_quantile(n) * _errors(total, size, mean) if n > 1 else np.zeros(len(mean))
    return np.stack([mean - half, mean + half])


def _errors(total: np.ndarray, size: np.ndarray, mean: np.ndarray) -> np.ndarray:
    n = len(size)
    left = total - mean[:, None] * size
    return np.sqrt(n / (n - 1) * (left**2).sum(axis=1)) / size.sum()


def _studentised(total: np.ndarray, size: np.ndarray, seed: int) -> np.ndarray:
    """float64[2, name]: mean less the quantiles of (drawn mean - mean) / drawn error, by error."""
    n = len(size)
    mean = total.sum(axis=1) / size.sum()
    error = _errors(total, size, mean)
    centred = total - mean[:, None] * size
    n_draws = _n_draws(n)
    t = np.empty((len(total), n_draws))
    for first, n_here in draws.chunks(n_draws, n):
        counts = draws.picked_counts(seed, first, n_here, n).astype(np.float64).T
        t[:, first : first + n_here] = _t_values(centred, size, counts)
    spread = np.isfinite(t)
    low, high = np.quantile(np.where(spread, t, 0.0), _ENDS, axis=1)
    ends = np.stack([np.minimum(mean, mean - high * error), np.maximum(mean, mean - low * error)])
    return np.where(spread.mean(axis=1) < 1.0 - FLAT_MAX, _t_ends(total, size), ends)


def _t_values(centred: np.ndarray, size: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """float64[name, draw]: of units centred at the mean, counts [unit, draw]; nan without spread.

    The squares of a draw are summed in one product; what rounding leaves of equal units is no
    spread.
    """
    n, drawn = len(size), size @ counts
    offset = (centred @ counts) / drawn
    squares = (centred**2) @ counts
    spread = squares - 2 * offset * ((centred * size) @ counts) + offset**2 * (size**2 @ counts)
    error = np.sqrt(np.maximum(n / (n - 1) * spread, 0.0)) / drawn
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 1e-12 * squares, offset / error, np.nan)


def curve_interval(
    samples: np.ndarray, seed: int, reduce: Callable[[np.ndarray], np.ndarray]
) -> tuple[float, float, float, float]:
    """A statistic of the units' mean curve: its value, bootstrap SD and percentile 95 % interval.

    Args:
        samples: float64[unit, point].
        seed: where the 10,000 draws come from.
        reduce: from mean curves float64[draw, point] to one number each.
    """
    n_units = len(samples)
    values = np.empty(N_DRAWS)
    for first, n_here in draws.chunks(N_DRAWS, max(n_units, samples.shape[1])):
        weights = draws.picked_counts(seed, first, n_here, n_units).T / n_units
        values[first : first + n_here] = reduce(weights.T @ samples)
    low, high = np.quantile(values, _ENDS)
    centre = float(reduce(samples.mean(axis=0)[None])[0])
    return centre, float(values.std()), float(low), float(high)


Statistic = Callable[[np.ndarray], Any]


def bootstrap(
    statistic: Statistic, n_rows: int, *, seed: int, of: str, unit: str,
    groups: np.ndarray | None = None, method: Literal["bca", "percentile"] = "bca",
    n_draws: int = 2_000, batched: bool = False,
) -> Estimate:  # fmt: skip
    """Any statistic of rows, with the interval of units drawn with replacement.

    Args:
        statistic: from row numbers int64[drawn], which may repeat, to a number.
        n_rows: how many rows there are.
        seed: where the draws come from.
        of: what the number is.
        unit: what is counted, in the plural.
        groups: the unit of each row; every row is its own when None.
        method: "bca", or "percentile".
        n_draws: how many draws.
        batched: the statistic takes int64[draw, drawn] and gives float64[draw]; much faster.

    Raises:
        InputError: fewer than three units; a statistic that is undefined for more than half of
            the draws; an interval that misses its own estimate.
    """
    number = group_numbers(groups, n_rows)
    units = [np.flatnonzero(number == k) for k in range(int(number.max(initial=-1)) + 1)]
    n = len(units)
    checked_n(n, 3, "a bootstrap")
    value = _values(statistic, [np.arange(n_rows)], batched)[0]
    picks = draws.below(seed, draws.BOOTSTRAP, n_draws * n, n).reshape(n_draws, n)
    drawn = _values(statistic, _rows_of(units, picks), batched)
    finite = drawn[np.isfinite(drawn)]
    if 2 * len(finite) < n_draws:
        raise InputError(f"{of} is undefined in more than half of the draws; measure more {unit}")
    levels = _ENDS
    if method == "bca":
        others = np.array([np.delete(np.arange(n), k) for k in range(n)])
        levels = bca_levels(value, finite, _values(statistic, _rows_of(units, others), batched))
    low, high = (float(q) for q in np.quantile(finite, levels))
    _check_holds(of, value, low, high, method)
    said = f"{method} bootstrap over {unit}, {n_draws:,} draws"
    return Estimate(of, float(value), low, high, n, unit, said, seed)


def _rows_of(units: list[np.ndarray], picks: np.ndarray) -> list[np.ndarray]:
    """The rows of each draw of units [draw, unit]."""
    if all(len(rows) == 1 for rows in units):
        return list(np.concatenate(units)[picks])
    return [np.concatenate([units[k] for k in each]) for each in picks]


def _values(statistic: Statistic, rows: list[np.ndarray], batched: bool) -> np.ndarray:
    """float64[draw]: draws of as many rows go together where the statistic can take them."""
    if not batched:
        return np.array([statistic(each) for each in rows], np.float64)
    lengths = np.array([len(each) for each in rows])
    found = np.empty(len(rows))
    for length in np.unique(lengths):
        here = np.flatnonzero(lengths == length)
        found[here] = statistic(np.stack([rows[k] for k in here]))
    return found


def bca_levels(value: float, drawn: np.ndarray, without: np.ndarray) -> tuple[float, float]:
    """The quantiles of the draws that a BCa interval takes (Efron 1987), instead of .025, .975.

    Args:
        value: the estimate.
        drawn: float64[draw].
        without: float64[unit], the estimate with one unit left out.
    """
    below = (np.mean(drawn < value) + np.mean(drawn <= value)) / 2
    shift = scipy.special.ndtri(np.clip(below, 0.5 / len(drawn), 1 - 0.5 / len(drawn)))
    left = without.mean() - without
    scale = 6.0 * (left**2).sum() ** 1.5
    bend = float((left**3).sum() / scale) if scale > 0 else 0.0
    z = scipy.special.ndtri(np.array(_ENDS))
    moved = scipy.special.ndtr(shift + (shift + z) / (1 - bend * (shift + z)))
    return float(moved[0]), float(moved[1])


def _check_holds(of: str, value: float, low: float, high: float, method: str) -> None:
    slack = 1e-9 * max(abs(low), abs(high), 1e-300)
    if not low - slack <= value <= high + slack:
        raise InputError(
            f"the {method} interval of {of}, {low:g} to {high:g}, misses the estimate {value:g}: "
            "drawing units twice bends this statistic; use random halves or a jackknife"
        )
