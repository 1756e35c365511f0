"""The run: both networks learn at 64 points and are asked on four grids."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.operators.asked import (
    ARMS,
    BATCH,
    DILATED,
    END_TIME,
    FOURIER,
    GRIDS,
    N_EXAM,
    PLAIN,
    TRAINED,
    OperatorSpec,
)
from engines.diagrams.operators.burgers import fields
from engines.diagrams.operators.networks import Convolution, FourierOperator
from engines.diagrams.operators.results import OperatorFrame, OperatorResult
from engines.lab.data.task import rng_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Stack,
    Training,
    log_spaced,
    one_thread,
    outputs_of,
    run,
    stack_from_seeds,
)
from engines.running import devices

_N_LOOKS = 8
_N_SHOWN = 8
"""Fields of the exam whose predictions are kept."""


@dataclass(eq=False)
class Comparison:
    """Fields and networks of a run."""

    spec: OperatorSpec
    trainings: dict[str, Training] = field(init=False)

    def __post_init__(self) -> None:
        """Solve the equation, and draw everybody's first weights."""
        spec, device = self.spec, devices.current()
        n = spec.n_fields + N_EXAM
        every = fields(n, spec.viscosity, END_TIME, rng_of(spec.seed, 60))
        learnt, exam = slice(0, spec.n_fields), slice(spec.n_fields, None)
        x, y = (torch.from_numpy(v[learnt]).to(device) for v in every.on(TRAINED))
        self.exam = {
            grid: tuple(torch.from_numpy(v[exam]).to(device) for v in every.on(grid))
            for grid in GRIDS
        }
        batches = OrderedBatches(x, y, min(BATCH, spec.n_fields), spec.n_nets, spec.seed)
        seeds = [spec.seed % 2**32 + k for k in range(spec.n_nets)]
        rule = Rule(learning_rate=spec.learning_rate)
        self.trainings = {
            name: Training(stack_from_seeds(lambda name=name: self.network(name), seeds, device),
                           batches, "squared error", rule, exact=False)
            for name in (FOURIER, PLAIN)
        }  # fmt: skip

    def network(self, name: str) -> nn.Module:
        """A network with fresh weights."""
        return FourierOperator(self.spec.n_modes) if name == FOURIER else Convolution()

    def stack(self, arm: str) -> Stack:
        """Networks of an arm; the dilated ones are those of the convolution."""
        stack = self.trainings[FOURIER if arm == FOURIER else PLAIN].stack
        if arm != DILATED:
            return stack
        skeleton = deepcopy(stack.skeleton)
        assert isinstance(skeleton, Convolution)
        skeleton.dilated = True
        return replace(stack, skeleton=skeleton)

    def answers(self, arm: str, grid: int) -> Tensor:
        """[net, field, point]: what an arm says of the exam; nan where it has no kernel."""
        start, _end = self.exam[grid]
        if arm == DILATED and grid < TRAINED:
            return torch.full((self.spec.n_nets, *start.shape), torch.nan)
        with one_thread():
            return outputs_of(self.stack(arm), start).cpu()

    def look(self) -> np.ndarray:
        """float64[arm, net, grid]: mean relative L2 error of the exam, in per cent."""
        found = np.empty((len(ARMS), self.spec.n_nets, len(GRIDS)))
        for (a, arm), (g, grid) in _pairs():
            end = self.exam[grid][1].cpu()
            off = (self.answers(arm, grid) - end).double().norm(dim=-1) / end.double().norm(dim=-1)
            found[a, :, g] = 100.0 * off.mean(-1).numpy()
        return found

    def shown(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start, end and what first networks say of some fields, as the result keeps them."""
        start, end = (np.full((_N_SHOWN, len(GRIDS), GRIDS[-1]), np.nan, np.float32)
                      for _ in range(2))  # fmt: skip
        said = np.full((len(ARMS), *start.shape), np.nan, np.float32)
        for (a, arm), (g, grid) in _pairs():
            for kept, exam in zip((start, end), self.exam[grid], strict=True):
                kept[:, g, :grid] = exam[:_N_SHOWN].cpu().numpy()
            said[a, :, g, :grid] = self.answers(arm, grid)[0, :_N_SHOWN].numpy()
        return start, end, said


def _pairs() -> list[tuple[tuple[int, str], tuple[int, int]]]:
    return [(arm, grid) for arm in enumerate(ARMS) for grid in enumerate(GRIDS)]


def frames_of(spec: OperatorSpec) -> Iterator[OperatorFrame | OperatorResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    steps = log_spaced(spec.n_steps, _N_LOOKS)
    looks = [made.look()]
    frame = _frame(steps, looks)
    yield frame
    for step in steps[1:]:
        for training in made.trainings.values():
            for _ in run(training, (step,)):
                yield frame
        looks.append(made.look())
        frame = _frame(steps, looks)
        yield frame
    counts = tuple(made.stack(arm).n_parameters for arm in ARMS)
    yield OperatorResult(spec, frame.steps, frame.error, counts, *made.shown())


def _frame(steps: tuple[int, ...], looks: list[np.ndarray]) -> OperatorFrame:
    """Everything seen so far."""
    n = len(looks)
    return OperatorFrame(np.array(steps[:n]), np.stack(looks), fraction=steps[n - 1] / steps[-1])
