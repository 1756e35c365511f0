"""Mixtures learn, and are merged in every way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from threadpoolctl import ThreadpoolController

from engines.geometry.mixtures.found import (
    ALIGNED,
    ARMS,
    DEALT,
    EQUAL,
    JOINED,
    PLAIN,
    MixtureFrame,
    MixtureRun,
)
from engines.geometry.mixtures.merging import (
    Experts,
    dealt,
    grouped,
    joined,
    merged,
    read,
    stirred,
    surprise,
)
from engines.geometry.mixtures.mixture import Mixture
from engines.geometry.mixtures.spec import N_ACTIVE, N_EXPERTS, MixtureSpec
from engines.lab.data.pictures import digits
from engines.lab.data.task import seed_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Stack,
    Training,
    run,
    seeds_apart,
    stack_from_seeds,
)

_LEARNING = 0.7
_RULE = Rule(optimiser="Adam", learning_rate=2e-3)
_ORDERS = 1_000


def frames_of(spec: MixtureSpec) -> Iterator[MixtureFrame | MixtureRun]:
    """Frames on the way, and the run last."""
    task, n = digits(spec.seed % 2**31), spec.n_networks
    stack = stack_from_seeds(lambda: Mixture(spec.width, spec.apart), seeds_apart(spec.seed, n))
    pairs = torch.from_numpy(np.column_stack([task.x, task.y]).astype(np.float32))
    batches = OrderedBatches(pairs, pairs[:, :1], 64, n, seed_of(spec.seed, _ORDERS))
    training = Training(stack, batches, loss="its own", rule=_RULE, exact=False)
    for pause in run(training, (0, spec.n_learnt)):
        yield MixtureFrame("mixtures learn", fraction=_LEARNING * pause.fraction)
    every, threads = [], ThreadpoolController()
    for net in range(n):
        judged = Judged(spec, experts_of(stack, net), task.x.astype(float), net)
        # Small products: threads of BLAS would wait for each other more than they compute.
        with threads.limit(limits=1):
            every.append(judged.costs(task.x_test.astype(float), task.y_test))
        done = _LEARNING + (1 - _LEARNING) * (net + 1) / n
        yield MixtureFrame("experts are merged", fraction=done)
    whole, rise, right, right_left, often = (np.array(part) for part in zip(*every, strict=True))
    yield MixtureRun(spec, whole, rise.transpose(1, 2, 0), right, right_left.T, often,
                     cosines(experts_of(stack, 0)["router"]))  # fmt: skip


def experts_of(stack: Stack, net: int) -> Experts:
    """One mixture in numpy."""
    return {name: value.double().numpy() for name, value in stack.one(net).items()}


def cosines(router: np.ndarray) -> np.ndarray:
    """float64[expert, expert] of router columns."""
    columns = router / np.linalg.norm(router, axis=0)
    return columns.T @ columns


class Judged:
    """One mixture and every way to merge it."""

    def __init__(self, spec: MixtureSpec, experts: Experts, x: np.ndarray, net: int) -> None:
        self.rng, self.spec = np.random.default_rng([spec.seed % 2**32, net, 41]), spec
        self.experts = stirred(experts, self.rng) if spec.stirred else experts
        # One digit more than there were: an expert that nobody asks still has a weight.
        self.often = (read(experts, x, N_ACTIVE)[1].sum(axis=0) + 1.0) / len(x)

    def ways(self, n_left: int) -> list[dict[str, np.ndarray]]:
        """Merged in the order of `ARMS`."""
        groups = grouped(self.experts["router"], self.often, n_left)
        equal = np.ones(N_EXPERTS)
        made = {
            ALIGNED: merged(self.experts, groups, self.often),
            PLAIN: merged(self.experts, groups, self.often, aligned=False),
            DEALT: merged(self.experts, dealt(groups, self.rng), self.often),
            JOINED: merged(self.experts, joined(groups, self.rng), self.often),
            EQUAL: merged(self.experts, groups, equal),
        }
        return [made[arm] for arm in range(len(ARMS))]

    def costs(
        self, x: np.ndarray, y: np.ndarray
    ) -> tuple[float, np.ndarray, float, np.ndarray, np.ndarray]:
        """Of held-out digits: whole, rises [arm, left], right, right at the asked number."""
        said = read(self.experts, x, N_ACTIVE)[0]
        whole, right = surprise(said, y), []
        rise = np.zeros((len(ARMS), len(self.spec.tried)))
        for k, left in enumerate(self.spec.tried):
            for arm, made in enumerate(self.ways(left)):
                logits = read(made, x, N_ACTIVE)[0]
                rise[arm, k] = surprise(logits, y) - whole
                if left == self.spec.n_left:
                    right.append(float((logits.argmax(axis=1) == y).mean()))
        return whole, rise, float((said.argmax(axis=1) == y).mean()), np.array(right), self.often
