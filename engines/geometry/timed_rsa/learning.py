"""Networks that learn digits and, from the same first weights, digits with labels dealt anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from engines.geometry.timed_rsa.course import LABELS, PIXELS, Course, pairs_of
from engines.geometry.timed_rsa.spec import TimedSpec
from engines.lab.data.pictures import digits
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Stack,
    Training,
    log_spaced,
    one_thread,
    outputs_of,
    run,
    seeds_apart,
    stack_from_seeds,
)

_WIDTHS = (64, 128, 64, 10)
_RATE, _BATCH = 1e-3, 64
LAYERS = ("layer 1", "layer 2")


@dataclass(eq=False)
class TwoTasks:
    """The same examples in the same order for both arms; only the second one's labels are dealt."""

    order: OrderedBatches
    """Of places of examples."""
    labels: Tensor
    """int64[arm, example]."""
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and labels [arm and network, example, ...]."""
        x, at = self.order.batch(step)
        return torch.cat([x, x]), torch.cat([labels[at] for labels in self.labels])


def _perceptron() -> nn.Module:
    parts: list[nn.Module] = []
    for wide, narrow in pairwise(_WIDTHS):
        parts += [nn.Linear(wide, narrow), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def courses(spec: TimedSpec) -> Iterator[tuple[float, tuple[Course, np.ndarray] | None]]:
    """Share that is done; with the last, the course of both arms and accuracy [arm, network]."""
    seed, n = spec.seed % 2**31, spec.n_networks
    task = digits(seed)
    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    anew = np.random.default_rng([seed, 1]).permutation(task.y)
    order = OrderedBatches(x, torch.arange(len(x)), _BATCH, n, seed)
    stack = stack_from_seeds(_perceptron, seeds_apart(spec.seed, n) * 2)
    batches = TwoTasks(order, torch.stack([y, torch.from_numpy(anew)]))
    training = Training(stack, batches, rule=Rule(optimiser="Adam", learning_rate=_RATE))
    shown = shown_of(task.y_test, spec.n_stimuli)
    stimuli = torch.from_numpy(task.x_test[shown])
    moments, steps = [], log_spaced(spec.n_steps, spec.n_moments)
    for pause in run(training, steps):
        if pause.scheduled:
            moments.append(_moment(stack, stimuli, spec))
        yield pause.fraction, None
    right = (outputs_of(stack, torch.from_numpy(task.x_test)).argmax(-1).numpy()
             == task.y_test).mean(axis=1).reshape(2, n)  # fmt: skip
    models = {
        PIXELS: pairs_of(stimuli.double().numpy(), spec.dissimilarity),
        LABELS: pairs_of(np.eye(10)[task.y_test[shown]], "squared euclidean"),
    }
    pairs = np.array(moments)  # [moment, layer, arm and network, pair]
    pairs = np.moveaxis(pairs.reshape(*pairs.shape[:2], 2, n, -1), (2, 1), (0, 1))
    yield 1.0, (Course(LAYERS, np.array(steps, float), "step", pairs, models, "networks",
                       "networks that learn digits"), right)  # fmt: skip


def shown_of(labels: np.ndarray, n: int) -> np.ndarray:
    """int64[stimulus]: the first n, sorted by label.

    Where these all differ in label, or all share one, the last gives way to the first later one
    that does not: a model of labels needs pairs of both kinds.
    """
    at = np.arange(min(n, len(labels)))
    n_kinds = len(np.unique(labels[at]))
    if not 1 < n_kinds < len(at):
        shared = np.isin(labels[len(at) :], labels[at[:-1]])
        fits = np.flatnonzero(shared if n_kinds > 1 else ~shared)
        at[-1] = len(at) + fits[0]
    return at[np.argsort(labels[at], kind="stable")]


@torch.no_grad()
def _moment(stack: Stack, x: Tensor, spec: TimedSpec) -> np.ndarray:
    """float64[layer, network, pair]."""
    held, found = x.expand(stack.n_nets, *x.shape), []
    with one_thread():
        for k in range(len(LAYERS)):
            weight, bias = (stack.parameters[f"{2 * k}.{name}"] for name in ("weight", "bias"))
            held = torch.baddbmm(bias[:, None], held, weight.mT).relu()
            found.append([pairs_of(one, spec.dissimilarity) for one in held.double().numpy()])
    return np.array(found)
