"""Where an interval of a curve is cut in two."""

from __future__ import annotations

from typing import Literal

import numpy as np

from engines.diagrams.bounding.relaxations import ELEMENTWISE

Where = Literal["middle", "at 0", "least area", "random"]
_N_CANDIDATES = 61


def point(kind: str, low: float, high: float, where: Where, rng: np.random.Generator) -> float:
    """A place strictly between the ends; *at 0* is the middle where 0 is not between.

    *Least area* takes the place after which least lies between the lines of both halves together
    (Shi et al. 2025, GenBaB, optimise it beforehand for a table of intervals).
    """
    middle = (low + high) / 2.0
    match where:
        case "middle":
            return middle
        case "at 0":
            return 0.0 if low < 0.0 < high else middle
        case "random":
            return low + (high - low) * float(rng.uniform(0.05, 0.95))
        case "least area":
            share = np.linspace(0.0, 1.0, _N_CANDIDATES + 2)[1:-1]
            place = low + (high - low) * share
            return float(place[np.argmin(areas(kind, low, high, place))])


def areas(kind: str, low: float, high: float, place: np.ndarray) -> np.ndarray:
    """float64[place]: what lies between the lines of both halves, if cut there."""
    lines, ends = ELEMENTWISE[kind].lines, (np.full_like(place, low), np.full_like(place, high))
    return lines(ends[0], place).area(ends[0], place) + lines(place, ends[1]).area(place, ends[1])
