"""One swap: the array, the number of errors, the sorted prefixes, the log, the stop reasons."""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.jit import inlined, part
from engines.sorting.kernels.livelock import is_livelock
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    BREAK_DOWN,
    BREAK_UP,
    BUDGET,
    DESCENDING,
    ERROR,
    FROZEN,
    HAS_INSERTION,
    LEFT,
    LIVELOCK,
    LOGGED,
    MAX_SWAPS,
    N_BAD,
    ONE_DIRECTION,
    ORDER,
    POSITION,
    RANK_AT,
    RIGHT,
    RUNNING,
    SORTED,
    STEP,
    SWAPS,
    WHEN,
    note_change,
)


@inlined
def wrong(left_rank: int, right_rank: int, down: int) -> bool:
    """Whether two neighbours stand in the wrong order; equal ranks never do."""
    return left_rank < right_rank if down else left_rank > right_rank


@inlined
def bad(cells: np.ndarray, state: np.ndarray, edge: int) -> int:
    """1 when the cells at ``edge`` and ``edge + 1`` stand in the wrong order, else 0."""
    if edge < 0 or edge >= cells.shape[1] - 1:
        return 0
    return 1 if wrong(cells[RANK_AT, edge], cells[RANK_AT, edge + 1], state[DESCENDING]) else 0


@inlined
def breaks(cells: np.ndarray, edge: int, down: int) -> bool:
    """Whether a prefix in this direction ends at ``edge``: frozen cells are skipped."""
    if cells[FROZEN, cells[ORDER, edge]] or cells[FROZEN, cells[ORDER, edge + 1]]:
        return False
    return wrong(cells[RANK_AT, edge], cells[RANK_AT, edge + 1], down)


@inlined
def first_break(cells: np.ndarray, down: int, start: int) -> int:
    """The first edge from ``start`` on at which a prefix ends; n when there is none."""
    for edge in range(start, cells.shape[1] - 1):
        if breaks(cells, edge, down):
            return edge
    return cells.shape[1]


@inlined
def update_break(
    cells: np.ndarray, state: np.ndarray, place: int, down: int, a: int, b: int
) -> None:
    """Mend the first break after the cells at ``a`` < ``b`` have changed."""
    known = state[place]
    first = known
    for edge in (a - 1, a, b - 1, b):
        if 0 <= edge < cells.shape[1] - 1 and edge < first and breaks(cells, edge, down):
            first = edge
    if first == known and known < cells.shape[1] - 1 and not breaks(cells, known, down):
        first = first_break(cells, down, known + 1)
    state[place] = first


@inlined
def exchange(cells: np.ndarray, state: np.ndarray, a: int, b: int) -> None:
    """Swap positions ``a`` < ``b`` and keep errors and prefixes right."""
    touching = b == a + 1
    before = bad(cells, state, a - 1) + bad(cells, state, a) + bad(cells, state, b)
    if not touching:
        before += bad(cells, state, b - 1)
    first, second = cells[ORDER, a], cells[ORDER, b]
    cells[ORDER, a], cells[ORDER, b] = second, first
    cells[POSITION, first], cells[POSITION, second] = b, a
    cells[RANK_AT, a], cells[RANK_AT, b] = cells[RANK_AT, b], cells[RANK_AT, a]
    after = bad(cells, state, a - 1) + bad(cells, state, a) + bad(cells, state, b)
    if not touching:
        after += bad(cells, state, b - 1)
    state[N_BAD] += after - before
    if state[HAS_INSERTION] & 1:
        update_break(cells, state, BREAK_UP, 0, a, b)
    if state[HAS_INSERTION] & 2:
        update_break(cells, state, BREAK_DOWN, 1, a, b)


@inlined
def record(state: np.ndarray, log: np.ndarray, a: int, b: int) -> None:
    """Write a swap into the log."""
    place = state[LOGGED]
    log[LEFT, place], log[RIGHT, place] = a, b
    log[WHEN, place], log[ERROR, place] = state[ACTIVATIONS], state[N_BAD]
    state[LOGGED] = place + 1
    state[STEP] += 1


@part
def swap(cells: np.ndarray, state: np.ndarray, log: np.ndarray, p: int, t: int) -> int:
    """A swap that a cell makes; answers why to stop after it, or RUNNING."""
    a, b = min(p, t), max(p, t)
    exchange(cells, state, a, b)
    record(state, log, a, b)
    state[SWAPS] += 1
    note_change(state)
    if state[N_BAD] == 0 and state[ONE_DIRECTION]:
        return SORTED
    if is_livelock(cells, state, a, b):
        return LIVELOCK
    return BUDGET if state[SWAPS] >= state[MAX_SWAPS] else RUNNING
