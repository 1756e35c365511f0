"""A swap log that came without errors gets them."""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.exchange import wrong
from engines.sorting.kernels.jit import inlined, kernel
from engines.sorting.kernels.state import ERROR, LEFT, RIGHT
from engines.sorting.kernels.traces import total_error


@inlined
def _bad(rank_at: np.ndarray, edge: int, down: int) -> int:
    if edge < 0 or edge >= len(rank_at) - 1:
        return 0
    return 1 if wrong(rank_at[edge], rank_at[edge + 1], down) else 0


@inlined
def _bad_around(rank_at: np.ndarray, a: int, b: int, down: int) -> int:
    total = _bad(rank_at, a - 1, down) + _bad(rank_at, a, down) + _bad(rank_at, b, down)
    return total + (_bad(rank_at, b - 1, down) if b > a + 1 else 0)


@kernel
def fill_errors(rank_at: np.ndarray, down: int, log: np.ndarray) -> int:
    """Replay ``log`` on ``rank_at`` and write the error after every swap into it.

    Answers the longest stretch of swaps without a new least error.
    """
    error = total_error(rank_at, down)
    least, since, longest = error, 0, 0
    for step in range(log.shape[1]):
        a, b = np.int64(log[LEFT, step]), np.int64(log[RIGHT, step])
        error -= _bad_around(rank_at, a, b, down)
        rank_at[a], rank_at[b] = rank_at[b], rank_at[a]
        error += _bad_around(rank_at, a, b, down)
        log[ERROR, step] = error
        since = 0 if error < least else since + 1
        least = min(least, error)
        longest = max(longest, since)
    return longest
