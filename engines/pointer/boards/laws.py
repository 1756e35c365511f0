"""What should not change an answer: other names for the digits, rows swapped, the board turned."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.pointer.boards.network import read
from engines.pointer.boards.shape import Shape

RELABELLED, SWAPPED, TURNED = "digits relabelled", "rows swapped", "board turned over"


def moved(shape: Shape, change: str) -> np.ndarray:
    """Where every cell of the changed board comes from: int64[cell].

    Rows are swapped by turning every band around; turned over is mirrored on the diagonal.
    """
    cells = np.arange(shape.n_cells).reshape(shape.n, shape.n)
    if change == SWAPPED:
        bands = cells.reshape(-1, shape.box_rows, shape.n)
        return bands[:, ::-1].reshape(-1)
    if change == TURNED and shape.box_rows == shape.box_columns:
        return cells.T.reshape(-1)
    return cells.reshape(-1)


def disagreements(net: Any, boards: np.ndarray, n_steps: int, seed: int) -> dict[str, np.ndarray]:
    """Whether the answer to a changed board is another than the changed answer.

    Returns:
        bool[step, board] of each change.
    """
    shape = net.shape
    plain = read(net, boards, n_steps)
    rng = np.random.Generator(np.random.Philox(seed))
    names = np.concatenate([[0], 1 + rng.permutation(shape.n)]).astype(np.int8)
    found = {RELABELLED: (read(net, names[boards], n_steps) != names[plain]).any(axis=2)}
    for change in (SWAPPED, TURNED):
        from_cell = moved(shape, change)
        changed = read(net, boards[:, from_cell], n_steps)
        found[change] = (changed != plain[:, :, from_cell]).any(axis=2)
    return found
