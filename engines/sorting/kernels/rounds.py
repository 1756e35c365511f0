"""Everybody once per round: random sweep, round robin, and synchronous cells.

Sweep draws a new order of turns every round; round robin keeps the cells' own order. Synchronous
cells all decide from the array at the start of the round. Then, in a freshly drawn order, each
claims the two positions of its swap; a claim is granted when neither position was claimed before
in this round, and a refused claim changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engines.sorting.kernels.exchange import swap
from engines.sorting.kernels.jit import inlined, part
from engines.sorting.kernels.rules import wish
from engines.sorting.kernels.serial import at_rest, nothing_left
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    BREAK_DOWN,
    BREAK_UP,
    BUDGET,
    CLAIMED,
    COINS,
    ENGINE,
    FROZEN,
    LIVE,
    LOGGED,
    MAX_ACTIVATIONS,
    ORDER,
    POSITION,
    QUIESCENT,
    RANK_AT,
    ROUND,
    ROUND_ROBIN,
    RUNNING,
    SEEN,
    SEEN_BREAK_DOWN,
    SEEN_BREAK_UP,
    SEEN_ORDER,
    SEEN_POSITION,
    SEEN_RANK_AT,
    STEP,
    SYNCHRONOUS,
    TEST_AT,
    TURN,
    TURNS,
    copy_row,
)
from engines.sorting.kernels.words import below, next_word


@inlined
def start_round(cells: np.ndarray, state: np.ndarray) -> None:
    """Draw the order of turns; synchronous cells look at the array once, now."""
    state[TURN] = 0
    state[ROUND] += 1
    if state[ENGINE] != ROUND_ROBIN:
        for place in range(cells.shape[1] - 1, 0, -1):
            other = below(state, place + 1)
            cells[TURNS, place], cells[TURNS, other] = cells[TURNS, other], cells[TURNS, place]
    if state[ENGINE] == SYNCHRONOUS:
        copy_row(cells, ORDER, SEEN_ORDER)
        copy_row(cells, RANK_AT, SEEN_RANK_AT)
        copy_row(cells, POSITION, SEEN_POSITION)
        state[SEEN_BREAK_UP], state[SEEN_BREAK_DOWN] = state[BREAK_UP], state[BREAK_DOWN]


@inlined
def claim(cells: np.ndarray, state: np.ndarray, p: int, target: int) -> bool:
    """Take both positions for this round; false when one is taken already."""
    current = state[ROUND]
    if cells[CLAIMED, p] == current or cells[CLAIMED, target] == current:
        return False
    cells[CLAIMED, p] = current
    cells[CLAIMED, target] = current
    return True


@inlined
def _wish_in_round(
    cells: np.ndarray, state: np.ndarray, cell: int, rightwards: bool
) -> tuple[np.int64, int]:
    """Position of the cell as it sees it, and what it wants."""
    if state[ENGINE] == SYNCHRONOUS:
        p = np.int64(cells[SEEN_POSITION, cell])
        breaks = (state[SEEN_BREAK_UP], state[SEEN_BREAK_DOWN])
        return p, wish(cells, state, SEEN, breaks, cell, p, rightwards)
    p = np.int64(cells[POSITION, cell])
    breaks = (state[BREAK_UP], state[BREAK_DOWN])
    return p, wish(cells, state, LIVE, breaks, cell, p, rightwards)


@inlined
def next_turn(cells: np.ndarray, state: np.ndarray) -> tuple[np.int64, bool]:
    """Count the next activation: whose turn it is, and that cell's coin (true for right)."""
    turn = state[TURN]
    if turn % 64 == 0:
        state[COINS] = np.int64(next_word(state))
    rightwards = (state[COINS] >> (turn % 64)) & 1 == 1
    cell = np.int64(cells[TURNS, turn])
    state[TURN] = turn + 1
    state[ACTIVATIONS] += 1
    return cell, rightwards


@inlined
def take_turn(cells: np.ndarray, state: np.ndarray, log: np.ndarray) -> int:
    """The next cell's turn; answers why to stop after it, or RUNNING."""
    cell, rightwards = next_turn(cells, state)
    if cells[FROZEN, cell]:
        return RUNNING
    p, target = _wish_in_round(cells, state, cell, rightwards)
    if target >= 0 and (state[ENGINE] != SYNCHRONOUS or claim(cells, state, p, target)):
        return swap(cells, state, log, p, target)
    return RUNNING


def rounds_loop(act: Callable[..., int]) -> Any:
    """The loop of rounds around ``act``, one turn."""

    @part
    def run(
        cells: np.ndarray,
        state: np.ndarray,
        log: np.ndarray,
        until_step: int,
        until_activation: int,
    ) -> int:
        """Take turns until a reason to stop, a full log, a step or an activation is reached."""
        synchronous = state[ENGINE] == SYNCHRONOUS
        while True:
            full = state[LOGGED] == log.shape[1] or state[STEP] >= until_step
            if full or state[ACTIVATIONS] >= until_activation:
                return RUNNING
            if synchronous and state[TURN] == cells.shape[1] and at_rest(cells, state):
                return QUIESCENT
            if state[ACTIVATIONS] >= state[MAX_ACTIVATIONS]:
                # In the middle of a round synchronous cells may still act on what they have seen.
                return QUIESCENT if not synchronous and at_rest(cells, state) else BUDGET
            idle = not synchronous and state[ACTIVATIONS] >= state[TEST_AT]
            if idle and nothing_left(cells, state):
                return QUIESCENT
            if state[ROUND] == 0 or state[TURN] == cells.shape[1]:
                start_round(cells, state)
            code = act(cells, state, log)
            if code != RUNNING:
                return code

    return run


run_rounds = rounds_loop(take_turn)
"""Rounds of cells that do what they want."""
