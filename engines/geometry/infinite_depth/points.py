"""Points on the eighth of a sphere where no coordinate is negative, in two classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_ASKED = 400
_LEVEL = 0.65
"""Of the largest coordinate's square; 58 % of points lie above."""


@dataclass(frozen=True, eq=False)
class Points:
    """``x`` float64[point, 3] of length 1; ``true`` and ``learnt`` int64[point], -1 or 1."""

    x: np.ndarray
    true: np.ndarray
    learnt: np.ndarray


def points(rng: np.random.Generator, n: int, flipped: float) -> Points:
    """Near a corner of the eighth or not; a share of labels is turned round.

    Classes are 1 where one coordinate is most of the length.
    """
    x = np.abs(rng.normal(size=(n, 3)))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    true = np.where((x**2).max(axis=1) > _LEVEL, 1, -1)
    return Points(x, true, np.where(rng.random(n) < flipped, -true, true))


def untied(rng: np.random.Generator, n: int, flipped: float) -> Points:
    """The same with a majority: a set of as many labels of either class is drawn again."""
    while True:
        found = points(rng, n, flipped)
        if found.learnt.sum():
            return found
