"""Iterative magnitude pruning: learn, prune the smallest, go back to the first weights."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from engines.geometry.pruning.spec import WIDTHS, TicketSpec
from engines.lab.data.pictures import digits
from engines.lab.data.task import Task
from engines.lab.interventions.spec import Prune
from engines.lab.interventions.weights import masks, with_weights
from engines.lab.training import Constraints, Rule, Stack, Training, arrays, log_spaced, run
from engines.lab.training.stack import stack_from_seeds

_BATCH = 64
_N_MOMENTS = 10
_ELSEWHERE = 1_000_003
"""Seeds of networks that are initialised again lie so far from the first ones."""
Masks = dict[str, Tensor]


def build() -> nn.Module:
    """One network at its start."""
    parts: list[nn.Module] = []
    for wide, narrow in pairwise(WIDTHS):
        parts += [nn.Linear(wide, narrow), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def started(spec: TicketSpec, *, again: bool = False) -> Stack:
    """The networks at their start, or as many others."""
    first = spec.seed % 2**31 + (_ELSEWHERE if again else 0)
    return stack_from_seeds(build, range(first, first + spec.n_seeds))


def full(stack: Stack) -> Masks:
    """Nothing is pruned."""
    return {
        name: torch.ones_like(value, dtype=torch.bool)
        for name, value in stack.parameters.items()
        if value.ndim > 2
    }


def pruned(stack: Stack, kept: Masks, share: float) -> Masks:
    """The mask without the smallest weights of each layer; half the share of the output's.

    Args:
        stack: networks that have learnt, whose masked weights are 0.
        kept: their mask, bool[net, out, in] by parameter.
        share: of the weights that are left.
    """
    *hidden, last = (name.removesuffix(".weight") for name in kept)
    done = [Prune(at=name, share=share) for name in hidden]
    left = masks(with_weights(stack, [*done, Prune(at=last, share=share / 2)]))
    # A weight that learning left at exactly 0 is gone as well.
    return {name: left[name] & kept[name] for name in kept}


def dealt(kept: Masks, seed: int) -> Masks:
    """As many weights of each layer, anywhere in it."""
    draw = torch.Generator().manual_seed(seed % 2**63)
    made = {}
    for name, mask in kept.items():
        rows = mask.flatten(1)
        order = torch.rand(rows.shape, generator=draw).argsort(dim=1)
        made[name] = rows.gather(1, order).reshape(mask.shape)
    return made


def density(kept: Masks) -> np.ndarray:
    """float64[net]: share of weights that are left, biases not counted."""
    left = sum(mask.flatten(1).sum(1) for mask in kept.values())
    n = sum(mask[0].numel() for mask in kept.values())
    return torch.as_tensor(left).double().numpy() / n


def moments(spec: TicketSpec) -> tuple[int, ...]:
    """Steps at which the exam is held."""
    return tuple(sorted({*log_spaced(spec.n_steps, _N_MOMENTS), 25, min(100, spec.n_steps)}))


def learnt(
    spec: TicketSpec, task: Task, stack: Stack, kept: Masks
) -> Iterator[tuple[float, np.ndarray | None]]:
    """Networks learn within a mask: share done, and with the last accuracy [moment, net].

    The stack is changed in place.
    """
    rule = Rule(optimiser="Adam", learning_rate=spec.learning_rate)
    batches = arrays(task.x, task.y, size=_BATCH, seed=spec.seed)
    constraints = Constraints(masks=kept)
    training = Training(stack, batches, rule=rule, constraints=constraints, exact=False)
    exam = torch.from_numpy(task.x_test), torch.from_numpy(task.y_test)
    rows = []
    for pause in run(training, moments(spec)):
        if pause.scheduled:
            rows.append(training.measure(*exam)["score"])
        yield pause.fraction, None
    yield 1.0, np.array(rows)


def task_of(spec: TicketSpec) -> Task:
    """The digits."""
    return digits(spec.seed % 2**31)
