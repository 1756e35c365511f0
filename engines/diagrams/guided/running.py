"""The run: networks of many widths learn, every nested one is examined, searches are replayed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from engines.diagrams.guided.area import area
from engines.diagrams.guided.asked import (
    BATCH,
    CHOICES,
    KEPT,
    LEVELS,
    SEARCHED,
    WAYS,
    WIDTHS,
    GuidedSpec,
)
from engines.diagrams.guided.networks import DrawnWidths, Nested, every_cost, every_error
from engines.diagrams.guided.results import GuidedFrame, GuidedResult
from engines.diagrams.guided.search import order_of
from engines.lab.data.catalog import task_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Training,
    log_spaced,
    one_thread,
    run,
    stack_from_seeds,
)
from engines.running import devices

_N_LOOKS = 10
_TIMED, _REPEATS = 1_024, 4


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run."""

    spec: GuidedSpec
    training: Training = field(init=False)

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec, device = self.spec, devices.current()
        self.task = task = task_of(spec.task, spec.seed)
        x, y, *self.exam = (
            torch.from_numpy(np.ascontiguousarray(v)).to(device)
            for v in (task.x, task.y, task.x_test, task.y_test)
        )
        inner = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        seeds = [spec.seed % 2**32 + k for k in range(spec.n_nets)]
        stack = stack_from_seeds(self._built, seeds, device)
        self.training = Training(stack, DrawnWidths(inner), task.loss,
                                 Rule(learning_rate=spec.learning_rate), exact=False)  # fmt: skip
        self.cost = every_cost(task.n_features, task.n_outputs)

    def _built(self) -> nn.Module:
        return Nested(self.task.n_features, self.task.n_outputs)

    def errors(self, net: int, half: int = SEARCHED) -> np.ndarray:
        """float64[choice]: share wrong in a half of the exam of all networks nested in one."""
        x, y = (part[half::2] for part in self.exam)
        with one_thread():
            return every_error(self.training.stack.one(net), x, y)

    def milliseconds(self) -> Iterator[float]:
        """Of 1,024 examples through each network nested in the first, cut out; measured here."""
        made = self.training.stack.module(0).cpu()
        x = torch.zeros(_TIMED, self.task.n_features)
        for choice in CHOICES:
            cut = cut_out(made, [WIDTHS[k] for k in choice])
            took = []
            with one_thread(), torch.no_grad():
                for _ in range(_REPEATS):
                    begun = time.perf_counter()
                    cut(x)
                    took.append(time.perf_counter() - begun)
            yield 1e3 * min(took)


def cut_out(made: Any, widths: list[int]) -> nn.Sequential:
    """A nested network by itself, which stores nothing of the others."""
    parts: list[nn.Module] = []
    n_in = made.hidden[0].weight.shape[1]
    for layer, width in zip([*made.hidden, made.last], [*widths, len(made.last.bias)], strict=True):
        own = nn.Linear(n_in, width)
        with torch.no_grad():
            own.weight.copy_(layer.weight[:width, :n_in])
            own.bias.copy_(layer.bias[:width])
        parts += [own, nn.ReLU()]
        n_in = width
    return nn.Sequential(*parts[:-1])


def areas(points: np.ndarray, order: np.ndarray) -> np.ndarray:
    """float64[look]: share of the area under all networks, after each that is looked at."""
    whole, found = area(points), np.zeros(len(order))
    front = points[:0]
    for k, place in enumerate(order):
        point = points[place]
        if not len(front) or not (front <= point).all(axis=1).any():
            front = np.r_[front[~(front >= point).all(axis=1)], point[None]]
            found[k] = area(front) / whole
        else:
            found[k] = found[k - 1]
    return found


def scaled(cost: np.ndarray, error: np.ndarray) -> np.ndarray:
    """float64[choice, cost or error]: 0 for the least of all, 1 for the worst; costs in logs."""
    both = np.column_stack([np.log(cost), error])
    low, high = both.min(axis=0), both.max(axis=0)
    return (both - low) / np.where(high > low, high - low, 1.0)


def frames_of(spec: GuidedSpec) -> Iterator[GuidedFrame | GuidedResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    steps, errors = log_spaced(spec.n_steps, _N_LOOKS), []
    frame = None
    for step in steps:
        for _ in run(made.training, (step,)):
            if frame is not None:
                yield frame
        errors.append(made.errors(0))
        frame = GuidedFrame(step, made.cost, errors[-1], fraction=0.6 * step / spec.n_steps)
        yield frame
    assert frame is not None
    every = np.zeros((spec.n_nets, len(CHOICES)))
    share = np.zeros((len(WAYS), spec.n_nets, len(CHOICES)))
    seen = np.zeros((len(WAYS), len(CHOICES)), np.int64)
    for net in range(spec.n_nets):
        every[net] = made.errors(net)
        points = scaled(made.cost, every[net])
        for k, way in enumerate(WAYS):
            order = order_of(way, np.log(made.cost), every[net], spec.seed, net)
            share[k, net] = areas(points, order)
            seen[k] = order if net == 0 else seen[k]
            yield frame
    milliseconds = []
    for k, took in enumerate(made.milliseconds()):
        milliseconds.append(took)
        if k % 20 == 0:
            yield frame
    needed = np.stack([(share < level).sum(axis=-1) + 1 for level in LEVELS])
    yield GuidedResult(spec, steps, np.stack(errors), made.cost, every, share, needed,
                       made.errors(0, KEPT), np.array(milliseconds), seen)  # fmt: skip
