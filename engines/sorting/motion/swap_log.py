"""The swap log while it grows: small integers, no byte more than the run needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

BLOCK = 16_384
"""Swaps that are looked at together: they fit in the processor's cache."""


class Column:
    """Numbers that come in pieces; memory grows in place and is written once.

    Once numbers were handed out the next piece goes to a new place, so they never change.
    """

    def __init__(self, dtype: Any) -> None:
        """An empty column."""
        self._numbers = np.empty(64, dtype)
        self.length = 0
        self._handed_out = False

    def add(self, numbers: np.ndarray) -> None:
        """Append; values must fit the column's type."""
        end = self.length + len(numbers)
        if self._handed_out:
            self._numbers, self._handed_out = self._numbers.copy(), False
        if end > len(self._numbers):
            self._numbers.resize(max(end, 2 * len(self._numbers)), refcheck=False)
        np.copyto(self._numbers[self.length : end], numbers, casting="unsafe")
        self.length = end

    def widen(self, dtype: Any) -> None:
        """Change to a wider type."""
        self._numbers = self._numbers.astype(dtype)

    def numbers(self) -> np.ndarray:
        """What has come so far."""
        self._handed_out = True
        return self._numbers[: self.length]


class SwapLog:
    """Positions, activations and errors of every swap, as they come from a kernel."""

    def __init__(self, n_cells: int, error_at_start: int) -> None:
        """An empty log of an array of this size."""
        self.position_type = np.int16 if n_cells < 2**15 else np.int32
        self.hand_swaps: list[int] = []
        self._left, self._right = Column(self.position_type), Column(self.position_type)
        self._errors = Column(self.position_type)
        self._errors.add(np.array([error_at_start]))
        self._activation = Column(np.uint32)
        self._all_adjacent, self._all_short = True, True

    def __len__(self) -> int:
        """Swaps so far."""
        return self._left.length

    def add(
        self, left: np.ndarray, right: np.ndarray, activation: np.ndarray, errors: np.ndarray
    ) -> None:
        """Keep a copy of these swaps (the buffer will be written again)."""
        if not len(left):
            return
        if self._all_adjacent and not bool((right - left == 1).all()):
            self._all_adjacent = False
            self._right.add(self._left.numbers() + 1)
        if self._all_short and int(activation[-1]) >= 2**32:
            self._all_short = False
            self._activation.widen(np.uint64)
        self._left.add(left)
        if not self._all_adjacent:
            self._right.add(right)
        self._activation.add(activation)
        self._errors.add(errors)

    def note_hand_swap(self, swap: int) -> None:
        """The swap of this index is made by hand."""
        self.hand_swaps.append(swap)

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Left and right positions as int32, block by block."""
        left, right = self.left(), self.right()
        for first in range(0, len(left), BLOCK):
            block = slice(first, first + BLOCK)
            wide = left[block].astype(np.int32)
            yield wide, wide + 1 if self._all_adjacent else right[block].astype(np.int32)

    def left(self) -> np.ndarray:
        """Left position of every swap."""
        return self._left.numbers()

    def right(self) -> np.ndarray:
        """Right position of every swap; empty when every swap is adjacent."""
        return self._right.numbers()

    def activation(self) -> np.ndarray:
        """Activations made up to and including each swap."""
        return self._activation.numbers()

    def errors(self) -> np.ndarray:
        """Error at the start and after every swap."""
        return self._errors.numbers()
