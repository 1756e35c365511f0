"""Groups of networks that learn the rule, and what their layers say to every word on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

from engines.geometry.information.spec import DECAY, RANDOM, RELU, TANH, WIDTHS, InformationSpec
from engines.lab.data.rules import odd_rule
from engines.lab.data.task import Task, rng_of
from engines.lab.training import (
    Rule,
    Stack,
    Training,
    arrays,
    log_spaced,
    one_thread,
    run,
    stack_from_seeds,
)

_BATCH = 256
_N_BATCHES = 12
"""Batches whose gradients are compared."""
_FUNCTIONS: dict[int, type[nn.Module]] = {TANH: nn.Tanh, RELU: nn.ReLU, DECAY: nn.ReLU,
                                          RANDOM: nn.Tanh}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Look:
    """Networks of one group at one moment."""

    step: int
    values: tuple[np.ndarray, ...]
    """float32[net, word, unit] of each hidden layer, learnt words and exam words alike."""
    scores: np.ndarray
    """float64[net, 2]: share right of what is learnt and of the exam."""
    signal: np.ndarray
    """float64[net, layer]: length of the mean gradient over that of its spread over batches."""


def build(arm: int) -> nn.Module:
    """One network: weights of variance 1 / inputs, no biases at first."""
    parts: list[nn.Module] = []
    for n_in, n_out in pairwise(WIDTHS):
        layer = nn.Linear(n_in, n_out)
        nn.init.normal_(layer.weight, std=n_in**-0.5)
        nn.init.zeros_(layer.bias)
        parts += [layer, _FUNCTIONS[arm]()]
    return nn.Sequential(*parts[:-1])


def task_of(arm: int, seed: int) -> Task:
    """The rule; for the control the same words with its labels dealt at random."""
    task = odd_rule(seed % 2**31)
    if arm != RANDOM:
        return task
    every = rng_of(seed, 9).permutation(np.concatenate([task.y, task.y_test]))
    n = len(task.y)
    return Task("random labels", task.x, every[:n], task.x_test, every[n:], task.loss, 2,
                task.chance, task.chance_because)  # fmt: skip


def learning(arm: int, spec: InformationSpec, task: Task) -> Iterator[tuple[float, Look | None]]:
    """Share of the steps done, with a look at every moment of the schedule."""
    seeds = [spec.seed % 2**32 + k for k in range(spec.n_seeds)]
    stack = stack_from_seeds(lambda: build(arm), seeds)
    decay = spec.weight_decay if arm == DECAY else 0.0
    rule = Rule(optimiser="Adam", learning_rate=spec.learning_rate, weight_decay=decay)
    batches = arrays(task.x, task.y, size=_BATCH, seed=spec.seed)
    training = Training(stack, batches, task.loss, rule)
    for pause in run(training, log_spaced(spec.n_steps, spec.n_moments)):
        yield pause.fraction, look(training, task, arm) if pause.scheduled else None


def look(training: Training, task: Task, arm: int) -> Look:
    """What the networks are now."""
    words = torch.from_numpy(np.concatenate([task.x, task.x_test]))
    parts = [
        training.measure(torch.from_numpy(x), torch.from_numpy(y))["score"]
        for x, y in ((task.x, task.y), (task.x_test, task.y_test))
    ]
    with one_thread(), torch.no_grad():
        values = tuple(v.numpy() for v in hidden(training.stack, words, arm))
    signal = gradient_signal(training.stack, task, training.step)
    return Look(training.step, values, np.stack(parts, axis=1), signal)


def hidden(stack: Stack, words: Tensor, arm: int) -> list[Tensor]:
    """[net, word, unit] of each hidden layer."""
    parameters, found = stack.parameters, []
    function, now = _FUNCTIONS[arm](), words.expand(stack.n_nets, *words.shape)
    for k in range(len(WIDTHS) - 2):
        weight, bias = parameters[f"{2 * k}.weight"], parameters[f"{2 * k}.bias"]
        now = function(torch.baddbmm(bias[:, None], now, weight.mT))
        found.append(now)
    return found


def gradient_signal(stack: Stack, task: Task, step: int) -> np.ndarray:
    """float64[net, layer]: mean gradient over its spread between batches, both as lengths."""
    rng = rng_of(step, 10)
    chosen = rng.integers(0, len(task.x), (_N_BATCHES, _BATCH))
    x, y = torch.from_numpy(task.x[chosen]), torch.from_numpy(task.y[chosen])

    def loss(parameters: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        return nn.functional.cross_entropy(functional_call(stack.skeleton, (parameters,), (x,)), y)

    each = vmap(vmap(grad(loss), in_dims=(None, 0, 0)), in_dims=(0, None, None))
    with one_thread():
        found = each(dict(stack.parameters), x, y)
    rows = []
    for k in range(len(WIDTHS) - 1):
        g = found[f"{2 * k}.weight"].flatten(2).double().numpy()
        mean, spread = (np.linalg.norm(part, axis=1) for part in (g.mean(1), g.std(1, ddof=1)))
        rows.append(np.divide(mean, spread, out=np.full(len(mean), np.nan), where=spread > 0))
    return np.stack(rows, axis=1)
