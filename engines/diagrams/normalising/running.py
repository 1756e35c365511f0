"""The run: every kind learns with statistics of 2, 4 and 32 pictures."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.arms.running import watched
from engines.diagrams.normalising.asked import ARMS, BATCH, OF_A_BATCH, PLAN, SIZES, NormsSpec
from engines.diagrams.normalising.networks import Reader
from engines.lab.data.catalog import task_of
from engines.lab.training import OrderedBatches, Rule, Training, stack_from_seeds
from engines.running import devices


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run, by arm and size."""

    spec: NormsSpec
    trainings: dict[tuple[str, int], Training] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec, device = self.spec, devices.current()
        task = task_of(spec.task, spec.seed)
        x, y, *self.exam = (
            torch.from_numpy(np.ascontiguousarray(v)).to(device)
            for v in (task.x, task.y, task.x_test, task.y_test)
        )
        batches = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        seeds = [spec.seed % 2**32 + k for k in range(spec.n_nets)]
        rule = Rule(learning_rate=spec.learning_rate)
        self.trainings = {
            (kind, size): Training(
                stack_from_seeds(
                    lambda kind=kind, size=size: Reader(kind, size, task.n_outputs), seeds, device
                ),
                batches, task.loss, rule, exact=False,
            )
            for kind in ARMS
            for size in (SIZES if kind in OF_A_BATCH else SIZES[-1:])
        }  # fmt: skip

    def look(self) -> Generator[None, None, np.ndarray]:
        """float64[measure, arm, size, net]: loss and share right in the exam.

        What looks at one picture at a time is the same network at every size.
        """
        found = np.empty((2, len(ARMS), len(SIZES), self.spec.n_nets))
        for (kind, size), training in self.trainings.items():
            seen = training.measure(*self.exam)
            places = [SIZES.index(size)] if kind in OF_A_BATCH else range(len(SIZES))
            for c in places:
                found[:, ARMS.index(kind), c] = seen["loss"], seen["score"]
            yield
        return found


def frames_of(spec: NormsSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    frame = None
    for frame in watched(PLAN, list(made.trainings.values()), spec.n_steps, made.look):
        yield frame
    assert frame is not None
    yield ArmsResult(spec, frame.looks)
