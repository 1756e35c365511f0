"""Exact answers by propagation and search over bit masks, and what needs no search."""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.boards.shape import Shape

NAKED, HIDDEN, SEARCH = 0, 1, 2
"""What a puzzle needs: naked singles, hidden ones too, or trying."""


@njit(cache=True, nogil=True)
def _bits(mask: int) -> int:
    n = 0
    while mask:
        mask &= mask - 1
        n += 1
    return n


@njit(cache=True, nogil=True)
def _lowest(mask: int) -> int:
    """The lowest digit of a mask."""
    digit = 1
    while not mask & 1:
        mask >>= 1
        digit += 1
    return digit


@njit(cache=True, nogil=True)
def masks_of(board: np.ndarray, unit: np.ndarray, n: int) -> np.ndarray:
    """Digits that every row, column and box holds: int64[3, unit], bit d - 1 for digit d."""
    used = np.zeros((3, n), np.int64)
    for cell in range(n * n):
        if board[cell]:
            for kind in range(3):
                used[kind, unit[kind, cell]] |= 1 << (board[cell] - 1)
    return used


@njit(cache=True, nogil=True)
def _tightest(board: np.ndarray, used: np.ndarray, unit: np.ndarray, n: int) -> tuple[int, int]:
    """The blank with the fewest candidates, and their mask; -1 where none is blank."""
    full, best, fewest, left = (1 << n) - 1, -1, n + 1, 0
    for cell in range(n * n):
        if board[cell]:
            continue
        mask = full & ~(used[0, unit[0, cell]] | used[1, unit[1, cell]] | used[2, unit[2, cell]])
        k = _bits(mask)
        if k < fewest:
            best, fewest, left = cell, k, mask
            if k < 2:
                break
    return best, left


@njit(cache=True, nogil=True)
def _toggle(used: np.ndarray, unit: np.ndarray, cell: int, digit: int) -> None:
    for kind in range(3):
        used[kind, unit[kind, cell]] ^= 1 << (digit - 1)


@njit(cache=True, nogil=True)
def _first(order: np.ndarray, mask: int) -> int:
    for k in range(len(order)):
        if mask >> (order[k] - 1) & 1:
            return int(order[k])
    return 0


@njit(cache=True, nogil=True)
def search(
    board: np.ndarray, unit: np.ndarray, n: int, limit: int, order: np.ndarray
) -> tuple[int, np.ndarray]:
    """Answers counted up to a limit, and the first: the tightest blank is tried first.

    Givens must not contradict each other. ``order[cell, n]`` says in which order digits are tried.
    """
    work, answer = board.copy(), np.zeros_like(board)
    used = masks_of(work, unit, n)
    cells, left = np.empty(n * n, np.int64), np.empty(n * n, np.int64)
    depth, found = 0, 0
    cells[0], left[0] = _tightest(work, used, unit, n)
    if cells[0] < 0:
        return 1, work
    while depth >= 0:
        cell = cells[depth]
        if work[cell]:
            _toggle(used, unit, cell, int(work[cell]))
            work[cell] = 0
        if not left[depth]:
            depth -= 1
            continue
        digit = _first(order[cell], left[depth])
        left[depth] &= ~(1 << (digit - 1))
        work[cell] = digit
        _toggle(used, unit, cell, digit)
        following, mask = _tightest(work, used, unit, n)
        if following < 0:
            found += 1
            if found == 1:
                answer[:] = work
            if found >= limit:
                break
        else:
            depth += 1
            cells[depth], left[depth] = following, mask
    return found, answer


@njit(cache=True, nogil=True)
def _hidden(board: np.ndarray, used: np.ndarray, unit: np.ndarray, n: int) -> tuple[int, int]:
    """A cell that alone can hold a digit of its unit, and the digit; -1 where there is none."""
    full = (1 << n) - 1
    once, twice = np.zeros((3, n), np.int64), np.zeros((3, n), np.int64)
    masks = np.zeros(n * n, np.int64)
    for cell in range(n * n):
        if board[cell]:
            continue
        masks[cell] = full & ~(
            used[0, unit[0, cell]] | used[1, unit[1, cell]] | used[2, unit[2, cell]]
        )
        for kind in range(3):
            u = unit[kind, cell]
            twice[kind, u] |= once[kind, u] & masks[cell]
            once[kind, u] |= masks[cell]
    for cell in range(n * n):
        for kind in range(3):
            u = unit[kind, cell]
            alone = masks[cell] & once[kind, u] & ~twice[kind, u]
            if alone:
                return cell, _lowest(alone)
    return -1, 0


@njit(cache=True, nogil=True)
def by_singles(board: np.ndarray, unit: np.ndarray, n: int, hidden: bool) -> np.ndarray:
    """The board after all naked singles, and hidden ones where asked: cells that must be."""
    work = board.copy()
    used = masks_of(work, unit, n)
    while True:
        cell, mask = _tightest(work, used, unit, n)
        if cell < 0 or mask == 0:
            return work
        digit = _lowest(mask)
        if mask & (mask - 1):
            cell, digit = _hidden(work, used, unit, n) if hidden else (-1, 0)
        if cell < 0:
            return work
        work[cell] = digit
        _toggle(used, unit, cell, digit)


@njit(cache=True, nogil=True)
def _needs(board: np.ndarray, unit: np.ndarray, n: int) -> int:
    for level in range(2):
        if by_singles(board, unit, n, level == 1).all():
            return level
    return 2


@njit(cache=True, nogil=True)
def _all_need(boards: np.ndarray, unit: np.ndarray, n: int) -> np.ndarray:
    found = np.empty(len(boards), np.int64)
    for k in range(len(boards)):
        found[k] = _needs(boards[k], unit, n)
    return found


def in_order(shape: Shape) -> np.ndarray:
    """Digits tried from 1 on in every cell: int64[cell, digit]."""
    return np.tile(np.arange(1, shape.n + 1), (shape.n_cells, 1))


def needs(shape: Shape, boards: np.ndarray) -> np.ndarray:
    """What each puzzle needs, NAKED, HIDDEN or SEARCH: int64[board]."""
    return _all_need(np.asarray(boards, np.int8), shape.unit_of(), shape.n)


def answers(shape: Shape, board: np.ndarray, limit: int = 2) -> tuple[int, np.ndarray]:
    """How many answers a board has, counted up to a limit, and the first: int8[cell].

    A board whose givens contradict each other has none.
    """
    board = np.asarray(board, np.int8)
    if contradictions(shape, board):
        return 0, np.zeros_like(board)
    return search(board, shape.unit_of(), shape.n, limit, in_order(shape))


def contradictions(shape: Shape, board: np.ndarray) -> list[tuple[str, int, int, int, int]]:
    """Equal givens in a unit: its kind and number, the digit, and the two cells."""
    unit, found = shape.unit_of(), []
    for kind, name in enumerate(("row", "column", "box")):
        for u in range(shape.n):
            cells = np.flatnonzero(unit[kind] == u)
            for digit in range(1, shape.n + 1):
                there = cells[np.asarray(board)[cells] == digit]
                if len(there) > 1:
                    found.append((name, u + 1, digit, int(there[0]), int(there[1])))
    return found
