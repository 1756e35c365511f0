"""A user's own values: what may be sorted, and their dense ranks.

The engine only ever sees ranks, so floats, huge integers, infinities and text all sort exactly
and no sentinel value can be mistaken for data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engines.contract import SpecError

Value = int | float | str

MAX_CELLS = 100_000


def checked_values(values: Any) -> tuple[Value, ...]:
    """The values as plain Python numbers or texts, in the same order.

    Raises:
        SpecError: a value that has no order (NaN, None, complex, ...), or numbers mixed with
            text; the sentence names the index.
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        shown = repr(values)[:60]
        raise SpecError(f"own values must be a list of numbers or texts, got {shown}")
    plain = tuple(_checked(index, value) for index, value in enumerate(values))
    if len(plain) > MAX_CELLS:
        raise SpecError(f"at most {MAX_CELLS:,} own values can be sorted, got {len(plain):,}")
    texts = [index for index, value in enumerate(plain) if isinstance(value, str)]
    if texts and len(texts) < len(plain):
        number = next(i for i, value in enumerate(plain) if not isinstance(value, str))
        raise SpecError(
            f"numbers and text cannot be compared: own value {number} is {plain[number]!r} "
            f"but own value {texts[0]} is {plain[texts[0]]!r}"
        )
    return plain


def _checked(index: int, value: Any) -> Value:
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool) or not isinstance(plain, int | float | str):
        raise SpecError(
            f"own value {index} is {plain!r}, which has no place in an order; give numbers or text"
        )
    if isinstance(plain, float) and math.isnan(plain):
        raise SpecError(f"own value {index} is NaN, which has no place in an order; leave it out")
    return plain


def dense_ranks(values: Sequence[Value]) -> np.ndarray:
    """int32[cell]: 0 for the smallest value; equal values share a rank (compared exactly)."""
    rank = {value: index for index, value in enumerate(sorted(set(values)))}  # type: ignore[type-var]
    return np.fromiter((rank[value] for value in values), np.int32, len(values))


def drawable(values: Sequence[Value], ranks: np.ndarray) -> np.ndarray:
    """float64[cell]: nearest float of each number; the rank of each text."""
    if any(isinstance(value, str) for value in values):
        return ranks.astype(np.float64)
    return np.array([_nearest_float(value) for value in values], np.float64)


def _nearest_float(value: Value) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, 1 if int(value) > 0 else -1)
