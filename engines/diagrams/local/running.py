"""The run: a stack of networks for each rule; all learn in turn, from one look to the next."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, jacrev

from engines.diagrams.local.asked import (
    BATCH,
    COUNTER,
    DIRECT,
    FEEDBACK,
    FROZEN,
    LAST,
    NOPROP,
    RULES,
    LocalSpec,
)
from engines.diagrams.local.counter_current import CounterCurrent
from engines.diagrams.local.denoising import NoProp
from engines.diagrams.local.results import LocalFrame, LocalResult, Reach
from engines.lab.data.catalog import task_of
from engines.lab.data.task import Task
from engines.lab.training import Rule, Training, arrays, log_spaced, run, stack_from_seeds
from engines.lab.training.batches import ArrayBatches
from engines.lab.training.rule import Signal
from engines.running import devices

_N_LOOKS = 16
_SIGNALS: dict[str, Signal] = {
    FEEDBACK: "feedback alignment", DIRECT: "direct feedback alignment", LAST: "last layer only"
}  # fmt: skip
_NOISE_AT = 2**33
"""Where the seeds of noise begin."""


@dataclass(eq=False)
class Labelled:
    """Batches with what the network is to learn joined to the inputs: its losses are its own."""

    inner: ArrayBatches
    n_out: int
    n_noise: int = 0
    """Noise numbers of an example, new at every step."""
    own: bool = False

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """[digit, label as one-hot, noise], and the label."""
        x, y = self.inner.batch(step)
        parts = [x, nn.functional.one_hot(y, self.n_out).to(x)]
        if self.n_noise:
            parts.append(noise(self.inner.seed, step, len(x), self.n_noise).to(x))
        return torch.cat(parts, -1), y


def noise(seed: int, step: int, n: int, n_each: int) -> Tensor:
    """float32[example, number], a function of seed and step alone."""
    draw = np.random.Generator(np.random.Philox(key=(seed + _NOISE_AT) % 2**64,
                                                counter=[0, 0, 2, step]))  # fmt: skip
    return torch.from_numpy(draw.standard_normal((n, n_each), np.float32))


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run."""

    spec: LocalSpec
    task: Task = field(init=False)
    trainings: dict[str, Training] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the data, and everybody's first weights."""
        spec, device = self.spec, devices.current()
        self.task = task_of("digits", spec.seed)
        self.data = arrays(self.task.x, self.task.y, size=BATCH, seed=spec.seed, device=device)
        self.exam = arrays(self.task.x_test, self.task.y_test, device=device)
        self.trainings = {name: self._training(name, device) for name in RULES}

    def _training(self, name: str, device: str) -> Training:
        spec, n_out = self.spec, self.task.n_outputs
        seeds = [spec.seed % 2**32 + k for k in range(spec.n_nets)]
        stack = stack_from_seeds(lambda: self.network(name), seeds, device)
        rule = Rule(signal=_SIGNALS.get(name, "gradient"), learning_rate=spec.learning_rate)
        if name not in (COUNTER, FROZEN, NOPROP):
            return Training(stack, self.data, "cross-entropy", rule, seed=spec.seed % 2**32,
                            exact=False)  # fmt: skip
        n_noise = spec.n_blocks * n_out if name == NOPROP else 0
        return Training(stack, Labelled(self.data, n_out, n_noise), "its own", rule, exact=False)

    def network(self, name: str) -> nn.Module:
        """The network of a rule with fresh weights."""
        n_in, n_out, n = self.task.n_features, self.task.n_outputs, self.spec.n_hidden
        if name in (COUNTER, FROZEN):
            return CounterCurrent(n_in, n, n_out, frozen=name == FROZEN)
        if name == NOPROP:
            return NoProp(n_in, self.spec.block_hidden, n_out, self.spec.n_blocks)
        sizes = [n_in, n, n, n, n_out]
        parts: list[nn.Module] = []
        for a, b in itertools.pairwise(sizes):
            parts += [nn.Linear(a, b), nn.ELU()]
        return nn.Sequential(*parts[:-1])

    def look(self) -> tuple[np.ndarray, np.ndarray]:
        """Share right, float64[rule, net], and of NoProp block by block, float64[block, net]."""
        found, blocks = [], np.zeros((0, 0))
        for name, training in self.trainings.items():
            if name == NOPROP:
                blocks = self._by_block(training)
                found.append(blocks[-1])
            else:
                said = training.outputs(self.exam.x).argmax(-1)
                found.append((said == self.exam.y).double().mean(-1).cpu().numpy())
        return np.stack(found), blocks

    def _by_block(self, training: Training) -> np.ndarray:
        n_noise = self.spec.n_blocks * self.task.n_outputs
        drawn = noise(self.spec.seed + 1, 0, len(self.exam.x), n_noise).to(self.exam.x)
        said = training.outputs(torch.cat([self.exam.x, drawn], -1)).argmax(-1)
        return (said == self.exam.y[:, None]).double().mean(1).T.cpu().numpy()

    def reach(self, name: str) -> Reach:
        """Slopes of every loss towards the weights of every layer of the first network."""
        training = self.trainings[name]
        x, _ = training.batches.batch(self.spec.n_steps)
        return reach_of(training.stack.module(0), x)


def reach_of(module: nn.Module, x: Tensor) -> Reach:
    """Largest slope of each of a network's own losses towards each layer, on one batch."""
    module.train()
    held = {name: value.detach() for name, value in module.named_parameters()}
    buffers = dict(module.named_buffers())

    def losses(parameters: dict[str, Tensor]) -> Tensor:
        return functional_call(module, (parameters, buffers), (x,))

    slopes = jacrev(losses)(held)
    layers: dict[str, list[Tensor]] = {}
    for name, slope in slopes.items():
        for layer, part in _layers_of(module, name, slope):
            layers.setdefault(layer, []).append(part.abs().flatten(1).amax(1))
    size = torch.stack([torch.stack(each).amax(0) for each in layers.values()], 1)
    return Reach(tuple(layers), size.double().cpu().numpy())


def _layers_of(module: nn.Module, name: str, slope: Tensor) -> list[tuple[str, Tensor]]:
    """Weights by the layer they are in: [loss, ...] each."""
    if isinstance(module, NoProp):
        return [(str(k + 1), slope[:, k]) for k in range(module.n_blocks)]
    way, layer, _ = name.split(".")
    arrow = {"up": "\N{UPWARDS ARROW}", "down": "\N{DOWNWARDS ARROW}"}[way]
    return [(f"{arrow}{int(layer) + 1}", slope)]


def frames_of(spec: LocalSpec) -> Iterator[LocalFrame | LocalResult]:
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
    n_parameters = tuple(t.stack.n_parameters for t in made.trainings.values())
    blocks = np.stack([each for _, each in looks])
    yield LocalResult(spec, frame.steps, frame.right, blocks, n_parameters,
                      made.reach(COUNTER), made.reach(NOPROP))  # fmt: skip


def _frame(steps: tuple[int, ...], looks: list[tuple[np.ndarray, np.ndarray]]) -> LocalFrame:
    """Everything seen so far."""
    n = len(looks)
    right = np.stack([each for each, _ in looks])
    return LocalFrame(np.array(steps[:n]), right, looks[-1][1], fraction=steps[n - 1] / steps[-1])
