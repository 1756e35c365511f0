"""A sheet of cells in motion: rows and columns that sort themselves, one activation at a time.

The sheet is int32[row, place] like the array of `state`, with positions numbered along the rows:
position p lies in sheet row p // n_columns. A swap log is int64[row, swap] with the rows of
`state` (left or upper position, right or lower position, activations up to it, error after it).
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.jit import inlined, kernel, part
from engines.sorting.kernels.state import (
    BUDGET,
    COUNTER,
    ERROR,
    IMMOVABLE,
    LEFT,
    QUIESCENT,
    RIGHT,
    RUNNING,
    SORTED,
    WHEN,
)
from engines.sorting.kernels.words import below, next_word, two_below

BUBBLE, INSERTION, ROW, COLUMN = range(4)
"""Algotypes of a sheet."""

RANK, KIND, FROZEN, ORDER, POSITION, N_ROWS = range(6)
"""Rows of ``sheet``: three by cell, the cell at a position, the position of a cell."""

(
    N_COLUMNS,
    LONGEST_BURST,  # as for the array: lengths are uniform on 1..LONGEST_BURST
    LONGER_ODDS,
    MAX_SWAPS,
    MAX_ACTIVATIONS,
    SWAPS,
    ACTIVATIONS,
    LOGGED,
    N_BAD,
    CHANGED_AT,
    TEST_AT,
    ACTOR,
    LEFT_IN_BURST,
    COINS,
    N_COINS,
    N_NUMBERS,
) = range(16)
"""Places in ``numbers``. Random words have an array of their own, ``words[COUNTER]``."""

IDLE_PER_CELL = 4
"""Idle activations per cell after which to ask whether anything can still happen."""


def new_words(start: int) -> np.ndarray:
    """The state of a random stream, as `words` reads it."""
    words = np.zeros(COUNTER + 1, np.int64)
    words[COUNTER] = np.uint64(start).astype(np.int64)
    return words


@inlined
def _neighbour(n_cells: int, n_columns: int, p: int, vertical: bool, forwards: bool) -> int:
    """The next position along a row or a column; -1 beyond the border."""
    if vertical:
        q = p + n_columns if forwards else p - n_columns
        return q if 0 <= q < n_cells else -1
    column = p % n_columns
    if forwards:
        return p + 1 if column < n_columns - 1 else -1
    return p - 1 if column > 0 else -1


@inlined
def _wrong(sheet: np.ndarray, p: int, q: int) -> bool:
    """Whether the values at two positions, the first left of or above the second, descend."""
    return sheet[RANK, sheet[ORDER, p]] > sheet[RANK, sheet[ORDER, q]]


@inlined
def _alike(sheet: np.ndarray, p: int, q: int) -> bool:
    return sheet[KIND, sheet[ORDER, p]] == sheet[KIND, sheet[ORDER, q]]


@part
def _bad_around(sheet: np.ndarray, n_columns: int, a: int, b: int) -> int:
    """Descents among the pairs that touch position a or b, their own pair counted once."""
    n_cells, total = sheet.shape[1], 0
    for side in range(8):
        p = a if side < 4 else b
        forwards = side % 2 == 1
        q = _neighbour(n_cells, n_columns, p, side % 4 >= 2, forwards)
        if q < 0 or (side >= 4 and q == a):
            continue
        total += 1 if (_wrong(sheet, p, q) if forwards else _wrong(sheet, q, p)) else 0
    return total


@part
def _alike_around(sheet: np.ndarray, n_columns: int, a: int, b: int) -> int:
    """Pairs of one algotype among those that touch a or b, their own pair left out."""
    n_cells, total = sheet.shape[1], 0
    for side in range(8):
        p, other = (a, b) if side < 4 else (b, a)
        q = _neighbour(n_cells, n_columns, p, side % 4 >= 2, side % 2 == 1)
        if q >= 0 and q != other:
            total += 1 if _alike(sheet, p, q) else 0
    return total


@inlined
def _exchange(sheet: np.ndarray, a: int, b: int) -> None:
    first, second = sheet[ORDER, a], sheet[ORDER, b]
    sheet[ORDER, a], sheet[ORDER, b] = second, first
    sheet[POSITION, first], sheet[POSITION, second] = b, a


@part
def _prefix_in_order(sheet: np.ndarray, n_columns: int, p: int, vertical: bool) -> bool:
    """Whether what lies before ``p`` in its line ascends; pairs with a frozen cell are skipped."""
    step = n_columns if vertical else 1
    n_before = p // n_columns if vertical else p % n_columns
    place = p - n_before * step
    for _ in range(n_before - 1):
        here, there = sheet[ORDER, place], sheet[ORDER, place + step]
        frozen = sheet[FROZEN, here] or sheet[FROZEN, there]
        if not frozen and sheet[RANK, here] > sheet[RANK, there]:
            return False
        place += step
    return True


@part
def _target(sheet: np.ndarray, n_columns: int, cell: int, vertical: bool, forwards: bool) -> int:
    """The position that an active cell swaps with when its coins say so; -1 for none."""
    p, kind = np.int64(sheet[POSITION, cell]), sheet[KIND, cell]
    if kind == ROW:
        vertical = False
    elif kind == COLUMN:
        vertical = True
    elif kind == INSERTION:
        forwards = False
    q = _neighbour(sheet.shape[1], n_columns, p, vertical, forwards)
    if q < 0 or sheet[FROZEN, sheet[ORDER, q]] == IMMOVABLE:
        return -1
    if not (_wrong(sheet, p, q) if forwards else _wrong(sheet, q, p)):
        return -1
    if kind == INSERTION and not _prefix_in_order(sheet, n_columns, p, vertical):
        return -1
    return q


@part
def _at_rest(sheet: np.ndarray, n_columns: int) -> bool:
    """The exact test for quiescence: no cell could act whatever its coins say."""
    for cell in range(sheet.shape[1]):
        if sheet[FROZEN, cell]:
            continue
        for coins in range(4):
            if _target(sheet, n_columns, cell, coins & 1 == 1, coins & 2 == 2) >= 0:
                return False
    return True


@kernel
def new_sheet(rank: np.ndarray, kind: np.ndarray, frozen: np.ndarray) -> np.ndarray:
    """The sheet at the start; a cell is named by its first position."""
    sheet = np.zeros((N_ROWS, len(rank)), np.int32)
    for cell in range(len(rank)):
        sheet[RANK, cell], sheet[KIND, cell] = rank[cell], kind[cell]
        sheet[FROZEN, cell] = frozen[cell]
        sheet[ORDER, cell] = sheet[POSITION, cell] = cell
    return sheet


@kernel
def total_bad(sheet: np.ndarray, n_columns: int) -> int:
    """Descents along all rows and all columns."""
    total = 0
    for p in range(sheet.shape[1]):
        for vertical in range(2):
            q = _neighbour(sheet.shape[1], n_columns, p, vertical == 1, True)
            total += 1 if q >= 0 and _wrong(sheet, p, q) else 0
    return total


@kernel
def total_alike(sheet: np.ndarray, n_columns: int) -> int:
    """Neighbours of one algotype along all rows and all columns."""
    total = 0
    for p in range(sheet.shape[1]):
        for vertical in range(2):
            q = _neighbour(sheet.shape[1], n_columns, p, vertical == 1, True)
            total += 1 if q >= 0 and _alike(sheet, p, q) else 0
    return total


@kernel
def prepare_sheet(sheet: np.ndarray, numbers: np.ndarray) -> int:
    """Count the descents; answers at once when nothing can move, else RUNNING."""
    numbers[N_BAD] = total_bad(sheet, numbers[N_COLUMNS])
    if numbers[N_BAD] == 0:
        return SORTED
    if _at_rest(sheet, numbers[N_COLUMNS]):
        return QUIESCENT
    return BUDGET if min(numbers[MAX_SWAPS], numbers[MAX_ACTIVATIONS]) == 0 else RUNNING


@inlined
def _start_burst(sheet: np.ndarray, numbers: np.ndarray, words: np.ndarray) -> None:
    longest = numbers[LONGEST_BURST]
    if numbers[LONGER_ODDS] and below(words, np.int64(1) << 32) < numbers[LONGER_ODDS]:
        longest += 1
    word = two_below(words, sheet.shape[1], longest)
    numbers[ACTOR], numbers[LEFT_IN_BURST] = word[0], word[1] + 1


@inlined
def _two_coins(numbers: np.ndarray, words: np.ndarray) -> np.int64:
    """Two fair coins; a word holds thirty-two pairs."""
    if numbers[N_COINS] == 0:
        numbers[COINS], numbers[N_COINS] = np.int64(next_word(words)), 32
    coins = numbers[COINS] & 3
    numbers[COINS] >>= 2
    numbers[N_COINS] -= 1
    return coins


@part
def _swap(sheet: np.ndarray, numbers: np.ndarray, log: np.ndarray, p: int, q: int) -> int:
    a, b, n_columns = min(p, q), max(p, q), numbers[N_COLUMNS]
    before = _bad_around(sheet, n_columns, a, b)
    _exchange(sheet, a, b)
    numbers[N_BAD] += _bad_around(sheet, n_columns, a, b) - before
    place = numbers[LOGGED]
    log[LEFT, place], log[RIGHT, place] = a, b
    log[WHEN, place], log[ERROR, place] = numbers[ACTIVATIONS], numbers[N_BAD]
    numbers[LOGGED] += 1
    numbers[SWAPS] += 1
    numbers[CHANGED_AT] = numbers[ACTIVATIONS]
    if numbers[N_BAD] == 0:
        return SORTED
    return BUDGET if numbers[SWAPS] >= numbers[MAX_SWAPS] else RUNNING


@inlined
def _nothing_left(sheet: np.ndarray, numbers: np.ndarray, ask_now: bool) -> bool:
    """Ask, after enough idle activations, for rest; the idle tail is then forgotten."""
    patience = IDLE_PER_CELL * sheet.shape[1]
    idle = numbers[ACTIVATIONS] - numbers[CHANGED_AT]
    if not ask_now and idle < patience:
        numbers[TEST_AT] = numbers[CHANGED_AT] + patience
        return False
    numbers[TEST_AT] = numbers[ACTIVATIONS] + patience
    if not _at_rest(sheet, numbers[N_COLUMNS]):
        return False
    numbers[ACTIVATIONS] = numbers[CHANGED_AT]
    return True


@kernel
def run_sheet(
    sheet: np.ndarray, numbers: np.ndarray, words: np.ndarray, log: np.ndarray, until: int
) -> int:
    """Run on; RUNNING when the log is full or ``until`` activations are reached.

    Where a run is interrupted never changes what it does.
    """
    while numbers[LOGGED] < log.shape[1] and numbers[ACTIVATIONS] < until:
        if numbers[ACTIVATIONS] >= numbers[MAX_ACTIVATIONS]:
            return QUIESCENT if _nothing_left(sheet, numbers, True) else BUDGET
        if numbers[ACTIVATIONS] >= numbers[TEST_AT] and _nothing_left(sheet, numbers, False):
            return QUIESCENT
        if numbers[LEFT_IN_BURST] == 0:
            _start_burst(sheet, numbers, words)
        numbers[LEFT_IN_BURST] -= 1
        numbers[ACTIVATIONS] += 1
        coins, cell = _two_coins(numbers, words), numbers[ACTOR]
        if sheet[FROZEN, cell]:
            continue
        q = _target(sheet, numbers[N_COLUMNS], cell, coins & 1 == 1, coins & 2 == 2)
        if q >= 0:
            code = _swap(sheet, numbers, log, np.int64(sheet[POSITION, cell]), q)
            if code != RUNNING:
                return code
    return RUNNING


@kernel
def follow_sheet(
    sheet: np.ndarray, log: np.ndarray, n_columns: int, alike: np.ndarray, steps: np.ndarray,
    orders: np.ndarray,
) -> None:  # fmt: skip
    """Replay a log on a sheet at its start.

    Fills ``alike`` [step] with the neighbours of one algotype and ``orders`` [moment, position]
    with the sheet at the ascending ``steps`` [moment]; moments beyond ``orders`` are not kept.
    """
    alike[0] = total_alike(sheet, n_columns)
    moment = 0
    for step in range(log.shape[1] + 1):
        if step:
            a, b = log[LEFT, step - 1], log[RIGHT, step - 1]
            change = 0
            if not _alike(sheet, a, b):
                change = -_alike_around(sheet, n_columns, a, b)
            mixed = not _alike(sheet, a, b)
            _exchange(sheet, a, b)
            if mixed:
                change += _alike_around(sheet, n_columns, a, b)
            alike[step] = alike[step - 1] + change
        while moment < len(orders) and steps[moment] == step:
            orders[moment] = sheet[ORDER]
            moment += 1
