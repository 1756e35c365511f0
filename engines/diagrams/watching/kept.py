"""Values as they are kept: thinned where they are large, with statistics of all their numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.diagrams.watching.axes import Lying

STATISTICS = ("mean", "sd", "smallest", "largest", "zeros", "not finite")


@dataclass(frozen=True, eq=False)
class Kept:
    """What one operation gave."""

    path: str
    """Of the operation, as the cards of the drawing name it."""
    lying: Lying
    numbers: np.ndarray
    """float32[turn, example, panel, row, column], every n-th position where there are many."""
    is_attention: bool
    """Whether it is what a softmax gives to queries, by head or not."""
    shape: tuple[int, ...]
    """How long the axes of ``lying.order`` are in the value itself."""
    statistics: np.ndarray
    """float64[turn, STATISTICS] over all examples and positions; zeros and not finite as shares."""

    @property
    def name(self) -> str:
        """Without the blocks it lies in."""
        return self.path.rpartition("/")[2]

    def turn(self, turn: int) -> int:
        """The place of a turn; the last for what ran less often, -1 too."""
        last = len(self.numbers) - 1
        return last if turn < 0 else min(turn, last)

    def at(self, example: int = 0, turn: int = -1) -> np.ndarray:
        """float32[panel, row, column] of one example; what is the same for all has only one."""
        return self.numbers[self.turn(turn), min(example, self.numbers.shape[1] - 1)]

    @property
    def is_thinned(self) -> bool:
        """Whether positions were left out."""
        return math.prod(self.shape) > math.prod(self.numbers.shape[2:])
