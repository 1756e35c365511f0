"""Leaky neurons that spike and learn by surrogate gradients: weights alone, or time constants too.

Neftci, Mostafa & Zenke 2019, Surrogate gradient learning in spiking neural networks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.lab.training import one_thread

ARMS = ("weights learn", "time constants too")
WEIGHTS, TIMES = range(len(ARMS))
BATCH, RATE, _STEEP, _PART = 16, 1e-2, 5.0, 2_000_000
"""Examples of a step, its rate, steepness of the slope, numbers in the exam at once."""


class Spike(torch.autograd.Function):
    """1 above 0, else 0; its slope is taken to be 1 / (1 + 5 |u|)^2."""

    @staticmethod
    def forward(ctx: Any, above: Tensor) -> Tensor:
        """A spike or none."""
        ctx.save_for_backward(above)
        return (above > 0.0).to(above.dtype)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Tensor:
        """Through a hill where the step is."""
        (above,) = ctx.saved_tensors
        return slopes[0] / (1.0 + _STEEP * above.abs()) ** 2


class Layer:
    """Neurons of all arms, stacked [arm x net], with a line for each class from their rates.

    A potential keeps exp(-1 / tau) of itself in a step; where it passes its threshold the neuron
    spikes and the threshold is taken off. Nets of one seed begin alike in both arms.
    """

    def __init__(self, n_channels: int, n_units: int, n_nets: int, tau: float, seed: int) -> None:
        """Weights drawn; all time constants ``tau`` steps, all thresholds 1."""
        rng = np.random.Generator(np.random.Philox(key=[seed % 2**64, 2**44]))
        drawn = (
            1.2 * n_channels**-0.5 * rng.standard_normal((n_nets, n_channels, n_units)) + 0.1,
            n_units**-0.5 * rng.standard_normal((n_nets, n_units, 2)),
            np.zeros((n_nets, 1, 2)),
            np.full((n_nets, 1, n_units), np.log(tau)),
            np.zeros((n_nets, 1, n_units)),
        )
        self.shape = len(ARMS), n_nets, n_units
        self.parts = [
            torch.tensor(np.tile(part, (len(ARMS), 1, 1)), dtype=torch.float32, requires_grad=True)
            for part in drawn
        ]
        own = torch.tensor([0.0, 1.0]).repeat_interleave(n_nets)
        self._may = own.view(-1, 1, 1)
        self._optimiser = torch.optim.Adam(self.parts, lr=RATE)

    def taus(self) -> np.ndarray:
        """float64[arm, net, unit]: time constants in steps."""
        return np.exp(self.parts[3].detach().numpy().astype(np.float64)).reshape(self.shape)

    def steps(self, heard: Tensor) -> Iterator[Tensor]:
        """Spikes [net, example, unit] of each step of inputs [net, example, step, channel]."""
        weight, _, _, log_tau, raised = self.parts
        keep, threshold = torch.exp(-torch.exp(-log_tau)), 1.0 + raised
        n_nets, n_examples, n_steps, _ = heard.shape
        comes = torch.bmm(heard.flatten(1, 2), weight).view(n_nets, n_examples, n_steps, -1)
        potential = torch.zeros_like(comes[:, :, 0])
        for t in range(n_steps):
            potential = keep * potential + comes[:, :, t]
            now = Spike.apply(potential - threshold)
            potential = potential - now * threshold
            yield now

    def spikes(self, heard: Tensor) -> Tensor:
        """[net, example, step, unit] of the same."""
        return torch.stack(list(self.steps(heard)), dim=2)

    def says(self, heard: Tensor) -> Tensor:
        """Logits [net, example, class]."""
        rates = sum(self.steps(heard), torch.zeros(())) / heard.shape[2]
        return torch.baddbmm(self.parts[2], rates, self.parts[1])

    def learn(self, heard: Tensor, wanted: Tensor) -> None:
        """One step of all nets on inputs and classes [net, example]; weights alone in one arm."""
        logits = self.says(heard)
        every = fn.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none")
        loss = every.view(len(logits), -1).mean(dim=1).sum()
        self._optimiser.zero_grad()
        loss.backward()
        for part in self.parts[3:]:
            if part.grad is not None:
                # Without a gradient Adam leaves a number as it is.
                part.grad.mul_(self._may)
        self._optimiser.step()


@dataclass(frozen=True, eq=False)
class Examples:
    """``spikes`` bool[net, example, step, channel] and ``bursts`` bool[net, example]."""

    spikes: np.ndarray
    bursts: np.ndarray
    n_learnt: int


@dataclass(frozen=True, eq=False)
class Moment:
    """After a step or a part of an exam: float64[arm, net] share right, nan before its end."""

    step: int
    right: np.ndarray
    layer: Layer


def learn(
    examples: Examples, n_units: int, tau: float, n_steps: int, every: int, seed: int
) -> Iterator[Moment]:
    """Both arms learn from the same examples, step by step, and sit the exam now and then.

    The exam goes part by part, so that a moment is never far.
    """
    spikes, n_learnt = torch.from_numpy(examples.spikes), examples.n_learnt
    bursts = torch.from_numpy(examples.bursts).long()
    n_nets, n_channels = spikes.shape[0], spikes.shape[3]
    layer = Layer(n_channels, n_units, n_nets, tau, seed)
    rng = np.random.Generator(np.random.Philox(key=[seed % 2**64, 2**43]))
    for step in range(1, n_steps + 1):
        at = torch.from_numpy(rng.integers(0, n_learnt, BATCH))
        with one_thread():
            layer.learn(_both(spikes[:, at].float()), _both(bursts[:, at]))
        yield Moment(step, np.full(layer.shape[:2], np.nan), layer)
        if step % every == 0 or step == n_steps:
            for right in _exam(layer, spikes[:, n_learnt:], bursts[:, n_learnt:]):
                yield Moment(step, right, layer)


def _both(one: Tensor) -> Tensor:
    """The same for both arms."""
    return one.repeat(len(ARMS), *[1] * (one.dim() - 1))


def _exam(layer: Layer, spikes: Tensor, bursts: Tensor) -> Iterator[np.ndarray]:
    """float64[arm, net] after each part, nan but for the last."""
    n, n_steps, n_channels = spikes.shape[1:]
    size = layer.shape[0] * layer.shape[1] * n_steps * (n_channels + layer.shape[2])
    n_part = max(BATCH, _PART // size)
    right = np.zeros(layer.shape[:2])
    for first in range(0, n, n_part):
        part = slice(first, first + n_part)
        with torch.no_grad(), one_thread():
            says = layer.says(_both(spikes[:, part].float())).argmax(dim=2)
            right += (says == _both(bursts[:, part])).sum(dim=1).numpy().reshape(right.shape)
        yield right / n if first + n_part >= n else np.full(right.shape, np.nan)
