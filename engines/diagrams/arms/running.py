"""Trainings that go on together from look to look."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence

import numpy as np

from engines.diagrams.arms.looks import Looks, Plan
from engines.diagrams.arms.results import ArmsFrame
from engines.lab.training import Training, log_spaced, run
from engines.lab.training.running import FRAME_S

Look = Callable[[], Generator[None, None, np.ndarray]]
"""float64[measure, arm, condition, net] of this moment; yields where it may be stopped."""


class Clock:
    """Says when a frame is due, twenty times a second: more would be drawn for nobody."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def due(self) -> bool:
        """Whether so long has passed since it last was."""
        now = time.monotonic()
        if now - self._last < FRAME_S / 2:
            return False
        self._last = now
        return True


def watched(
    plan: Plan,
    trainings: Sequence[Training],
    n_steps: int,
    look: Look,
    n_looks: int = 6,
    steps: Sequence[int] = (),
) -> Iterator[ArmsFrame]:
    """Advance all trainings; a frame at least ten times a second, the last one after all steps.

    Looks are log-spaced, or after ``steps`` where these are given.
    """
    steps = steps or log_spaced(n_steps, n_looks)
    seen: list[np.ndarray] = []
    empty = np.full((len(plan.measures), len(plan.arms), len(plan.conditions), 1), np.nan)
    frame = _frame(plan, steps, [empty])
    for step in steps:
        for training in trainings:
            for _ in run(training, (step,)):
                yield frame
        seen.append((yield from _waiting(look(), frame)))
        frame = _frame(plan, steps, seen)
        yield frame


def _waiting(
    looking: Generator[None, None, np.ndarray], frame: ArmsFrame
) -> Generator[ArmsFrame, None, np.ndarray]:
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value
        yield frame


def _frame(plan: Plan, steps: Sequence[int], seen: list[np.ndarray]) -> ArmsFrame:
    n = len(seen)
    looks = Looks(plan, np.array(steps[:n]), np.stack(seen, axis=1))
    return ArmsFrame(looks, fraction=steps[n - 1] / steps[-1])
