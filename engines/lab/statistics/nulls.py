"""A number against draws of a null: how far out, in its deviations and as a share of draws."""

from __future__ import annotations

from typing import Literal

import numpy as np

Sided = Literal["both", "greater", "less"]


def tail(values: np.ndarray, sided: Sided) -> np.ndarray:
    """What grows the further out a value lies on the side that counts, from 0."""
    if sided == "both":
        return np.abs(values)
    return values if sided == "greater" else -values


def p_against(
    real: np.ndarray, nulls: np.ndarray, *, sided: Sided = "both", exact: bool = False
) -> np.ndarray:
    """float64[measure]: (r + 1) / (K + 1), r of K nulls at least as far out; never 0.

    "both" measures the distance from the nulls' mean. North, Curtis & Sham 2002; Phipson & Smyth
    2010.

    Args:
        real: float64[measure]; nan where it is nan.
        nulls: float64[null, measure].
        sided: which side counts.
        exact: the nulls are all there are, the data themselves among them: r / K.
    """
    real, nulls = np.asarray(real, np.float64), np.asarray(nulls, np.float64)
    centre = nulls.mean(axis=0)
    # A whisker, so that equal sums in another order of adding count as equal.
    tolerance = 1e-12 * (np.abs(centre) + np.abs(real))
    if sided == "both":
        further = np.abs(nulls - centre) >= np.abs(real - centre) - tolerance
    else:
        further = tail(nulls, sided) >= tail(real, sided) - tolerance
    n_more = 0.0 if exact else 1.0
    p = (further.sum(axis=0) + n_more) / (len(nulls) + n_more)
    return np.where(np.isfinite(real), p, np.nan)


def z_against(real: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """Distance from the nulls' mean in their standard deviations, or nan: like ``real``.

    Args:
        real: float64[..., measure].
        nulls: float64[null, measure].
    """
    spread = nulls.std(axis=0)
    scale = 1e-9 * (np.abs(nulls.mean(axis=0)) + 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > scale, (real - nulls.mean(axis=0)) / spread, np.nan)
