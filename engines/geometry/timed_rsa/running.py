"""The run: networks learn or a recording is read, and every moment is held against models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engines.geometry.measures.rdm import from_upper_triangle
from engines.geometry.timed_rsa.course import (
    FIRST,
    LAST,
    Course,
    between,
    ceilings_in_time,
    dealt,
    likeness_in_time,
    n_stimuli_of,
    own_end,
)
from engines.geometry.timed_rsa.found import Found
from engines.geometry.timed_rsa.result import TimedFrame, TimedRun
from engines.geometry.timed_rsa.spec import TimedSpec

_LEARNING = 0.6
"""Share of a run when all moments are there."""
_AT_ONCE = 4


def frames_of(spec: TimedSpec) -> Iterator[TimedFrame | TimedRun]:
    """Frames on the way, and the run last."""
    right = np.zeros((0, 0))
    if spec.source:
        from engines.geometry.timed_rsa.recorded import recorded

        course = None
        for share, last in recorded(spec):
            course = last
            yield TimedFrame("a recording is read", fraction=_LEARNING * share)
        assert course is not None
    else:
        from engines.geometry.timed_rsa.learning import courses

        made = None
        for share, last in courses(spec):
            made = last
            yield TimedFrame("networks learn", fraction=_LEARNING * share)
        assert made is not None
        course, right = made
    compared = None
    for share, last in in_pieces(course, spec.compare):
        compared = last
        yield TimedFrame("moments are compared", fraction=_LEARNING + (1 - _LEARNING) * share)
    assert compared is not None
    yield TimedRun(found_in(spec, course, compared, right))


Compared = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Scores, ceilings, likeness to each one's own end, and of every two; [arm, layer, ...]."""


def in_pieces(course: Course, how: str) -> Iterator[tuple[float, Compared | None]]:
    """Share that is done, layer by layer and a few moments at a time; with the last, everything."""
    n_arms, n_layers, n_moments = course.pairs.shape[:3]
    n_pieces, layers = -(-n_moments // _AT_ONCE), []
    for k, (arm, layer) in enumerate(np.ndindex(n_arms, n_layers)):
        pieces = []
        for piece in range(n_pieces):
            here = range(piece * _AT_ONCE, min((piece + 1) * _AT_ONCE, n_moments))
            pairs = course.pairs[arm : arm + 1, layer : layer + 1, [0, *here, n_moments - 1]]
            pieces.append(_compared(replace(course, pairs=pairs), how))
            yield (k + piece / n_pieces) / (n_arms * n_layers), None
        layers.append([np.concatenate(parts) for parts in zip(*pieces, strict=True)])
    scores, ceilings, own, alike = (
        np.array(parts).reshape(n_arms, n_layers, *parts[0].shape)
        for parts in zip(*layers, strict=True)
    )
    yield 1.0, (np.moveaxis(scores, 2, 3), np.moveaxis(ceilings, 2, 3), own, alike)


def _compared(one: Course, how: str) -> Compared:
    """[moment, ...] of one layer, whose first and last moment stand before and behind."""
    scores, ceilings = likeness_in_time(one, how)[1][0, 0], ceilings_in_time(one, how)[0, 0]
    own, alike = own_end(one, how)[0, 0], between(one, how)[0, 0]
    return tuple(  # pyright: ignore[reportReturnType]
        values[1:-1]
        for values in (np.moveaxis(scores, 0, 1), np.moveaxis(ceilings, 0, 1), own, alike)
    )


def found_in(spec: TimedSpec, course: Course, compared: Compared, right: np.ndarray) -> Found:
    """Everything that is said of a course."""
    how, models = spec.compare, (*course.models, FIRST, LAST)
    scores, ceilings, own, alike = compared
    last = course.pairs[0, -1].mean(axis=1)  # [moment, pair]
    shown = np.array([from_upper_triangle(last[k] / last[k].mean(), n_stimuli_of(last.shape[1]))
                      for k in (0, len(last) // 2, len(last) - 1)])  # fmt: skip
    return Found(
        spec, course.title, course.layers, models, course.at, course.unit, course.subjects, scores,
        ceilings, own, alike, dealt(course, how, spec.seed), shown, right,
    )  # fmt: skip
