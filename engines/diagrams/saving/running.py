"""The run: networks learn by gradients from what each kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.saving.asked import (
    ARMS,
    BATCH,
    FULL,
    FUNCTIONS,
    N_HIDDEN,
    N_LAYERS,
    PLAN,
    SavingSpec,
)
from engines.diagrams.saving.networks import bytes_kept, outputs
from engines.lab.data.catalog import task_of
from engines.lab.training import OrderedBatches, log_spaced, one_thread, seeds_apart

_N_LOOKS, _N_ASKED = 5, 128
"""Looks, and examples by which gradients are compared."""
_GAIN = 2.0
"""Variance of first weights, times their number of inputs."""


@dataclass(eq=False)
class Networks:
    """Networks of one arm and function, and how they learn."""

    arm: str
    name: str
    bits: int
    weights: list[Tensor]
    rate: float
    optimiser: torch.optim.Adam = field(init=False)

    def __post_init__(self) -> None:
        """Adam as torch has it."""
        self.optimiser = torch.optim.Adam(self.weights, lr=self.rate)

    def loss(self, x: Tensor, y: Tensor, arm: str = "") -> Tensor:
        """Sum over networks of their mean loss."""
        said = outputs(self.weights, x, self.name, arm or self.arm, self.bits)
        return cross_entropy(said.flatten(0, 1), y.flatten()) * len(x)

    def learn(self, x: Tensor, y: Tensor) -> None:
        """One step."""
        self.optimiser.zero_grad()
        self.loss(x, y).backward()
        self.optimiser.step()

    def gradient(self, x: Tensor, y: Tensor, arm: str) -> Tensor:
        """[net, number]: of all weights, by what an arm keeps."""
        found = torch.autograd.grad(self.loss(x, y, arm), self.weights)
        return torch.cat([one.flatten(1) for one in found], 1)

    def cosine(self, x: Tensor, y: Tensor, arm: str) -> np.ndarray:
        """float64[net]: of an arm's gradient with the one from 32 bits, at these weights."""
        if arm == FULL:
            return np.ones(len(x))
        pair = (self.gradient(x, y, one).double() for one in (arm, FULL))
        return torch.cosine_similarity(*pair, dim=1).numpy()

    @torch.no_grad()
    def right(self, x: Tensor, y: Tensor) -> np.ndarray:
        """float64[net]: share right; nan where a weight is no number."""
        said = outputs(self.weights, x.expand(len(self.weights[0]), *x.shape), self.name, FULL,
                       self.bits)  # fmt: skip
        sane = torch.stack([one.flatten(1).isfinite().all(1) for one in self.weights]).all(0)
        shares = (said.argmax(-1) == y).double().mean(-1)
        return torch.where(sane, shares, torch.nan).numpy()


def first_weights(sizes: Sequence[int], seeds: Sequence[int]) -> list[Tensor]:
    """Weights and biases in turn, [net, in, out] and [net, out]; a generator for each network."""
    draws = [torch.Generator().manual_seed(seed) for seed in seeds]
    made = []
    for n_in, n_out in pairwise(sizes):
        each = [torch.randn(n_in, n_out, generator=draw) for draw in draws]
        made += [torch.stack(each) * (_GAIN / n_in) ** 0.5, torch.zeros(len(draws), n_out)]
    return made


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run: one group for every arm and function."""

    spec: SavingSpec
    groups: list[Networks] = field(init=False)

    def __post_init__(self) -> None:
        """Draw data and first weights, and count what each arm keeps."""
        spec = self.spec
        task = task_of(spec.task, spec.seed)
        x, y, *self.exam = (
            torch.from_numpy(np.ascontiguousarray(v))
            for v in (task.x, task.y, task.x_test, task.y_test)
        )
        self.batches = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        some = x[:_N_ASKED], y[:_N_ASKED]
        self.some = tuple(v.expand(spec.n_nets, *v.shape) for v in some)
        sizes = (task.n_features, *(N_HIDDEN,) * N_LAYERS, task.n_outputs)
        first = first_weights(sizes, seeds_apart(spec.seed, spec.n_nets))
        self.groups = [
            Networks(arm, name, spec.bits, [w.clone().requires_grad_() for w in first],
                     spec.learning_rate)
            for arm, name in product(ARMS, FUNCTIONS)
        ]  # fmt: skip
        batch = self.batches.batch(0)[0]
        self.kept = [bytes_kept(g.weights, batch, g.name, g.arm, g.bits) for g in self.groups]

    def look(self) -> np.ndarray:
        """float64[measure, arm, function, net]: cosine, bytes and share right.

        Gradients of all arms are asked at the weights of networks that learn in 32 bits.
        """
        found = np.empty((3, len(self.groups), self.spec.n_nets))
        full = {group.name: group for group in self.groups if group.arm == FULL}
        for k, group in enumerate(self.groups):
            at = full[group.name]
            sane = np.isfinite(at.right(*self.exam))
            pictures, labels = self.some
            found[0, k] = np.where(sane, at.cosine(pictures, labels, group.arm), np.nan)
            found[1, k], found[2, k] = self.kept[k], group.right(*self.exam)
        return found.reshape(3, len(ARMS), len(FUNCTIONS), -1)


def frames_of(spec: SavingSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """A frame per step, the result last."""
    made = Comparison(spec)
    steps, seen = [0], [made.look()]
    frame = ArmsFrame(Looks(PLAN, np.array(steps), np.stack(seen, 1)))
    yield frame
    looks = set(log_spaced(spec.n_steps, _N_LOOKS))
    for step in range(1, spec.n_steps + 1):
        with one_thread():
            x, y = made.batches.batch(step - 1)
            for group in made.groups:
                group.learn(x, y)
        fraction = step / spec.n_steps
        frame = replace(frame, fraction=fraction)
        if step in looks:
            steps.append(step)
            seen.append(made.look())
            frame = ArmsFrame(Looks(PLAN, np.array(steps), np.stack(seen, 1)), fraction=fraction)
        yield frame
    yield ArmsResult(spec, frame.looks)
