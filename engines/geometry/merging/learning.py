"""Groups of networks that learn digits, and a fork of the first of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from engines.geometry.mechanisms.weight_matching import Layers
from engines.geometry.merging.spec import N_MERGED, MergingSpec
from engines.lab.data.pictures import digits
from engines.lab.data.task import Task
from engines.lab.training import Rule, Training, run
from engines.lab.training.batches import OrderedBatches
from engines.lab.training.stack import Stack, seeds_apart, stack_from_seeds, stack_of

_RATE, _BATCH = 0.2, 64


@dataclass(frozen=True, eq=False)
class Groups:
    """Networks by group, forks last in each, and the digits."""

    networks: list[list[Layers]]
    task: Task


def learnt(spec: MergingSpec) -> Iterator[tuple[float, Groups | None]]:
    """Share that is done, and the networks last."""
    task, n = digits(spec.seed % 2**31), N_MERGED * spec.n_groups
    stack = stack_from_seeds(lambda: _build(spec.width), seeds_apart(spec.seed, n))
    share = spec.forked / spec.n_steps
    for fraction in _learn(stack, task, spec.forked, 2 * spec.seed):
        yield share * fraction, None
    forks = [stack.module(N_MERGED * k) for k in range(spec.n_groups)]
    stack = stack_of([*(stack.module(k) for k in range(n)), *forks])
    for fraction in _learn(stack, task, spec.n_steps - spec.forked, 2 * spec.seed + 1):
        yield share + (1 - share) * fraction, None
    made = [_layers(stack, k) for k in range(stack.n_nets)]
    groups = [[*made[N_MERGED * k : N_MERGED * (k + 1)], made[n + k]] for k in range(spec.n_groups)]
    yield 1.0, Groups(groups, task)


def _build(width: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10)
    )


def _learn(stack: Stack, task: Task, n_steps: int, seed: int) -> Iterator[float]:
    """In place; every network sees the digits in an order of its own."""
    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    batches = OrderedBatches(x, y, _BATCH, stack.n_nets, seed)
    rule = Rule(optimiser="SGD", learning_rate=_RATE)
    training = Training(stack, batches, rule=rule, exact=False)
    for pause in run(training, (0, n_steps)):
        yield pause.fraction


def _layers(stack: Stack, net: int) -> Layers:
    values = {name: value.detach().double().numpy() for name, value in stack.one(net).items()}
    return [(np.ascontiguousarray(values[f"{k}.weight"].T), values[f"{k}.bias"].copy())
            for k in (0, 2, 4)]  # fmt: skip
