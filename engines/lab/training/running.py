"""A training as a generator: watched, paused and stopped between any two of its yields."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engines.lab.training.training import Training

FRAME_S = 0.1
"""Nobody waits longer than this for the next yield, unless one step takes longer."""


@dataclass(frozen=True)
class Pause:
    """A place where a run may stop."""

    step: int
    fraction: float
    """Share of all steps that is done."""
    scheduled: bool
    """Whether the schedule asks for a look here."""


def run(training: Training, schedule: Sequence[int]) -> Iterator[Pause]:
    """Advance through the steps of a schedule, with places to stop at least ten times a second.

    Steps of the schedule that lie behind are passed over, so a restored training goes on where it
    was. How often it yields depends on the machine; what the networks become does not.
    """
    last, stride = max(1, schedule[-1]), 1
    for step in (step for step in schedule if step >= training.step):
        while training.step < step:
            started = time.monotonic()
            training.advance(min(step, training.step + stride))
            stride = _next_stride(stride, time.monotonic() - started)
            if training.step < step:
                yield Pause(training.step, training.step / last, scheduled=False)
        yield Pause(step, step / last, scheduled=True)


def _next_stride(stride: int, took_s: float) -> int:
    if took_s < FRAME_S / 4:
        return stride * 2
    return max(1, stride // 2) if took_s > FRAME_S / 2 else stride
