"""What a board is: cells, the units that hold every digit once, and who is a peer of whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

UNIT_KINDS = ("row", "column", "box")
RELATIONS = ("row", "column", "box", "row and box", "column and box")
"""What two peers may share."""
_RELATION = {(0,): 0, (1,): 1, (2,): 2, (0, 2): 3, (1, 2): 4}


@dataclass(frozen=True)
class Shape:
    """Boxes of so many rows and columns; a unit holds as many cells as a box."""

    box_rows: int
    box_columns: int

    @property
    def n(self) -> int:
        """Digits, and cells of a unit."""
        return self.box_rows * self.box_columns

    @property
    def n_cells(self) -> int:
        """Cells, row by row."""
        return self.n * self.n

    def unit_of(self) -> np.ndarray:
        """Row, column and box of every cell: int64[3, cell]."""
        row, column = np.divmod(np.arange(self.n_cells), self.n)
        box = row // self.box_rows * self.box_rows + column // self.box_columns
        return np.stack([row, column, box])

    def peers(self) -> np.ndarray:
        """Cells that share a unit with each: int64[cell, peer], sorted by relation, then place.

        The same place of the list means the same relation in every cell.
        """
        return _peers(self)[0]

    def relations(self) -> np.ndarray:
        """Index into RELATIONS of each place in a list of peers: int64[peer]."""
        return _peers(self)[1]

    @property
    def n_edges(self) -> int:
        """Directed edges between peers."""
        return self.peers().size

    def name_of(self, cell: int) -> str:
        """Such as ``row 2, column 3``, counted from 1."""
        row, column = divmod(cell, self.n)
        return f"row {row + 1}, column {column + 1}"


@lru_cache
def _peers(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    unit = shape.unit_of()
    same = unit[:, :, None] == unit[:, None, :]
    found = []
    for cell in range(shape.n_cells):
        others = [c for c in np.flatnonzero(same[:, cell].any(axis=0)) if c != cell]
        kinds = [_RELATION[tuple(np.flatnonzero(same[:, cell, c]).tolist())] for c in others]
        found.append(sorted(zip(kinds, map(int, others), strict=True)))
    table = np.array(found)
    return table[:, :, 1], table[0, :, 0]


SHAPES = {"4 x 4": Shape(2, 2), "6 x 6": Shape(2, 3), "9 x 9": Shape(3, 3)}
"""The boards that are known by name."""
