"""Boards as text: digits row by row, a dot for a blank."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError, SpecError
from engines.pointer.boards.shape import Shape

BLANKS = frozenset(".0_-*?")
_IGNORED = frozenset(" \t\r\n|+,;")


def board_from_text(shape: Shape, text: str) -> np.ndarray:
    """Givens int8[cell], 0 for a blank.

    Raises:
        SpecError: another number of cells, or a sign that is no digit of this board.
    """
    cells: list[int] = []
    for sign in text:
        if sign in _IGNORED:
            continue
        if sign in BLANKS:
            cells.append(0)
        elif sign.isascii() and sign.isdigit() and int(sign) <= shape.n:
            cells.append(int(sign))
        else:
            raise SpecError(
                f"Own board: {shape.name_of(min(len(cells), shape.n_cells - 1))} is '{sign}'; "
                f"use digits 1 to {shape.n} and a dot for a blank"
            )
    if len(cells) != shape.n_cells:
        raise SpecError(
            f"Own board: {shape.n} rows of {shape.n} are {shape.n_cells} cells, got {len(cells)}"
        )
    return np.array(cells, np.int8)


def text_from_board(shape: Shape, board: np.ndarray) -> str:
    r"""One line per row, dots for blanks.

    >>> text_from_board(Shape(1, 2), np.array([1, 0, 2, 1]))
    '1.\n21'
    """
    rows = np.asarray(board).reshape(shape.n, shape.n)
    return "\n".join("".join(str(int(d)) if d else "." for d in row) for row in rows)


def checked(shape: Shape, board: np.ndarray) -> np.ndarray:
    """A board of this shape, from rows or cells of whole numbers.

    Raises:
        InputError: another number of cells, or a number that is no digit of this board.
    """
    cells = np.asarray(board).reshape(-1)
    if len(cells) != shape.n_cells:
        raise InputError(f"a board of {shape.n} digits has {shape.n_cells} cells, got {len(cells)}")
    odd = np.flatnonzero((cells < 0) | (cells > shape.n) | (cells != np.round(cells)))
    if len(odd):
        raise InputError(
            f"{shape.name_of(int(odd[0]))} is {cells[odd[0]]}; use 1 to {shape.n}, 0 for a blank"
        )
    return cells.astype(np.int8)
