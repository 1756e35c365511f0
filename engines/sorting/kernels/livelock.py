"""An exact test for runs that go on for ever without getting anywhere.

When no new least error was seen for a window of swaps, the order is kept as an *anchor* and the
number of positions that differ from it is counted along; zero means that this very state has come
back. Ideal positions only ever advance, so an advance starts the window anew and a returning order
is a returning state. As in Brent's cycle search the anchor is renewed after 1, 2, 4 ... windows.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.jit import inlined
from engines.sorting.kernels.state import (
    ANCHOR,
    ANCHOR_LIFE,
    ANCHOR_STEP,
    CYCLE_PERIOD,
    CYCLE_START,
    LEAST_BAD,
    N_BAD,
    N_MISPLACED,
    ORDER,
    SINCE_PROGRESS,
    STEP,
    WINDOW,
    copy_row,
)


@inlined
def progress(state: np.ndarray) -> None:
    """Something happened that cannot be undone: start the window anew."""
    state[SINCE_PROGRESS] = 0


@inlined
def _drop_anchor(cells: np.ndarray, state: np.ndarray) -> None:
    copy_row(cells, ORDER, ANCHOR)
    state[N_MISPLACED] = 0
    state[ANCHOR_STEP] = state[STEP]


@inlined
def _differs(cells: np.ndarray, p: int) -> int:
    return 1 if cells[ORDER, p] != cells[ANCHOR, p] else 0


@inlined
def is_livelock(cells: np.ndarray, state: np.ndarray, a: int, b: int) -> bool:
    """Whether the swap of ``a`` and ``b``, just made, brought an earlier state back."""
    window = state[WINDOW]
    if state[N_BAD] < state[LEAST_BAD]:
        state[LEAST_BAD] = state[N_BAD]
        state[SINCE_PROGRESS] = 0
        return False
    state[SINCE_PROGRESS] += 1
    if state[SINCE_PROGRESS] < window:
        return False
    if state[SINCE_PROGRESS] == window:
        _drop_anchor(cells, state)
        state[ANCHOR_LIFE] = window
        return False
    first, second = cells[ORDER, a], cells[ORDER, b]
    was = (1 if second != cells[ANCHOR, a] else 0) + (1 if first != cells[ANCHOR, b] else 0)
    state[N_MISPLACED] += _differs(cells, a) + _differs(cells, b) - was
    if state[N_MISPLACED] == 0:
        state[CYCLE_START] = state[ANCHOR_STEP]
        state[CYCLE_PERIOD] = state[STEP] - state[ANCHOR_STEP]
        return True
    if state[STEP] - state[ANCHOR_STEP] >= state[ANCHOR_LIFE]:
        _drop_anchor(cells, state)
        state[ANCHOR_LIFE] *= 2
    return False
