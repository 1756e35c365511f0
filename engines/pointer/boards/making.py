"""Full grids, puzzles with one answer, and which grids are held out for testing."""

from __future__ import annotations

import numpy as np
from numba import njit

from engines.pointer.boards.shape import Shape
from engines.pointer.boards.solving import in_order, search

TEST_PARTS = 10
"""One part of so many of the classes of grids is held out."""


@njit(cache=True, nogil=True)
def _minimal(
    answer: np.ndarray, unit: np.ndarray, order: np.ndarray, cells: np.ndarray, target: int
) -> np.ndarray:
    """Givens taken away in this order of cells while the answer stays the only one."""
    board, n_givens = answer.copy(), len(cells)
    for cell in cells:
        if n_givens <= target:
            break
        digit = board[cell]
        board[cell] = 0
        n_givens -= 1
        if search(board, unit, order.shape[1], 2, order)[0] > 1:
            board[cell] = digit
            n_givens += 1
    return board


@njit(cache=True, nogil=True)
def _grids(orders: np.ndarray, unit: np.ndarray) -> np.ndarray:
    n_grids, n_cells, n = orders.shape
    found = np.empty((n_grids, n_cells), np.int8)
    blank = np.zeros(n_cells, np.int8)
    for k in range(n_grids):
        found[k] = search(blank, unit, n, 1, orders[k])[1]
    return found


@njit(cache=True, nogil=True)
def _thinned(
    grids: np.ndarray, cells: np.ndarray, targets: np.ndarray, unit: np.ndarray, order: np.ndarray
) -> np.ndarray:
    found = np.empty_like(grids)
    for k in range(len(grids)):
        found[k] = _minimal(grids[k], unit, order, cells[k], targets[k])
    return found


def random_grids(shape: Shape, n_grids: int, seed: int) -> np.ndarray:
    """Full grids int8[grid, cell] by search, digits in random order; near uniform, not quite."""
    rng = np.random.Generator(np.random.Philox(seed))
    digits = np.broadcast_to(np.arange(1, shape.n + 1), (n_grids, shape.n_cells, shape.n))
    return _grids(rng.permuted(digits, axis=2), shape.unit_of())


def puzzles(shape: Shape, grids: np.ndarray, n_givens: int | np.ndarray, seed: int) -> np.ndarray:
    """Puzzles int8[grid, cell] with one answer; more givens stay where fewer have several.

    ``n_givens`` 0 takes away all that can be: no given of such a puzzle can be missed.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    targets = np.broadcast_to(np.asarray(n_givens, np.int64), len(grids)).copy()
    cells = rng.permuted(np.tile(np.arange(shape.n_cells), (len(grids), 1)), axis=1)
    grids = np.ascontiguousarray(grids, np.int8)
    return _thinned(grids, cells, targets, shape.unit_of(), in_order(shape))


@njit(cache=True, nogil=True)
def _every(unit: np.ndarray, n: int, n_max: int) -> np.ndarray:
    """All full grids, row by row and digit by digit: int8[grid, cell]."""
    found, n_found = np.empty((n_max, n * n), np.int8), 0
    board = np.zeros(n * n, np.int8)
    used = np.zeros((3, n), np.int64)
    cell = 0
    while cell >= 0:
        digit = board[cell]
        if digit:
            for kind in range(3):
                used[kind, unit[kind, cell]] ^= 1 << (digit - 1)
        board[cell] = 0
        taken = used[0, unit[0, cell]] | used[1, unit[1, cell]] | used[2, unit[2, cell]]
        digit += 1
        while digit <= n and taken >> (digit - 1) & 1:
            digit += 1
        if digit > n:
            cell -= 1
            continue
        board[cell] = digit
        for kind in range(3):
            used[kind, unit[kind, cell]] ^= 1 << (digit - 1)
        if cell + 1 < n * n:
            cell += 1
        else:
            found[n_found] = board
            n_found += 1
    return found[:n_found]


def all_grids(shape: Shape) -> np.ndarray:
    """Every full grid of a 4 x 4 board, in order: int8[288, 16]."""
    if shape.n != 4:
        raise ValueError(f"only the grids of a 4 x 4 board are few enough, got {shape.n}")
    return _every(shape.unit_of(), shape.n, 1000)


def classes(shape: Shape, grids: np.ndarray) -> np.ndarray:
    """A number for each grid that no symmetry changes: uint64[grid].

    Taking every two rows as a permutation of the digits, the lengths of its cycles know nothing
    of the digits' names and of the order of columns. So do those of every two columns; rows of
    one band stand apart from others. Grids with different numbers are not the same by relabelling
    digits, swapping rows in a band, bands, columns in a stack, stacks, nor, in square boxes, by
    turning or mirroring the board.
    """
    n = shape.n
    square = grids.reshape(-1, n, n).astype(np.int64) - 1
    rows = _cycles(square, shape.box_rows)
    columns = _cycles(square.transpose(0, 2, 1), shape.box_columns)
    if shape.box_rows == shape.box_columns:
        rows, columns = np.minimum(rows, columns), np.maximum(rows, columns)
    return _mixed(rows * np.uint64(0x9E3779B97F4A7C15) ^ columns)


def _mixed(x: np.ndarray) -> np.ndarray:
    """Bits stirred (Steele, Lea & Flood 2014, SplitMix)."""
    x = x.astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _cycles(square: np.ndarray, in_band: int) -> np.ndarray:
    """The sum over pairs of lines of a stirred number of their cycles: uint64[grid]."""
    n_grids, n, _ = square.shape
    every = np.arange(n_grids)[:, None]
    total = np.zeros(n_grids, np.uint64)
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            step = np.empty((n_grids, n), np.int64)
            step[every, square[:, i]] = square[:, j]
            at, length = step.copy(), np.zeros((n_grids, n), np.int64)
            for k in range(1, n + 1):
                back = (at == np.arange(n)) & (length == 0)
                length[back] = k
                at = step[every, at]
            kind = (np.sort(length, axis=1) @ (np.int64(11) ** np.arange(n))).astype(np.uint64)
            near = np.uint64(i // in_band == j // in_band)
            total += _mixed(kind * np.uint64(2) + near)
    return total


def held_out(shape: Shape, grids: np.ndarray) -> np.ndarray:
    """Whether a grid is one for testing: bool[grid]; all its symmetric copies are on one side."""
    return classes(shape, grids) % np.uint64(TEST_PARTS) == 0
