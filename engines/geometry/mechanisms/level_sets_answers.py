"""Walks on a linear classifier, whose level sets are planes, held against projections."""

from __future__ import annotations

from functools import cache

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.mechanisms.level_sets import Walk, walk

_CLOSED = "closed form: level sets of two linear classes are planes"


@cache
def _walked() -> tuple[list[Walk], np.ndarray, np.ndarray]:
    """A walk of six points, the sources' planes' normal, and the goals projected on them."""
    rng = np.random.Generator(np.random.Philox(7))
    weight, bias = rng.standard_normal((2, 12)), rng.standard_normal(2)
    source, goal = rng.standard_normal((2, 6, 12))
    label = rng.integers(0, 2, 6)
    steps = list(walk(((weight, bias),), source, goal, label, push=0.0, n_steps=2_000))
    normal = weight[0] - weight[1]
    normal /= np.linalg.norm(normal)
    there = goal - ((goal - source) @ normal)[:, None] * normal
    return steps, normal, there


def confidence_changes() -> float:
    """Largest change of confidence on the way."""
    steps, _, _ = _walked()
    return float(max(np.abs(now.confidence - steps[0].confidence).max() for now in steps))


def distance_to_projection() -> float:
    """Largest distance of an end from its goal's projection on the plane."""
    steps, _, there = _walked()
    return float(np.linalg.norm(steps[-1].x - there, axis=1).max())


def level_set_answers() -> tuple[KnownAnswer, ...]:
    """Both."""
    return (
        KnownAnswer("confidence that a linear walk loses", _CLOSED, 0.0, 1e-6, confidence_changes),
        KnownAnswer("how far its end is from the goal's projection", _CLOSED, 0.0, 1e-6,
                    distance_to_projection),
    )  # fmt: skip
