"""The textbook programs: one central loop moves everybody. The control of every comparison.

Bubble runs the full double loop without early exit, insertion swaps each value down, selection
looks for the smallest and swaps once. A comparison counts as one read and as one activation. A
swap that touches a frozen cell, movable or not, is refused and the loop goes on.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.exchange import exchange, record, wrong
from engines.sorting.kernels.jit import inlined, part
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    ALGOTYPE,
    BUBBLE,
    BUDGET,
    CHOSEN,
    DESCENDING,
    FROZEN,
    INNER,
    INSERTION,
    LOGGED,
    MAX_ACTIVATIONS,
    MAX_SWAPS,
    N_BAD,
    ORDER,
    OUTER,
    PAPER_STEPS,
    QUIESCENT,
    RANK_AT,
    READS,
    RUNNING,
    SORTED,
    STEP,
    SWAPS,
)


@inlined
def _compare(cells: np.ndarray, state: np.ndarray, left: int, right: int) -> bool:
    state[ACTIVATIONS] += 1
    state[READS] += 1
    state[PAPER_STEPS] += 1
    return wrong(cells[RANK_AT, left], cells[RANK_AT, right], state[DESCENDING])


@inlined
def _swap(cells: np.ndarray, state: np.ndarray, log: np.ndarray, a: int, b: int) -> bool:
    if cells[FROZEN, cells[ORDER, a]] or cells[FROZEN, cells[ORDER, b]]:
        return False
    exchange(cells, state, a, b)
    record(state, log, a, b)
    state[SWAPS] += 1
    state[PAPER_STEPS] += 1
    return True


@inlined
def _bubble(cells: np.ndarray, state: np.ndarray, log: np.ndarray) -> None:
    if _compare(cells, state, state[INNER], state[INNER] + 1):
        _swap(cells, state, log, state[INNER], state[INNER] + 1)
    state[INNER] += 1
    if state[INNER] == cells.shape[1] - 1 - state[OUTER]:
        state[OUTER] += 1
        state[INNER] = 0


@inlined
def _insertion(cells: np.ndarray, state: np.ndarray, log: np.ndarray) -> None:
    if state[INNER] == 0:
        state[INNER] = state[OUTER] + 1
    p = state[INNER]
    moved = _compare(cells, state, p - 1, p) and _swap(cells, state, log, p - 1, p)
    state[INNER] -= 1
    if not moved or state[INNER] == 0:
        state[OUTER] += 1
        state[INNER] = 0


@inlined
def _selection(cells: np.ndarray, state: np.ndarray, log: np.ndarray) -> None:
    if state[INNER] == 0:
        state[CHOSEN], state[INNER] = state[OUTER], state[OUTER] + 1
    if _compare(cells, state, state[CHOSEN], state[INNER]):
        state[CHOSEN] = state[INNER]
    state[INNER] += 1
    if state[INNER] == cells.shape[1]:
        if state[CHOSEN] != state[OUTER]:
            _swap(cells, state, log, state[OUTER], state[CHOSEN])
        state[OUTER] += 1
        state[INNER] = 0


@part
def run_traditional(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Compare on, until the program ends or a budget, a full log, a step is reached."""
    kind = np.int64(cells[ALGOTYPE, 0]) if cells.shape[1] else 0
    while state[OUTER] < cells.shape[1] - 1:
        full = state[LOGGED] == log.shape[1] or state[STEP] >= until_step
        if full or state[ACTIVATIONS] >= until_activation:
            return RUNNING
        if state[ACTIVATIONS] >= state[MAX_ACTIVATIONS]:
            return BUDGET
        if state[SWAPS] >= state[MAX_SWAPS]:
            return BUDGET
        if kind == BUBBLE:
            _bubble(cells, state, log)
        elif kind == INSERTION:
            _insertion(cells, state, log)
        else:
            _selection(cells, state, log)
    return SORTED if state[N_BAD] == 0 else QUIESCENT
