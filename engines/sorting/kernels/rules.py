"""What one cell does when it is activated: the three algotypes.

A rule answers with the position it wants to swap with, or with one of the codes below. It sees
the array through ``order`` and ``rank_at``: the live array, or for synchronous cells the array as
it was at the start of the round. It counts the values it looks at and whether it wanted to move.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.exchange import wrong
from engines.sorting.kernels.jit import inlined, kernel, part
from engines.sorting.kernels.livelock import progress
from engines.sorting.kernels.state import (
    ALGOTYPE,
    BUBBLE,
    DOWN,
    FROZEN,
    IDEAL,
    IMMOVABLE,
    INSERTION,
    MOVABLE,
    ORDER,
    PAPER_STEPS,
    POSITION,
    QUIRK,
    RANK_AT,
    READS,
)

IDLE = -1
"""It can do nothing until something else changes."""
COIN = -2
"""It could move, but its coin pointed the other way."""
ADVANCED = -3
"""Its ideal position advanced."""


@inlined
def may_push(cells: np.ndarray, order: int, position: int) -> bool:
    """Whether the cell at this position may be moved by another."""
    return cells[FROZEN, cells[order, position]] != IMMOVABLE


@inlined
def bubble(
    cells: np.ndarray,
    state: np.ndarray,
    order: int,
    ranks: int,
    cell: int,
    p: int,
    rightwards: bool,
) -> int:
    """Look at one neighbour, chosen by a coin; swap when it stands on the wrong side."""
    last, down = cells.shape[1] - 1, cells[DOWN, cell]
    right = (
        p < last
        and wrong(cells[ranks, p], cells[ranks, p + 1], down)
        and may_push(cells, order, p + 1)
    )
    left = (
        p > 0
        and wrong(cells[ranks, p - 1], cells[ranks, p], down)
        and may_push(cells, order, p - 1)
    )
    if (p < last) if rightwards else (p > 0):
        state[READS] += 1
    if not (right or left):
        return IDLE
    state[PAPER_STEPS] += 1
    if rightwards:
        return p + 1 if right else COIN
    return p - 1 if left else COIN


@inlined
def insertion(
    cells: np.ndarray,
    state: np.ndarray,
    order: int,
    ranks: int,
    cell: int,
    p: int,
    first_break: int,
) -> int:
    """When everything to the left is in order, swap left while the left neighbour is wrong."""
    if p == 0:
        return IDLE
    state[READS] += min(p, first_break + 2)
    if first_break < p - 1 or not may_push(cells, order, p - 1):
        return IDLE
    if not wrong(cells[ranks, p - 1], cells[ranks, p], cells[DOWN, cell]):
        return IDLE
    state[PAPER_STEPS] += 1
    return p - 1


@inlined
def selection(
    cells: np.ndarray, state: np.ndarray, order: int, ranks: int, cell: int, p: int
) -> int:
    """Swap with the cell at the ideal position when that one is larger, else try the next."""
    q = np.int64(cells[IDEAL, cell])
    if q == p or q < 0 or q >= cells.shape[1]:
        return IDLE
    state[READS] += 1
    state[PAPER_STEPS] += 1
    frozen, smaller = cells[FROZEN, cells[order, q]], cells[ranks, p] < cells[ranks, q]
    refused = frozen == IMMOVABLE or not smaller
    if refused or (frozen == MOVABLE and state[QUIRK]):
        cells[IDEAL, cell] = q - 1 if cells[DOWN, cell] else q + 1
        progress(state)
    return ADVANCED if refused else int(q)


@part
def wish(
    cells: np.ndarray,
    state: np.ndarray,
    order: int,
    ranks: int,
    breaks: tuple[int, int],
    cell: int,
    p: int,
    rightwards: bool,
) -> int:
    """What an active cell at ``p`` does; ``breaks`` are the first ascending, descending break."""
    if cells[ALGOTYPE, cell] == BUBBLE:
        return bubble(cells, state, order, ranks, cell, p, rightwards)
    if cells[ALGOTYPE, cell] == INSERTION:
        first_break = breaks[1] if cells[DOWN, cell] else breaks[0]
        return insertion(cells, state, order, ranks, cell, p, first_break)
    return selection(cells, state, order, ranks, cell, p)


@kernel
def can_act(cells: np.ndarray, cell: int, breaks: tuple[int, int]) -> bool:
    """Whether an activation of this cell could change anything, now."""
    if cells[FROZEN, cell]:
        return False
    p, down = np.int64(cells[POSITION, cell]), cells[DOWN, cell]
    last = cells.shape[1] - 1
    if cells[ALGOTYPE, cell] not in (BUBBLE, INSERTION):
        q = cells[IDEAL, cell]
        return q != p and 0 <= q <= last
    left = (
        p > 0
        and wrong(cells[RANK_AT, p - 1], cells[RANK_AT, p], down)
        and may_push(cells, ORDER, p - 1)
    )
    if cells[ALGOTYPE, cell] == INSERTION:
        return bool(left and (breaks[1] if down else breaks[0]) >= p - 1)
    if left:
        return True
    return (
        p < last
        and wrong(cells[RANK_AT, p], cells[RANK_AT, p + 1], down)
        and may_push(cells, ORDER, p + 1)
    )


@inlined
def anything_can_act(cells: np.ndarray, breaks: tuple[int, int]) -> bool:
    """The exact test for quiescence: is there any cell that could ever act again?"""
    n_able = 0
    for cell in range(cells.shape[1]):
        n_able += 1 if can_act(cells, cell, breaks) else 0
    return n_able > 0
