"""What one cell does when it is activated: the three algotypes.

A rule answers with the position it wants to swap with, or with one of the codes below. It sees
the array through ``eyes``, the rows of order, ranks and frozen cells: the live array, or for
synchronous cells the array as it was at the start of the round. It counts the values it looks at
and whether it wanted to move. ``errs`` turns the answer of its comparison round; ``nudges`` lets
it want a swap that an immovable cell will refuse.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.exchange import wrong
from engines.sorting.kernels.jit import inlined, kernel, part
from engines.sorting.kernels.livelock import progress
from engines.sorting.kernels.state import (
    ALGOTYPE,
    BREAK_DOWN,
    BREAK_UP,
    BUBBLE,
    DOWN,
    FROZEN,
    IDEAL,
    IMMOVABLE,
    INSERTION,
    MOVABLE,
    NOISE_ODDS,
    NUDGES_NEEDED,
    ORDER,
    PAPER_STEPS,
    POSITION,
    QUIRK,
    RANK_AT,
    READS,
    note_change,
)

IDLE = -1
"""It can do nothing until something else changes."""
COIN = -2
"""It could move, but its coin pointed the other way."""
ADVANCED = -3
"""Its ideal position advanced."""


@inlined
def wants(
    cells: np.ndarray,
    eyes: tuple[int, int, int],
    edge: int,
    other: int,
    down: int,
    errs: bool,
    nudges: bool,
) -> bool:
    """Whether a cell beside ``edge`` wants to swap over it with the cell at ``other``."""
    order, ranks, frozen = eyes
    stands_wrong = wrong(cells[ranks, edge], cells[ranks, edge + 1], down) != errs
    return stands_wrong and (nudges or cells[frozen, cells[order, other]] != IMMOVABLE)


@inlined
def bubble(
    cells: np.ndarray,
    state: np.ndarray,
    eyes: tuple[int, int, int],
    cell: int,
    p: int,
    rightwards: bool,
    errs: bool,
    nudges: bool,
) -> int:
    """Look at one neighbour, chosen by a coin; swap when it stands on the wrong side."""
    last, down = cells.shape[1] - 1, cells[DOWN, cell]
    right = p < last and wants(cells, eyes, p, p + 1, down, errs, nudges)
    left = p > 0 and wants(cells, eyes, p - 1, p - 1, down, errs, nudges)
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
    eyes: tuple[int, int, int],
    cell: int,
    p: int,
    first_break: int,
    errs: bool,
    nudges: bool,
) -> int:
    """When everything to the left is in order, swap left while the left neighbour is wrong."""
    if p == 0:
        return IDLE
    state[READS] += min(p, first_break + 2)
    if first_break < p - 1:
        return IDLE
    if not wants(cells, eyes, p - 1, p - 1, cells[DOWN, cell], errs, nudges):
        return IDLE
    state[PAPER_STEPS] += 1
    return p - 1


@inlined
def advance(cells: np.ndarray, state: np.ndarray, cell: int) -> None:
    """The ideal position goes on by one; it never comes back."""
    cells[IDEAL, cell] += -1 if cells[DOWN, cell] else 1
    progress(state)
    note_change(state)


@inlined
def selection(
    cells: np.ndarray,
    state: np.ndarray,
    eyes: tuple[int, int, int],
    cell: int,
    p: int,
    errs: bool,
    tries: bool,
) -> int:
    """Swap with the cell at the ideal position when that one is larger, else try the next.

    ``tries``: the swap is wanted even when the cell there is immovable.
    """
    order, ranks, frozen_row = eyes
    q = np.int64(cells[IDEAL, cell])
    if q == p or q < 0 or q >= cells.shape[1]:
        return IDLE
    state[READS] += 1
    state[PAPER_STEPS] += 1
    frozen = cells[frozen_row, cells[order, q]]
    smaller = (cells[ranks, p] < cells[ranks, q]) != errs
    refused = (frozen == IMMOVABLE and not tries) or not smaller
    if refused or (frozen == MOVABLE and state[QUIRK]):
        advance(cells, state, cell)
    return ADVANCED if refused else int(q)


@part
def wish(
    cells: np.ndarray,
    state: np.ndarray,
    eyes: tuple[int, int, int],
    breaks: tuple[int, int],
    cell: int,
    p: int,
    rightwards: bool,
) -> int:
    """What an active cell at ``p`` does; ``breaks`` are the first ascending, descending break."""
    if cells[ALGOTYPE, cell] == BUBBLE:
        return bubble(cells, state, eyes, cell, p, rightwards, False, False)
    if cells[ALGOTYPE, cell] == INSERTION:
        first_break = breaks[1] if cells[DOWN, cell] else breaks[0]
        return insertion(cells, state, eyes, cell, p, first_break, False, False)
    return selection(cells, state, eyes, cell, p, False, False)


@inlined
def _could_want(cells: np.ndarray, state: np.ndarray, edge: int, other: int, down: int) -> bool:
    """Whether a cell beside ``edge`` could ever try to swap over it, errors included."""
    stands_wrong = wrong(cells[RANK_AT, edge], cells[RANK_AT, edge + 1], down)
    reachable = state[NUDGES_NEEDED] > 0 or cells[FROZEN, cells[ORDER, other]] != IMMOVABLE
    return (stands_wrong or state[NOISE_ODDS] != 0) and reachable


@kernel
def can_act(cells: np.ndarray, state: np.ndarray, cell: int) -> bool:
    """Whether an activation of this cell could change anything, now; a nudge is a change."""
    if cells[FROZEN, cell]:
        return False
    p, down = np.int64(cells[POSITION, cell]), cells[DOWN, cell]
    last = cells.shape[1] - 1
    if cells[ALGOTYPE, cell] not in (BUBBLE, INSERTION):
        q = cells[IDEAL, cell]
        return q != p and 0 <= q <= last
    left = p > 0 and _could_want(cells, state, p - 1, p - 1, down)
    if cells[ALGOTYPE, cell] == INSERTION:
        return bool(left and (state[BREAK_DOWN] if down else state[BREAK_UP]) >= p - 1)
    return bool(left or (p < last and _could_want(cells, state, p, p + 1, down)))


@inlined
def anything_can_act(cells: np.ndarray, state: np.ndarray) -> bool:
    """The exact test for quiescence: is there any cell that could ever act again?"""
    n_able = 0
    for cell in range(cells.shape[1]):
        n_able += 1 if can_act(cells, state, cell) else 0
    return n_able > 0
