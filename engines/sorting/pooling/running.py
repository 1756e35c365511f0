"""The run: networks that differ in how they pool learn from the same pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from engines.lab.data.catalog import task_of
from engines.lab.data.task import seed_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Training,
    log_spaced,
    run,
    stack_from_seeds,
)
from engines.running import devices
from engines.sorting.pooling.asked import ARMS, BATCH, RATES, PoolSpec
from engines.sorting.pooling.networks import Pooling, patches
from engines.sorting.pooling.results import PoolFrame, PoolResult

_N_LOOKS = 5


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run."""

    spec: PoolSpec
    trainings: dict[str, Training] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec, device = self.spec, devices.current()
        task = task_of(spec.task, spec.seed)
        x, y, *self.exam = (
            torch.from_numpy(np.ascontiguousarray(v)).to(device)
            for v in (patches(task.x), task.y, patches(task.x_test), task.y_test)
        )
        batches = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        seeds = [seed_of(spec.seed, k) for k in range(spec.n_nets)]
        self.trainings = {
            arm: Training(
                stack_from_seeds(
                    lambda arm=arm: Pooling(arm, task.n_outputs), seeds, device
                ),
                batches, task.loss, Rule(learning_rate=RATES[arm]), exact=False,
            )
            for arm in ARMS
        }  # fmt: skip

    def look(self, arm: str) -> np.ndarray:
        """float64[loss or share right, net] on the exam."""
        found = self.trainings[arm].measure(*self.exam)
        return np.stack([found["loss"], found["score"]])


def frames_of(spec: PoolSpec) -> Iterator[PoolFrame | PoolResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    steps = log_spaced(spec.n_steps, _N_LOOKS)
    shape = (len(ARMS), 2, spec.n_nets)
    seen: list[np.ndarray] = []
    frame = PoolFrame(np.array(steps[:1]), np.full((1, *shape), np.nan))
    before = 0
    for step in steps:
        found = np.empty(shape)
        for k, (arm, training) in enumerate(made.trainings.items()):
            for pause in run(training, (step,)):
                done = (k * step + (len(ARMS) - k - 1) * before + pause.step) / len(ARMS)
                yield replace(frame, fraction=done / spec.n_steps)
            found[k] = made.look(arm)
        before = step
        seen.append(found)
        looks = np.array(steps[: len(seen)])
        frame = PoolFrame(looks, np.stack(seen), fraction=step / spec.n_steps)
        yield frame
    yield PoolResult(spec, frame.steps, frame.seen)
