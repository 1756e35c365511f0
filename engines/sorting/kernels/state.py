"""The state of one running array: two plain integer arrays that a kernel changes in place.

``cells`` is int32[row, place]; some rows are indexed by cell (its first position), some by
position. ``state`` is int64[number]. Two arrays and not a record of twenty: numba hands every
array of a record from function to function and counts its references, which costs ten times the
work done here.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.jit import inlined, kernel

BUBBLE, INSERTION, SELECTION = 0, 1, 2
MOVABLE, IMMOVABLE = 1, 2

RUNNING, SORTED, QUIESCENT, LIVELOCK, BUDGET = range(5)
"""What a kernel answers: go on, or why not."""

SERIAL, SWEEP, ROUND_ROBIN, SYNCHRONOUS, BUBBLE_EVENTS, INSERTION_EVENTS, TRADITIONAL = range(7)
"""Which kernel moves the array."""

(
    RANK,  # [cell]
    ALGOTYPE,  # [cell]
    DOWN,  # [cell] 1 for cells that sort from large to small
    FROZEN,  # [cell]
    ORDER,  # [position] the cell there
    RANK_AT,  # [position] its rank
    POSITION,  # [cell]
    IDEAL,  # [cell] ideal position of selection cells
    TURNS,  # [turn] the cell whose turn it is in this round
    SEEN_ORDER,  # [position] what synchronous cells see: the array at the start of the round
    SEEN_RANK_AT,  # [position]
    SEEN_POSITION,  # [cell]
    CLAIMED,  # [position] last round in which the position was claimed
    EDGES,  # [] enabled edges in no particular order
    EDGE_PLACE,  # [edge] where each edge stands among them, -1 when it is not enabled
    ANCHOR,  # [position] an earlier order that a livelock would bring back
    SEEN_FROZEN,  # [cell] frozen at the start of a synchronous round of cells that may thaw
    NUDGES,  # [cell] attempts of others to swap with it since it was frozen
    THAWED_AT,  # [cell] step of the swap by which its last nudge thawed it
    N_ROWS,
) = range(20)
"""Rows of ``cells``."""

(
    ENGINE,
    MAX_SWAPS,
    MAX_ACTIVATIONS,
    LONGEST_BURST,  # lengths are uniform on 1..LONGEST_BURST
    LONGER_ODDS,  # or, with these odds out of 2**32, on 1..LONGEST_BURST + 1
    QUIRK,
    DESCENDING,  # direction of the error and of "sorted"
    ONE_DIRECTION,  # whether all cells sort the same way
    HAS_INSERTION,  # 1: ascending ones, 2: descending ones, 3: both
    WINDOW,  # swaps without a new least error before a livelock is looked for
    NUDGES_NEEDED,  # to thaw a frozen cell; 0: nothing does
    FAILURE_ODDS,  # bits of uint64: odds out of 2**64 that a wish is dropped
    FAILURE_STREAM,  # its random word for each activation, see words.py
    NOISE_ODDS,  # bits of uint64: odds out of 2**64 that a comparison is wrong
    NOISE_STREAM,
    FAULTY,  # any of these: cells may thaw, fail or err
    N_KNOBS,  # what stands before this place is fixed between two edits
    COUNTER,  # of the scheduler's random stream, see words.py
    STEP,  # swaps in the log, those by hand included
    SWAPS,  # swaps the cells made
    ACTIVATIONS,
    PAPER_STEPS,
    READS,
    READS_CARRY,  # events: what is left of expected reads, in parts of n - 1
    LOGGED,  # swaps in the current log buffer
    N_BAD,  # neighbours in the wrong order
    BREAK_UP,  # first edge at which an ascending prefix ends
    BREAK_DOWN,
    CHANGED_AT,  # activations, reads and paper steps when something last changed
    CHANGED_READS,
    CHANGED_STEPS,
    TEST_AT,  # activations at which to ask whether anything can still happen
    ACTOR,  # burst: the cell, activations left, length, coins (1: from the burst's own word)
    LEFT_IN_BURST,
    BURST_LENGTH,
    COINS,
    COIN_IN_WORD,
    TURN,  # rounds: next place in the order of turns, number of the round
    ROUND,
    SEEN_BREAK_UP,
    SEEN_BREAK_DOWN,
    LEAST_BAD,  # livelock: see livelock.py
    SINCE_PROGRESS,
    ANCHOR_STEP,
    ANCHOR_LIFE,
    N_MISPLACED,
    CYCLE_START,
    CYCLE_PERIOD,
    N_EDGES,  # events: enabled edges, and pairs of them that share a cell
    N_TOUCHING,
    N_READING,
    OUTER,  # traditional: loop variables
    INNER,
    CHOSEN,
    DIGITS,  # from here on: odds of the digits of a geometric number, see words.py
) = range(55)
"""Places in ``state``."""

LIVE = (ORDER, RANK_AT, FROZEN)
SEEN = (SEEN_ORDER, SEEN_RANK_AT, FROZEN)
SEEN_BY_FAULTY = (SEEN_ORDER, SEEN_RANK_AT, SEEN_FROZEN)
"""Rows in which a cell sees the array: as it is, or as it was at the start of the round."""

LEFT, RIGHT, WHEN, ERROR = range(4)
"""Rows of a log buffer, int64[row, swap]: positions, activations up to this swap, error after."""


@kernel
def new_cells(
    rank: np.ndarray, algotype: np.ndarray, down: np.ndarray, frozen: np.ndarray
) -> np.ndarray:
    """The rows at the start; all four arguments are indexed by cell."""
    n = len(rank)
    cells = np.zeros((N_ROWS, n), np.int32)
    for cell in range(n):
        cells[RANK, cell] = rank[cell]
        cells[ALGOTYPE, cell] = algotype[cell]
        cells[DOWN, cell] = down[cell]
        cells[FROZEN, cell] = frozen[cell]
        cells[ORDER, cell] = cell
        cells[RANK_AT, cell] = rank[cell]
        cells[POSITION, cell] = cell
        cells[IDEAL, cell] = n - 1 if down[cell] else 0
        cells[TURNS, cell] = cell
        cells[CLAIMED, cell] = -1
        cells[EDGE_PLACE, cell] = -1
    return cells


@kernel
def new_log(n_swaps: int) -> np.ndarray:
    """An empty log buffer."""
    return np.empty((4, n_swaps), np.int64)


@inlined
def copy_row(cells: np.ndarray, source: int, target: int) -> None:
    """Copy a row of ``cells``; a loop, since a slice would allocate."""
    for place in range(cells.shape[1]):
        cells[target, place] = cells[source, place]


@inlined
def note_change(state: np.ndarray) -> None:
    """Something changed: what comes after it may turn out to be an idle tail."""
    state[CHANGED_AT], state[CHANGED_READS] = state[ACTIVATIONS], state[READS]
    state[CHANGED_STEPS] = state[PAPER_STEPS]
