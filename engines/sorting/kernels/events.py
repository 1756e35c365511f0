"""Only the activations that change something: exact shortcuts under the uniform scheduler.

Bubble: an activation is one of 2n equally likely (cell, coin) pairs; two of them move each edge
whose cells stand wrong and may both act. Pairs are drawn until such a one comes up; the others are
only counted, by what they would have read and wanted.

Insertion: only the cell behind the sorted prefix can act, so the wait is geometric with chance
1/n. Reads of the idle cells in between are counted by their expectation given the wait.

Both need one algotype, one direction and no movable frozen cell. Same law as the plain loop, other
random words.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.exchange import bad, breaks, first_break, record, wrong
from engines.sorting.kernels.jit import inlined, part
from engines.sorting.kernels.state import (
    ACTIVATIONS,
    BREAK_DOWN,
    BREAK_UP,
    BUDGET,
    DESCENDING,
    EDGE_PLACE,
    EDGES,
    FROZEN,
    LOGGED,
    MAX_ACTIVATIONS,
    MAX_SWAPS,
    N_BAD,
    N_EDGES,
    N_READING,
    N_TOUCHING,
    ORDER,
    PAPER_STEPS,
    POSITION,
    QUIESCENT,
    RANK_AT,
    READS,
    READS_CARRY,
    RUNNING,
    SORTED,
    STEP,
    SWAPS,
)
from engines.sorting.kernels.words import below, geometric


@inlined
def _enabled(cells: np.ndarray, state: np.ndarray, edge: int) -> bool:
    free = cells[FROZEN, cells[ORDER, edge]] == 0 and cells[FROZEN, cells[ORDER, edge + 1]] == 0
    return free and bad(cells, state, edge) == 1


@inlined
def _is_enabled(cells: np.ndarray, edge: int) -> int:
    inside = 0 <= edge < cells.shape[1] - 1
    return 1 if inside and cells[EDGE_PLACE, edge] >= 0 else 0


@inlined
def _add_edge(cells: np.ndarray, state: np.ndarray, edge: int) -> None:
    cells[EDGES, state[N_EDGES]] = edge
    cells[EDGE_PLACE, edge] = state[N_EDGES]
    state[N_EDGES] += 1
    state[N_TOUCHING] += _is_enabled(cells, edge - 1) + _is_enabled(cells, edge + 1)


@inlined
def _remove_edge(cells: np.ndarray, state: np.ndarray, edge: int) -> None:
    place = cells[EDGE_PLACE, edge]
    state[N_EDGES] -= 1
    moved = cells[EDGES, state[N_EDGES]]
    cells[EDGES, place] = moved
    cells[EDGE_PLACE, moved] = place
    cells[EDGE_PLACE, edge] = -1
    state[N_TOUCHING] -= _is_enabled(cells, edge - 1) + _is_enabled(cells, edge + 1)


@inlined
def update_edge(cells: np.ndarray, state: np.ndarray, edge: int) -> None:
    """Add the edge to the enabled ones or take it away, as it now should be."""
    wanted, known = _enabled(cells, state, edge), cells[EDGE_PLACE, edge] >= 0
    if wanted and not known:
        _add_edge(cells, state, edge)
    elif known and not wanted:
        _remove_edge(cells, state, edge)


@inlined
def _add_if_free(cells: np.ndarray, state: np.ndarray, edge: int) -> None:
    if cells[FROZEN, cells[ORDER, edge]] == 0 and cells[FROZEN, cells[ORDER, edge + 1]] == 0:
        _add_edge(cells, state, edge)


@inlined
def _mend(cells: np.ndarray, state: np.ndarray, log: np.ndarray, edge: int) -> tuple[bool, bool]:
    """Swap two cells that stand wrong; answers whether the edges left and right turned wrong.

    The row of positions is brought up to date once, when the kernel hands back.

    An edge beside it that is wrong already stays so, since the smaller cell comes nearer on the
    left and the larger one on the right.
    """
    down, last = state[DESCENDING], cells.shape[1] - 1
    one, other = cells[RANK_AT, edge], cells[RANK_AT, edge + 1]
    first, second = cells[ORDER, edge], cells[ORDER, edge + 1]
    cells[ORDER, edge], cells[ORDER, edge + 1] = second, first
    cells[RANK_AT, edge], cells[RANK_AT, edge + 1] = other, one
    on_left = on_right = False
    if edge > 0:
        left = cells[RANK_AT, edge - 1]
        on_left = wrong(left, other, down) and not wrong(left, one, down)
    if edge + 1 < last:
        right = cells[RANK_AT, edge + 2]
        on_right = wrong(one, right, down) and not wrong(other, right, down)
    state[N_BAD] += on_left + on_right - 1
    record(state, log, edge, edge + 1)
    state[SWAPS] += 1
    return on_left, on_right


@inlined
def _note_positions(cells: np.ndarray) -> None:
    for p in range(cells.shape[1]):
        cells[POSITION, cells[ORDER, p]] = p


@inlined
def prepare_bubble_events(cells: np.ndarray, state: np.ndarray) -> None:
    """Bring edges up to date after the start or an edit; an edit of nothing changes nothing."""
    n = cells.shape[1]
    for edge in range(n - 1):
        update_edge(cells, state, edge)
    reading = 0
    for p in range(n):
        if cells[FROZEN, cells[ORDER, p]] == 0:
            reading += (1 if p > 0 else 0) + (1 if p < n - 1 else 0)
    state[N_READING] = reading


@inlined
def _wait_for_edge(cells: np.ndarray, state: np.ndarray) -> int:
    """Draw pairs until one moves an edge; -1 when the activation budget ends first."""
    n_pairs = 2 * cells.shape[1]
    moving = 2 * state[N_EDGES]
    wanting = 2 * (moving - state[N_TOUCHING])
    # The idle pair of a cell that wants to leave a border looks at nothing.
    blind = _is_enabled(cells, 0) + _is_enabled(cells, cells.shape[1] - 2)
    reading = state[N_READING] + blind
    activations, reads, steps = state[ACTIVATIONS], np.int64(0), np.int64(0)
    drawn = n_pairs
    while activations < state[MAX_ACTIVATIONS]:
        drawn = below(state, n_pairs)
        activations += 1
        steps += drawn < wanting
        reads += drawn < reading and not (wanting - blind <= drawn < wanting)
        if drawn < moving:
            break
    state[ACTIVATIONS] = activations
    state[READS] += reads
    state[PAPER_STEPS] += steps
    return int(cells[EDGES, drawn >> 1]) if drawn < moving else -1


@part
def _bubble_events(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Move one enabled edge after the other."""
    while True:
        full = state[LOGGED] == log.shape[1] or state[STEP] >= until_step
        if full or state[ACTIVATIONS] >= until_activation:
            return RUNNING
        if state[ACTIVATIONS] >= state[MAX_ACTIVATIONS]:
            return BUDGET
        if state[N_EDGES] == 0:
            return SORTED if state[N_BAD] == 0 else QUIESCENT
        edge = _wait_for_edge(cells, state)
        if edge < 0:
            return BUDGET
        on_left, on_right = _mend(cells, state, log, edge)
        _remove_edge(cells, state, edge)
        if on_left:
            _add_if_free(cells, state, edge - 1)
        if on_right:
            _add_if_free(cells, state, edge + 1)
        if state[N_BAD] == 0:
            return SORTED
        if state[SWAPS] >= state[MAX_SWAPS]:
            return BUDGET


