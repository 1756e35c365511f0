"""Training by teacher forcing: a pure function of the recipe, so a run can go on after a crash.

Every batch is drawn from a random stream of its own (seed, step). Equal recipes give equal weights
on one thread of one kind of machine, whether they were interrupted or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.pointer.model import Recipe
from engines.pointer.networks.base import previous_from_targets
from engines.pointer.networks.build import network
from engines.pointer.tasks.protocol import Task, targets_from_answers

_WARM_STEPS = 100
_LEAST_SHARE = 0.01
"""The cosine ends at this share of the learning rate."""
_POLISH_SHARE = 0.4
"""The second cosine begins at this share (a warm restart: Loshchilov and Hutter 2017)."""
_SHORT_SHARE = 0.2
"""The third one at this."""


@dataclass(frozen=True)
class Step:
    """What one batch of training told."""

    n_examples: int
    """How many have been seen so far."""
    loss: float
    """Mean cross-entropy per choice taught, in nats."""
    token_accuracy: float
    learning_rate: float


class Training:
    """A network on its way: `step` takes one batch more, `state` and `restore` keep it."""

    def __init__(self, task: Task, recipe: Recipe, device: str = "cpu") -> None:
        self.task, self.recipe, self.device = task, recipe, device
        self.n_steps_done = 0
        self.net: nn.Module = network(
            recipe.network, d_features=task.d_features, n_max=recipe.n_max, seed=recipe.seed
        ).to(device)
        self.optimizer = _optimizer(self.net, recipe)
        self.before_short: dict[str, Tensor] = {}
        """The weights when the short instances began."""

    @property
    def n_steps(self) -> int:
        """How many batches the recipe asks for."""
        return sum(phases(self.recipe))

    def step(self) -> Step:
        """Learn from one batch.

        Short instances make a network better at few points and worse at many, so it ends as the
        mean of its weights before and after them (Izmailov et al. 2018).
        """
        recipe = self.recipe
        if recipe.n_short and self.n_steps_done == sum(phases(recipe)[:2]):
            self.before_short = {k: v.clone() for k, v in self.net.state_dict().items()}
        points, targets = batch(self.task, recipe, self.n_steps_done)
        rate = learning_rate(recipe, self.n_steps_done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.net.train()
        loss, right = self._learn(points, targets)
        self.n_steps_done += 1
        if self.before_short and self.n_steps_done == self.n_steps:
            now = self.net.state_dict()
            self.net.load_state_dict({k: (v + now[k]) / 2 for k, v in self.before_short.items()})
        return Step(self.n_steps_done * recipe.batch, loss, right, rate)

    def _learn(self, points: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
        features = torch.from_numpy(self.task.features(points)).float().to(self.device)
        taught = torch.from_numpy(targets).to(self.device)
        loss, right = loss_of(self.net, features, taught, n_given=self.task.n_given)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.recipe.clip)
        self.optimizer.step()
        return float(loss.detach()), float(right)

    def state(self) -> dict[str, Tensor]:
        """Everything `restore` needs, as tensors by name."""
        kept = {f"net.{name}": value for name, value in self.net.state_dict().items()}
        for k, moments in self.optimizer.state_dict()["state"].items():
            for name, value in moments.items():
                kept[f"optimizer.{k}.{name}"] = torch.as_tensor(value)
        kept |= {f"before.{name}": value for name, value in self.before_short.items()}
        return kept | {"n_steps_done": torch.tensor(self.n_steps_done)}

    def restore(self, kept: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        heads = {name.removeprefix("net."): v for name, v in kept.items() if name[:4] == "net."}
        self.net.load_state_dict(heads)
        self.before_short = {
            name.removeprefix("before."): v for name, v in kept.items() if name[:7] == "before."
        }
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in kept.items():
            if name.startswith("optimizer."):
                _, k, moment = name.split(".")
                moments.setdefault(int(k), {})[moment] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": moments, "param_groups": groups})
        self.n_steps_done = int(kept["n_steps_done"])


def batch(task: Task, recipe: Recipe, step: int) -> tuple[np.ndarray, np.ndarray]:
    """The batch of a step: points float64[batch, point, 2], targets int64[batch, step].

    All its instances have the same number of points, drawn evenly from n_min to n_max; at the end
    (`Recipe.n_short`) evenly in its logarithm.
    """
    rng = np.random.Generator(np.random.Philox(key=recipe.seed, counter=[0, 0, 0, step]))
    if step < sum(phases(recipe)[:2]):
        n = int(rng.integers(recipe.n_min, recipe.n_max + 1))
    else:
        n = int(recipe.n_min * ((recipe.n_max + 1) / recipe.n_min) ** rng.random())
    points = task.generate(rng, recipe.batch, n)
    return points, targets_from_answers(task, task.labels(points), n)


def loss_of(
    net: nn.Module, features: Tensor, targets: Tensor, *, n_given: int
) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy of the choices taught, and the share of them that is right."""
    previous = previous_from_targets(targets, n_points=features.shape[1])
    logits: Tensor = net(features, previous)[:, n_given:]
    taught = targets[:, n_given:]
    loss = fn.cross_entropy(logits.flatten(0, 1), taught.flatten(), ignore_index=-1)
    counted = taught >= 0
    with torch.no_grad():
        right = (logits.argmax(dim=-1) == taught)[counted].float().mean()
    return loss, right


def phases(recipe: Recipe) -> tuple[int, int, int]:
    """How many batches are learned from, how many more polish, and how many are mostly short."""
    first, second, third = (
        math.ceil(n / recipe.batch) for n in (recipe.n_examples, recipe.n_polish, recipe.n_short)
    )
    return first, second, third


def learning_rate(recipe: Recipe, step: int) -> float:
    """A hundred steps up, then a cosine down, another one to polish, and one for short ones.

    Plain SGD stays where it is (Vinyals et al. 2015).
    """
    if recipe.optimizer == "sgd":
        return recipe.learning_rate
    first, second, third = phases(recipe)
    if step < first:
        return recipe.learning_rate * min(1.0, (step + 1) / _WARM_STEPS) * _cosine(step / first)
    if step < first + second:
        return recipe.learning_rate * _POLISH_SHARE * _cosine((step - first) / second)
    return recipe.learning_rate * _SHORT_SHARE * _cosine((step - first - second) / third)


def _cosine(share: float) -> float:
    return _LEAST_SHARE + (1.0 - _LEAST_SHARE) * 0.5 * (1.0 + math.cos(math.pi * share))


def _optimizer(net: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(net.parameters(), lr=recipe.learning_rate)
    return torch.optim.AdamW(
        net.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.98), weight_decay=0.01
    )


def steps(training: Training) -> Iterator[Step]:
    """Every step that is left."""
    while training.n_steps_done < training.n_steps:
        yield training.step()
