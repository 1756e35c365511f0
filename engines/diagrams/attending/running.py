"""The run: all heads learn to copy 32 symbols and are asked at five lengths."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.arms.running import watched
from engines.diagrams.attending.asked import ARMS, LENGTHS, N_EXAM, PLAN, LengthsSpec
from engines.diagrams.attending.networks import Copier, Copies, copies
from engines.lab.data.task import rng_of
from engines.lab.training import Rule, Training, stack_from_seeds
from engines.running import devices


@dataclass(eq=False)
class Comparison:
    """Copies and heads of a run."""

    spec: LengthsSpec
    trainings: list[Training] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the exam and everybody's symbols and first weights."""
        spec, device = self.spec, devices.current()
        self.exam = [
            tuple(torch.from_numpy(v).to(device) for v in copies(rng_of(spec.seed, 61), N_EXAM, n))
            for n in LENGTHS
        ]
        seeds = [spec.seed % 2**32 + k for k in range(spec.n_nets)]
        batches = Copies(spec.n_nets, spec.seed, device=device)
        rule = Rule(learning_rate=spec.learning_rate)
        self.trainings = [
            Training(stack_from_seeds(lambda kind=kind: Copier(kind, spec.power), seeds, device),
                     batches, "cross-entropy", rule, exact=False)
            for kind in ARMS.values()
        ]  # fmt: skip

    def look(self) -> Generator[None, None, np.ndarray]:
        """float64[measure, arm, length, net]: loss and share right in the exam."""
        found = np.empty((2, len(ARMS), len(LENGTHS), self.spec.n_nets))
        for a, training in enumerate(self.trainings):
            for c, (x, y) in enumerate(self.exam):
                seen = training.measure(x, y.flatten())
                found[:, a, c] = seen["loss"], seen["score"]
                yield
        return found


def frames_of(spec: LengthsSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    frame = None
    for frame in watched(PLAN, made.trainings, spec.n_steps, made.look):
        yield frame
    assert frame is not None
    yield ArmsResult(spec, frame.looks)
