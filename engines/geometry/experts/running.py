"""Networks learn digits; units are parted, asked a few at a time, learnt on with, and taken out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from engines.geometry.experts.bricks import answering, lost
from engines.geometry.experts.found import BRICKS, Found
from engines.geometry.experts.groups import alike, dealt, spread
from engines.geometry.experts.result import ExpertsFrame, ExpertsRun
from engines.geometry.experts.routed import N_INPUTS, N_OUTPUTS, Routed, membership
from engines.geometry.experts.spec import ExpertsSpec
from engines.lab.data.pictures import digits
from engines.lab.data.task import Task
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Stack,
    Training,
    one_thread,
    outputs_of,
    run,
    seeds_apart,
    stack_from_seeds,
    stack_of,
)

_RULE = Rule(optimiser="Adam", learning_rate=1e-3)
_LEARNING, _FURTHER = 0.5, 0.45
_FURTHER_STREAM = 2**40
"""Keeps orders of learning on apart from orders of learning, of every seed."""


def frames_of(spec: ExpertsSpec) -> Iterator[ExpertsFrame | ExpertsRun]:
    """Frames on the way, and the run last."""
    task, n = digits(spec.seed % 2**31), spec.n_networks
    first = spec.seed % 2**31
    stack = stack_from_seeds(lambda: plain(spec.width), seeds_apart(spec.seed, n))
    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    training = Training(stack, OrderedBatches(x, y, 64, n, first), rule=_RULE)
    for pause in run(training, (spec.n_learnt,)):
        yield ExpertsFrame("networks learn", fraction=_LEARNING * pause.fraction)
    with one_thread():
        groups: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
        for net in range(n):
            for kind, one in zip(groups, grouped(spec, stack, net), strict=True):
                kind.append(one)
            yield ExpertsFrame("units are grouped", fraction=_LEARNING)
        kept = np.array([kept_by(spec, stack, kind, task) for kind in groups])
    arms = further_stack(spec, stack, groups)
    few = [np.random.default_rng([first, net, 2]).permutation(len(x))[: spec.n_examples]
           for net in range(n)]  # fmt: skip
    batches = Thrice(x, y % 2, torch.from_numpy(np.array(few)), first + _FURTHER_STREAM)
    training = Training(arms, batches, rule=_RULE)
    for pause in run(training, (spec.n_further,)):
        yield ExpertsFrame("odd or even", fraction=_LEARNING + _FURTHER * pause.fraction)
    with one_thread():
        said = outputs_of(arms, torch.from_numpy(task.x_test))[..., :2].argmax(-1).numpy()
        taken = []
        for net in range(n):
            taken.append(taken_out(spec, stack, net, task))
            yield ExpertsFrame("bricks are taken out", fraction=_LEARNING + _FURTHER)
    yield ExpertsRun(Found(
        spec, kept,
        further=(said == task.y_test % 2).mean(axis=1).reshape(3, n),
        within=np.array([[spread(keys_of(stack, net), kind[net]) for net in range(n)]
                         for kind in groups]),
        lost=np.moveaxis(np.array(taken), 1, 0),
    ))  # fmt: skip


def plain(width: int) -> nn.Sequential:
    """The network before it has experts: stacks of these learn by fast products."""
    return nn.Sequential(nn.Linear(N_INPUTS, width), nn.ReLU(), nn.Linear(width, N_OUTPUTS))


def routed(spec: ExpertsSpec, stack: Stack, net: int, groups: np.ndarray, n_active: int) -> Routed:
    """One of the networks with its units in groups, so many of which answer."""
    made = Routed(spec.width, spec.n_experts)
    with torch.no_grad():
        for name, part in (("0", made.keys), ("2", made.values)):
            part.weight.copy_(stack.parameters[f"{name}.weight"][net])
            part.bias.copy_(stack.parameters[f"{name}.bias"][net])
        made.member.copy_(membership(groups))
        made.n_active.fill_(n_active)
    return made


class Thrice:
    """Few examples of each network's own, the same and in the same order for all three arms."""

    own = True

    def __init__(self, x: Tensor, y: Tensor, few: Tensor, seed: int) -> None:
        """``few`` int64[network, example] are places in ``x`` and ``y``."""
        self.x, self.y = x[few], y[few]
        self.at = OrderedBatches(torch.arange(few.shape[1]), torch.arange(few.shape[1]), 32,
                                 len(few), seed)  # fmt: skip

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """[arm and network, example, ...]."""
        at, net = self.at.batch(step)[0], torch.arange(len(self.x))[:, None]
        return torch.cat([self.x[net, at]] * 3), torch.cat([self.y[net, at]] * 3)


def keys_of(stack: Stack, net: int) -> np.ndarray:
    """float64[unit, input]."""
    return stack.parameters["0.weight"][net].detach().double().numpy()


def grouped(spec: ExpertsSpec, stack: Stack, net: int) -> tuple[np.ndarray, np.ndarray]:
    """int64[unit] of a network: keys that are alike, and dealt at random."""
    rng = np.random.default_rng([spec.seed % 2**32, net, 3])
    near = alike(keys_of(stack, net), spec.n_experts, rng)
    return near, dealt(spec.width, spec.n_experts, rng)


def kept_by(
    spec: ExpertsSpec, stack: Stack, groups: list[np.ndarray], task: Task
) -> np.ndarray:  # fmt: skip
    """float64[number of active experts, network]: read right without learning anew."""
    parted = stack_of([routed(spec, stack, net, one, 1) for net, one in enumerate(groups)])
    found, x = [], torch.from_numpy(task.x_test)
    for n_active in spec.shares:
        parted.buffers["n_active"].fill_(n_active)
        found.append((outputs_of(parted, x).argmax(-1).numpy() == task.y_test).mean(axis=1))
    return np.array(found)


def further_stack(
    spec: ExpertsSpec, stack: Stack, groups: tuple[list[np.ndarray], list[np.ndarray]]
) -> Stack:
    """Dense, experts of keys that are alike, experts at random: the same weights to begin with."""
    arms = ((1, spec.n_experts), (0, spec.n_active), (1, spec.n_active))
    return stack_of([routed(spec, stack, net, groups[kind][net], n_active)
                     for kind, n_active in arms for net in range(spec.n_networks)])  # fmt: skip


def taken_out(spec: ExpertsSpec, stack: Stack, net: int, task: Task) -> np.ndarray:
    """float64[brick, label taken out, label asked]; bricks are found on what was learnt."""
    one = {name: value.detach().double().numpy() for name, value in stack.one(net).items()}
    held, asked = (np.maximum(x @ one["0.weight"].T + one["0.bias"], 0.0)
                   for x in (task.x.astype(float), task.x_test.astype(float)))  # fmt: skip
    values, level = (one["2.weight"], one["2.bias"]), held.mean(axis=0)
    most = np.argsort(-answering(held, task.y, N_OUTPUTS), axis=1, kind="stable")
    n_taken = max(1, round(spec.share * spec.width))
    rng = np.random.default_rng([spec.seed % 2**32, net, 4])
    found = np.empty((len(BRICKS), N_OUTPUTS, N_OUTPUTS))
    for label in range(N_OUTPUTS):
        for which, out in enumerate((most[label, :n_taken], rng.permutation(spec.width)[:n_taken])):
            found[which, label] = lost(asked, task.y_test, values, out, level)
    return found
