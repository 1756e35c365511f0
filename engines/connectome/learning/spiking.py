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
BATCH, RATE, _STEEP = 16, 1e-2, 5.0


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

    def spikes(self, heard: Tensor) -> Tensor:
        """[net, example, step, unit] of inputs [net, example, step, channel]."""
        weight, _, _, log_tau, raised = self.parts
        keep, threshold = torch.exp(-torch.exp(-log_tau)), 1.0 + raised
        n_nets, n_examples, n_steps, _ = heard.shape
        comes = torch.bmm(heard.flatten(1, 2), weight).view(n_nets, n_examples, n_steps, -1)
        potential, every = torch.zeros_like(comes[:, :, 0]), []
        for t in range(n_steps):
            potential = keep * potential + comes[:, :, t]
            now = Spike.apply(potential - threshold)
            potential = potential - now * threshold
            every.append(now)
        return torch.stack(every, dim=2)

    def says(self, heard: Tensor) -> Tensor:
        """Logits [net, example, class]."""
        return torch.baddbmm(self.parts[2], self.spikes(heard).mean(dim=2), self.parts[1])

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
    """After a step: float64[arm, net] share right in the exam, nan between looks."""

    step: int
    right: np.ndarray
    layer: Layer


def learn(
    examples: Examples, n_units: int, tau: float, n_steps: int, every: int, seed: int
) -> Iterator[Moment]:
    """Both arms learn from the same examples, step by step, and sit the exam now and then."""
    spikes, n_learnt = torch.from_numpy(examples.spikes).float(), examples.n_learnt
    bursts = torch.from_numpy(examples.bursts).long()
    n_nets, n_channels = spikes.shape[0], spikes.shape[3]
    layer = Layer(n_channels, n_units, n_nets, tau, seed)
    rng = np.random.Generator(np.random.Philox(key=[seed % 2**64, 2**43]))
    for step in range(1, n_steps + 1):
        at = torch.from_numpy(rng.integers(0, n_learnt, BATCH))
        with one_thread():
            layer.learn(
                spikes[:, at].repeat(len(ARMS), 1, 1, 1), bursts[:, at].repeat(len(ARMS), 1)
            )
            looks = step % every == 0 or step == n_steps
            right = _exam(layer, spikes[:, n_learnt:], bursts[:, n_learnt:]) if looks else None
        yield Moment(step, np.full(layer.shape[:2], np.nan) if right is None else right, layer)


@torch.no_grad()
def _exam(layer: Layer, spikes: Tensor, bursts: Tensor) -> np.ndarray:
    """float64[arm, net]."""
    says = layer.says(spikes.repeat(len(ARMS), 1, 1, 1)).argmax(dim=2)
    right = (says == bursts.repeat(len(ARMS), 1)).double().mean(dim=1)
    return right.numpy().reshape(layer.shape[:2])
