"""Getting an array ready and moving it on: what the Python side calls."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.sorting.kernels.events import (
    prepare_bubble_events,
    run_bubble_events,
    run_insertion_events,
)
from engines.sorting.kernels.exchange import bad, exchange, first_break, record
from engines.sorting.kernels.faults import run_faulty_rounds, run_faulty_serial
from engines.sorting.kernels.jit import kernel
from engines.sorting.kernels.livelock import progress
from engines.sorting.kernels.rounds import run_rounds
from engines.sorting.kernels.rules import anything_can_act
from engines.sorting.kernels.serial import run_serial
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    BREAK_DOWN,
    BREAK_UP,
    BUBBLE_EVENTS,
    BUDGET,
    CLAIMED,
    ENGINE,
    FAULTY,
    INSERTION_EVENTS,
    LEAST_BAD,
    MAX_ACTIVATIONS,
    MAX_SWAPS,
    N_BAD,
    ONE_DIRECTION,
    POSITION,
    QUIESCENT,
    ROUND,
    ROUND_ROBIN,
    RUNNING,
    SERIAL,
    SORTED,
    SWAPS,
    SWEEP,
    SYNCHRONOUS,
    TRADITIONAL,
    TURN,
    note_change,
)
from engines.sorting.kernels.traditional import run_traditional


@kernel
def prepare(cells: np.ndarray, state: np.ndarray) -> int:
    """Make everything that is derived right, at the start and after edits.

    Answers at once when nothing can move, else RUNNING.
    """
    n_bad = 0
    for edge in range(cells.shape[1] - 1):
        n_bad += bad(cells, state, edge)
    state[N_BAD] = n_bad
    state[LEAST_BAD] = n_bad
    progress(state)
    state[BREAK_UP], state[BREAK_DOWN] = first_break(cells, 0, 0), first_break(cells, 1, 0)
    note_change(state)
    if state[ENGINE] == BUBBLE_EVENTS:
        prepare_bubble_events(cells, state)
    if state[ENGINE] == TRADITIONAL:
        return RUNNING
    if n_bad == 0 and state[ONE_DIRECTION]:
        return SORTED
    if state[ENGINE] == SYNCHRONOUS and 0 < state[TURN] < cells.shape[1]:
        return RUNNING  # in the middle of a round cells may still act on what they have seen
    if not anything_can_act(cells, state):
        return QUIESCENT
    spent = state[SWAPS] >= state[MAX_SWAPS]
    return BUDGET if spent or state[ACTIVATIONS] >= state[MAX_ACTIVATIONS] else RUNNING


# One kernel per engine: a run compiles what it needs and no more. All have the same promise: run
# on; RUNNING when the log is full or one of the limits is reached, and where a run is interrupted
# by these limits never changes what it does.


@kernel
def serial(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Bursts, and uniform activation of mixtures."""
    return run_serial(cells, state, log, until_step, until_activation)


@kernel
def rounds(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Sweep, round robin and synchronous."""
    return run_rounds(cells, state, log, until_step, until_activation)


@kernel
def bubble_events(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Uniform activation of bubble cells only."""
    return run_bubble_events(cells, state, log, until_step, until_activation)


@kernel
def insertion_events(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Uniform activation of insertion cells only."""
    return run_insertion_events(cells, state, log, until_step, until_activation)


@kernel
def traditional(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """The textbook programs."""
    return run_traditional(cells, state, log, until_step, until_activation)


@kernel
def faulty_serial(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Bursts and uniform activation of cells that may fail, err and thaw."""
    return run_faulty_serial(cells, state, log, until_step, until_activation)


@kernel
def faulty_rounds(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Sweep, round robin and synchronous of cells that may fail, err and thaw."""
    return run_faulty_rounds(cells, state, log, until_step, until_activation)


_KERNELS = {
    SERIAL: serial,
    SWEEP: rounds,
    ROUND_ROBIN: rounds,
    SYNCHRONOUS: rounds,
    BUBBLE_EVENTS: bubble_events,
    INSERTION_EVENTS: insertion_events,
    TRADITIONAL: traditional,
}
_FAULTY_KERNELS = {
    SERIAL: faulty_serial,
    SWEEP: faulty_rounds,
    ROUND_ROBIN: faulty_rounds,
    SYNCHRONOUS: faulty_rounds,
}


def kernel_for(state: np.ndarray) -> Any:
    """The kernel that moves an array with these knobs."""
    kernels = _FAULTY_KERNELS if state[FAULTY] else _KERNELS
    return kernels[int(state[ENGINE])]


@kernel
def swap_by_hand(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, first: int, second: int
) -> None:
    """Two cells change places; the log knows, the ledgers do not."""
    a = np.int64(min(cells[POSITION, first], cells[POSITION, second]))
    b = np.int64(max(cells[POSITION, first], cells[POSITION, second]))
    exchange(cells, state, a, b)
    record(state, log, a, b)
    # Synchronous cells have decided already: the two places are taken for this round.
    cells[CLAIMED, a] = state[ROUND]
    cells[CLAIMED, b] = state[ROUND]
