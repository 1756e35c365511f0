"""Cells that fail, err and thaw: one activation at a time, without any shortcut.

Whether activation number a fails, and whether it errs, is word a of a stream of its own. So
faults take no word from the scheduler, and without them these kernels do what the others do.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.exchange import swap, update_break
from engines.sorting.kernels.jit import inlined, part
from engines.sorting.kernels.livelock import progress
from engines.sorting.kernels.rounds import claim, next_turn, rounds_loop
from engines.sorting.kernels.rules import IDLE, advance, bubble, insertion, selection
from engines.sorting.kernels.serial import coin, serial_loop
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    ACTOR,
    ALGOTYPE,
    BREAK_DOWN,
    BREAK_UP,
    BUBBLE,
    DOWN,
    ENGINE,
    FAILURE_ODDS,
    FAILURE_STREAM,
    FROZEN,
    HAS_INSERTION,
    IMMOVABLE,
    INSERTION,
    LEFT_IN_BURST,
    LIVE,
    NOISE_ODDS,
    NOISE_STREAM,
    NUDGES,
    NUDGES_NEEDED,
    ORDER,
    POSITION,
    RUNNING,
    SEEN_BREAK_DOWN,
    SEEN_BREAK_UP,
    SEEN_BY_FAULTY,
    SEEN_FROZEN,
    SEEN_POSITION,
    STEP,
    SYNCHRONOUS,
    THAWED_AT,
    TURN,
    copy_row,
    note_change,
)
from engines.sorting.kernels.words import happens


@part
def faulty_wish(
    cells: np.ndarray,
    state: np.ndarray,
    eyes: tuple[int, int, int],
    breaks: tuple[int, int],
    cell: int,
    p: int,
    rightwards: bool,
) -> int:
    """What an active cell at ``p`` wants by what it senses."""
    errs = happens(state, NOISE_ODDS, NOISE_STREAM, state[ACTIVATIONS])
    nudges = state[NUDGES_NEEDED] > 0
    if cells[ALGOTYPE, cell] == BUBBLE:
        return bubble(cells, state, eyes, cell, p, rightwards, errs, nudges)
    if cells[ALGOTYPE, cell] == INSERTION:
        first_break = breaks[1] if cells[DOWN, cell] else breaks[0]
        return insertion(cells, state, eyes, cell, p, first_break, errs, nudges)
    return selection(cells, state, eyes, cell, p, errs, True)


@inlined
def thaw(cells: np.ndarray, state: np.ndarray, cell: int) -> None:
    """A frozen cell becomes an active one; prefixes no longer skip it."""
    p = np.int64(cells[POSITION, cell])
    cells[FROZEN, cell], cells[NUDGES, cell] = 0, 0
    cells[THAWED_AT, cell] = state[STEP] + 1  # the nudge that thaws it is a swap, too
    if state[HAS_INSERTION] & 1:
        update_break(cells, state, BREAK_UP, 0, p, p)
    if state[HAS_INSERTION] & 2:
        update_break(cells, state, BREAK_DOWN, 1, p, p)


@inlined
def nudge(cells: np.ndarray, state: np.ndarray, cell: int) -> None:
    """Somebody tries to swap with this cell; when it is frozen that counts."""
    if state[NUDGES_NEEDED] == 0 or cells[FROZEN, cell] == 0:
        return
    cells[NUDGES, cell] += 1
    progress(state)
    note_change(state)
    if cells[NUDGES, cell] >= state[NUDGES_NEEDED]:
        thaw(cells, state, cell)


@inlined
def _refused(cells: np.ndarray, state: np.ndarray, cell: int) -> int:
    """An immovable cell stays: a selection cell tries the next position."""
    if cells[ALGOTYPE, cell] not in (BUBBLE, INSERTION):
        advance(cells, state, cell)
    return RUNNING


@part
def attempt(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, cell: int, p: int, target: int
) -> int:
    """The cell at ``p`` tries what it wants; answers why to stop after it, or RUNNING."""
    if happens(state, FAILURE_ODDS, FAILURE_STREAM, state[ACTIVATIONS]):
        return RUNNING
    for_ever = state[NUDGES_NEEDED] == 0
    if for_ever and cells[FROZEN, cells[ORDER, target]] == IMMOVABLE:
        return _refused(cells, state, cell)
    if state[ENGINE] == SYNCHRONOUS and not claim(cells, state, p, target):
        return RUNNING
    other = np.int64(cells[ORDER, target])
    nudge(cells, state, other)
    if cells[FROZEN, other] == IMMOVABLE:
        return _refused(cells, state, cell)
    return swap(cells, state, log, p, target)


@inlined
def activate(cells: np.ndarray, state: np.ndarray, log: np.ndarray) -> int:
    """One activation of the burst's cell; answers why to stop after it, or RUNNING."""
    cell = state[ACTOR]
    p, target = np.int64(cells[POSITION, cell]), IDLE
    frozen = cells[FROZEN, cell] != 0
    rightwards = not frozen and cells[ALGOTYPE, cell] == BUBBLE and coin(state)
    state[ACTIVATIONS] += 1
    state[LEFT_IN_BURST] -= 1
    if not frozen:
        breaks = (state[BREAK_UP], state[BREAK_DOWN])
        target = faulty_wish(cells, state, LIVE, breaks, cell, p, rightwards)
    if target >= 0:
        return attempt(cells, state, log, cell, p, target)
    return RUNNING


@inlined
def take_turn(cells: np.ndarray, state: np.ndarray, log: np.ndarray) -> int:
    """The next cell's turn; answers why to stop after it, or RUNNING."""
    synchronous = state[ENGINE] == SYNCHRONOUS
    if synchronous and state[TURN] == 0:
        copy_row(cells, FROZEN, SEEN_FROZEN)
    cell, rightwards = next_turn(cells, state)
    # A cell that thaws in a synchronous round had nothing to decide at its start.
    if cells[FROZEN, cell] or (synchronous and cells[SEEN_FROZEN, cell]):
        return RUNNING
    if synchronous:
        p = np.int64(cells[SEEN_POSITION, cell])
        breaks = (state[SEEN_BREAK_UP], state[SEEN_BREAK_DOWN])
        target = faulty_wish(cells, state, SEEN_BY_FAULTY, breaks, cell, p, rightwards)
    else:
        p = np.int64(cells[POSITION, cell])
        breaks = (state[BREAK_UP], state[BREAK_DOWN])
        target = faulty_wish(cells, state, LIVE, breaks, cell, p, rightwards)
    if target >= 0:
        return attempt(cells, state, log, cell, p, target)
    return RUNNING


run_faulty_serial = serial_loop(activate)
"""Bursts of cells that may fail, err and thaw."""
run_faulty_rounds = rounds_loop(take_turn)
"""Rounds of cells that may fail, err and thaw."""
