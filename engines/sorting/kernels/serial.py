"""One cell at a time, several times in a row: the burst scheduler, and uniform as bursts of one.

A burst is one word (high half: which cell, low half: how long) and, for bubble cells, one word of
coins for every 64 activations. When the actor can do nothing the rest of its burst is counted at
once; the words it would have used are skipped, so the law and the words are those of the plain
loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engines.sorting.kernels.exchange import swap
from engines.sorting.kernels.jit import inlined, part
from engines.sorting.kernels.rules import IDLE, anything_can_act, wish
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    ACTOR,
    ALGOTYPE,
    BREAK_DOWN,
    BREAK_UP,
    BUBBLE,
    BUDGET,
    BURST_LENGTH,
    CHANGED_AT,
    CHANGED_READS,
    CHANGED_STEPS,
    COIN_IN_WORD,
    COINS,
    DOWN,
    FROZEN,
    INSERTION,
    LEFT_IN_BURST,
    LIVE,
    LOGGED,
    LONGER_ODDS,
    LONGEST_BURST,
    MAX_ACTIVATIONS,
    PAPER_STEPS,
    POSITION,
    QUIESCENT,
    READS,
    RUNNING,
    STEP,
    TEST_AT,
)
from engines.sorting.kernels.words import below, next_word, skip_words, two_below

IDLE_PER_CELL = 4
"""Idle activations per cell after which to ask whether anything can still happen."""


@inlined
def start_burst(cells: np.ndarray, state: np.ndarray) -> None:
    """Draw the next actor and its number of activations."""
    longest = state[LONGEST_BURST]
    if state[LONGER_ODDS] and below(state, np.int64(1) << 32) < state[LONGER_ODDS]:
        longest += 1
    state[COIN_IN_WORD] = longest == 1
    if longest == 1:
        # The low half is not needed for a length: its last bit is the coin.
        word = two_below(state, cells.shape[1], 2)
        state[ACTOR], state[COINS], state[BURST_LENGTH] = word[0], word[1], 1
    else:
        word = two_below(state, cells.shape[1], longest)
        state[ACTOR], state[BURST_LENGTH] = word[0], word[1] + 1
    state[LEFT_IN_BURST] = state[BURST_LENGTH]


@inlined
def coin(state: np.ndarray) -> bool:
    """The actor's coin for this activation: true for right."""
    place = state[BURST_LENGTH] - state[LEFT_IN_BURST]
    if place % 64 == 0 and not state[COIN_IN_WORD]:
        state[COINS] = np.int64(next_word(state))
    return (state[COINS] >> (place % 64)) & 1 == 1


@inlined
def skip_rest(cells: np.ndarray, state: np.ndarray, cell: int, p: int) -> None:
    """Count the rest of the burst of a cell that can do nothing."""
    n, length = cells.shape[1], state[BURST_LENGTH]
    rest = min(state[LEFT_IN_BURST], state[MAX_ACTIVATIONS] - state[ACTIVATIONS])
    if not cells[FROZEN, cell]:
        if cells[ALGOTYPE, cell] == BUBBLE:
            if p == 0 or p == n - 1:
                return  # at a border the coin decides whether a value is read
            done = length - state[LEFT_IN_BURST]
            skip_words(state, (done + rest - 1) // 64 - (done - 1) // 64)
            state[READS] += rest
        elif cells[ALGOTYPE, cell] == INSERTION and p > 0:
            place = state[BREAK_DOWN] if cells[DOWN, cell] else state[BREAK_UP]
            state[READS] += rest * min(p, place + 2)
    state[ACTIVATIONS] += rest
    state[LEFT_IN_BURST] -= rest


@inlined
def nothing_left(cells: np.ndarray, state: np.ndarray) -> bool:
    """Ask, after enough idle activations, whether the array is at rest."""
    patience = IDLE_PER_CELL * cells.shape[1]
    if state[ACTIVATIONS] - state[CHANGED_AT] < patience:
        state[TEST_AT] = state[CHANGED_AT] + patience
        return False
    state[TEST_AT] = state[ACTIVATIONS] + patience
    return at_rest(cells, state)


@inlined
def at_rest(cells: np.ndarray, state: np.ndarray) -> bool:
    """Whether no cell can ever act again; if so, the idle tail is forgotten."""
    if anything_can_act(cells, state):
        return False
    state[ACTIVATIONS], state[READS] = state[CHANGED_AT], state[CHANGED_READS]
    state[PAPER_STEPS] = state[CHANGED_STEPS]
    return True


@inlined
def activate(cells: np.ndarray, state: np.ndarray, log: np.ndarray) -> int:
    """One activation of the burst's cell; answers why to stop after it, or RUNNING."""
    cell = state[ACTOR]
    p = np.int64(cells[POSITION, cell])
    breaks = (state[BREAK_UP], state[BREAK_DOWN])
    target = IDLE
    if cells[FROZEN, cell]:
        state[ACTIVATIONS] += 1
    else:
        rightwards = cells[ALGOTYPE, cell] == BUBBLE and coin(state)
        state[ACTIVATIONS] += 1
        target = wish(cells, state, LIVE, breaks, cell, p, rightwards)
    state[LEFT_IN_BURST] -= 1
    if target >= 0:
        return swap(cells, state, log, p, target)
    if target == IDLE and state[LEFT_IN_BURST]:
        skip_rest(cells, state, cell, p)
    return RUNNING


def serial_loop(act: Callable[..., int]) -> Any:
    """The loop of bursts around ``act``, one activation."""

    @part
    def run(
        cells: np.ndarray,
        state: np.ndarray,
        log: np.ndarray,
        until_step: int,
        until_activation: int,
    ) -> int:
        """Run bursts until a reason to stop, a full log, a step or an activation is reached."""
        while True:
            full = state[LOGGED] == log.shape[1] or state[STEP] >= until_step
            if full or state[ACTIVATIONS] >= until_activation:
                return RUNNING
            if state[ACTIVATIONS] >= state[MAX_ACTIVATIONS]:
                return QUIESCENT if at_rest(cells, state) else BUDGET
            if state[ACTIVATIONS] >= state[TEST_AT] and nothing_left(cells, state):
                return QUIESCENT
            if state[LEFT_IN_BURST] == 0:
                start_burst(cells, state)
            code = act(cells, state, log)
            if code != RUNNING:
                return code

    return run


run_serial = serial_loop(activate)
"""Bursts of cells that do what they want."""
