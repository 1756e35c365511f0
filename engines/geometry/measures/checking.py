"""Checks that all measures share: names that exist, and numbers that are numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.contract import InputError


def named(name: str, known: Sequence[str], what: str) -> str:
    """The known name that this is, in any case.

    Raises:
        InputError: none of them; the message lists all.
    """
    by_lower = {each.lower(): each for each in known}
    found = by_lower.get(str(name).strip().lower())
    if found is None:
        raise InputError(f"no {what} {name!r}; there are: {', '.join(known)}")
    return found


FLAT = 1e-12
"""Of the largest number: what varies by less is rounding."""


def varies(x: np.ndarray) -> bool:
    """Whether some unit of [stimulus, unit] tells stimuli apart, by more than rounding."""
    x = np.asarray(x, np.float64)
    return bool(np.ptp(x, axis=0).max(initial=0.0) > FLAT * np.abs(x).max(initial=0.0))


def finite(x: np.ndarray, what: str, axes: Sequence[str] = ("stimulus", "unit")) -> np.ndarray:
    """The array as float64.

    Raises:
        InputError: nan or infinity in it; the message says where the first one is.
    """
    x = np.asarray(x, np.float64)
    bad = ~np.isfinite(x)
    if bad.any():
        first = np.argwhere(bad)[0].tolist()
        place = ", ".join(f"{axis} {k}" for axis, k in zip(axes, first, strict=True))
        raise InputError(
            f"{what} needs finite numbers, got {int(bad.sum()):,} that are nan or infinite, the "
            f"first at {place}; leave out those stimuli or units"
        )
    return x


def centred(x: np.ndarray) -> np.ndarray:
    """float64, the mean over rows taken off, of size 1 at most; exactly 0 where nothing varies.

    Similarities and dimensions do not depend on the size, and products of numbers near 1 neither
    overflow nor vanish.
    """
    x = np.asarray(x, np.float64)
    size = float(np.abs(x).max(initial=0.0))
    if size == 0.0:
        return np.zeros_like(x)
    x = x / size  # first, since means of huge numbers overflow
    moved = np.where(np.ptp(x, axis=0) > 0.0, x - x.mean(axis=0), 0.0)
    spread = float(np.abs(moved).max(initial=0.0))
    return moved / spread if spread > 0.0 else moved