@inlined
def _wait_for_inserted(cells: np.ndarray, state: np.ndarray, p: int) -> bool:
    """Count the idle activations before the cell at ``p`` is drawn; false: budget ended."""
    n = cells.shape[1]
    wait = geometric(state)
    allowed = state[MAX_ACTIVATIONS] - state[ACTIVATIONS]
    idle = min(wait, allowed)
    # An idle cell within the prefix reads what is left of it, one behind reads up to the break.
    carry = state[READS_CARRY] + idle * (p * (p - 1) // 2 + (n - 1 - p) * (p + 1))
    state[READS] += carry // (n - 1)
    state[READS_CARRY] = carry % (n - 1)
    state[ACTIVATIONS] += idle
    if wait >= allowed:
        return False
    state[ACTIVATIONS] += 1
    state[READS] += p
    state[PAPER_STEPS] += 1
    return True


@part
def _insertion_events(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Move the one cell that can act, the one behind the sorted prefix."""
    place = BREAK_DOWN if state[DESCENDING] else BREAK_UP
    while True:
        full = state[LOGGED] == log.shape[1] or state[STEP] >= until_step
        if full or state[ACTIVATIONS] >= until_activation:
            return RUNNING
        if state[ACTIVATIONS] >= state[MAX_ACTIVATIONS]:
            return BUDGET
        first = state[place]
        if first >= cells.shape[1] - 1:
            return SORTED if state[N_BAD] == 0 else QUIESCENT
        if not _wait_for_inserted(cells, state, first + 1):
            return BUDGET
        _mend(cells, state, log, first)
        if first > 0 and breaks(cells, first - 1, state[DESCENDING]):
            state[place] = first - 1
        else:
            state[place] = first_break(cells, state[DESCENDING], first + 1)
        if state[N_BAD] == 0:
            return SORTED
        if state[SWAPS] >= state[MAX_SWAPS]:
            return BUDGET


@part
def run_bubble_events(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Move one enabled edge after the other."""
    code = _bubble_events(cells, state, log, until_step, until_activation)
    _note_positions(cells)
    return code


@part
def run_insertion_events(
    cells: np.ndarray, state: np.ndarray, log: np.ndarray, until_step: int, until_activation: int
) -> int:
    """Move the one cell that can act, the one behind the sorted prefix."""
    code = _insertion_events(cells, state, log, until_step, until_activation)
    _note_positions(cells)
    return code
