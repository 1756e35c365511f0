"""The run: networks learn or a recording is read, and every moment is held against models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.geometry.measures.rdm import from_upper_triangle
from engines.geometry.timed_rsa.course import (
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


def frames_of(spec: TimedSpec) -> Iterator[TimedFrame | TimedRun]:
    """Frames on the way, and the run last."""
    right = np.zeros((0, 0))
    if spec.source:
        from engines.geometry.timed_rsa.recorded import recorded

        yield TimedFrame("a recording is read", fraction=0.0)
        course = recorded(spec)
    else:
        from engines.geometry.timed_rsa.learning import courses

        made = None
        for share, last in courses(spec):
            made = last
            yield TimedFrame("networks learn", fraction=0.8 * share)
        assert made is not None
        course, right = made
    yield TimedFrame("moments are compared", fraction=0.85)
    yield TimedRun(found_in(spec, course, right))


def found_in(spec: TimedSpec, course: Course, right: np.ndarray) -> Found:
    """Everything that is said of a course."""
    how = spec.compare
    models, scores = likeness_in_time(course, how)
    last = course.pairs[0, -1].mean(axis=1)  # [moment, pair]
    shown = np.array([from_upper_triangle(last[k] / last[k].mean(), n_stimuli_of(last.shape[1]))
                      for k in (0, len(last) // 2, len(last) - 1)])  # fmt: skip
    return Found(
        spec, course.title, course.layers, models, course.at, course.unit, course.subjects, scores,
        ceilings_in_time(course, how), own_end(course, how), between(course, how),
        dealt(course, how, spec.seed), shown, right,
    )  # fmt: skip
