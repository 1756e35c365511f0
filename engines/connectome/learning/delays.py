"""Neurons that hear coincidences and learn how long each of their synapses takes.

A synapse is a Gaussian over delays whose centre is learnt and whose width falls through learning,
so that far spikes pull first and near ones last (dilated convolutions with learnable spacings,
Khalfaoui-Hassani et al. 2023; for delays Hammouamri et al. 2024).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.contract import InputError
from engines.lab.training import one_thread

ARMS = ("delays learn", "narrow at once", "delays by chance", "no delays")
"""The second learns delays too, its Gaussians narrow from the start; the others learn weights."""
N_LISTENED, BATCH, N_EXAM = 200, 16, 64
RATE_OF_DELAYS, RATE = 0.2, 0.05
_LAST = 0.8
"""Share of the steps after which widths fall no more."""


@dataclass(frozen=True)
class Ear:
    """Channels, their longest delay in steps, how many spikes must meet, and a spike's chance."""

    n_channels: int
    longest: int
    n_needed: int
    chance: float

    def lags(self) -> np.ndarray:
        """int64[lag]: 0 to the longest."""
        return np.arange(self.longest + 1)


def planted(ear: Ear, n_nets: int, seed: int) -> np.ndarray:
    """int64[net, channel]: the delays that each net has to find."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**51]))
    return rng.integers(0, ear.longest, (n_nets, ear.n_channels), endpoint=True)


def heard(
    ear: Ear, true: np.ndarray, n_trials: int, seed: int, step: int
) -> tuple[np.ndarray, np.ndarray]:
    """Spikes bool[trial, net, channel, longest + time] and coincidences bool[trial, net, time].

    At a time t enough channels c had a spike ``true[c]`` steps earlier.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**52], counter=[0, 0, 0, step]))
    n_nets, n_channels = true.shape
    n_all = ear.longest + N_LISTENED
    spikes = rng.random((n_trials, n_nets, n_channels, n_all), np.float32) < ear.chance
    came = ear.longest + np.arange(N_LISTENED) - true[..., None]
    meet = np.take_along_axis(spikes, came[None], axis=3).sum(axis=2)
    return spikes, meet >= ear.n_needed


def kernels(centre: Tensor, weight: Tensor, width: Tensor, lags: Tensor) -> Tensor:
    """[arm, net, channel, lag]: Gaussians around delays, each of its weight in all.

    ``width`` has one number for each arm.
    """
    shape = torch.exp(-(((lags - centre[..., None]) / width[:, None, None, None]) ** 2) / 2)
    return weight[..., None] * shape / shape.sum(dim=-1, keepdim=True)


def currents(spikes: Tensor, kernel: Tensor) -> Tensor:
    """[trial, arm, net, time] of spikes[trial, net, channel, longest + time].

    All arms listen at once, so spikes are gone through once.
    """
    n_trials, n_nets, n_channels, n_all = spikes.shape
    n_arms = len(kernel)
    flat = spikes.reshape(n_trials, n_nets * n_channels, n_all)
    taps = kernel.flip(-1).transpose(0, 1).reshape(n_nets * n_arms, n_channels, -1)
    made = fn.conv1d(flat, taps, groups=n_nets)
    return made.reshape(n_trials, n_nets, n_arms, -1).transpose(1, 2)


class Listeners:
    """Nets of all arms, stacked [arm, net]: delays, weights, a threshold with its gain."""

    def __init__(self, ear: Ear, n_nets: int, seed: int) -> None:
        """Delays start anywhere, or at 0 in the last arm; weights at 1."""
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**53]))
        start = rng.random((n_nets, ear.n_channels)) * ear.longest
        by_arm = np.array([1.0, 1.0, 1.0, 0.0])[:, None, None] * start
        self.ear = ear
        self.centre = torch.tensor(by_arm, dtype=torch.float32, requires_grad=True)
        self.weight = torch.ones_like(self.centre, requires_grad=True)
        size = len(ARMS), n_nets
        self.gain = torch.full(size, 4.0, requires_grad=True)
        self.bias = torch.full(size, -4.0, requires_grad=True)
        others = [self.gain, self.bias, self.weight]
        self._optimiser = torch.optim.Adam(
            [{"params": others, "lr": RATE}, {"params": [self.centre], "lr": RATE_OF_DELAYS}]
        )
        self._lags = torch.from_numpy(ear.lags()).float()
        self._delays_learn = torch.tensor([1.0, 1.0, 0.0, 0.0])[:, None, None]

    def learn(self, spikes: Tensor, wanted: Tensor, width: Tensor) -> np.ndarray:
        """One step; float64[arm]: mean losses in nats."""
        now = currents(spikes, kernels(self.centre, self.weight, width, self._lags))
        logits = self._logits(now)
        every = fn.binary_cross_entropy_with_logits(
            logits, wanted[:, None].expand_as(logits), reduction="none"
        )
        loss = every.mean(dim=(0, 2, 3))
        self._optimiser.zero_grad()
        loss.sum().backward()
        # Without a gradient Adam leaves a number as it is.
        self.centre.grad = _given(self.centre) * self._delays_learn
        self.weight.grad = _given(self.weight) * (1.0 - self._delays_learn)
        self._optimiser.step()
        with torch.no_grad():
            self.centre.clamp_(0, self.ear.longest)
        return loss.detach().numpy().astype(np.float64)

    @torch.no_grad()
    def f1(self, true: np.ndarray, seed: int) -> np.ndarray:
        """float64[arm, net]: of coincidences told with whole delays, on spikes of an exam."""
        spikes, meet = heard(self.ear, true, N_EXAM, seed, 2**40)
        exact = (self._lags == torch.round(self.centre)[..., None]).float()
        now = currents(torch.from_numpy(spikes).float(), exact * self.weight[..., None])
        says = (self._logits(now) > 0).numpy()
        return np.stack([f1(says[:, arm], meet) for arm in range(len(ARMS))])

    def _logits(self, now: Tensor) -> Tensor:
        return self.gain[..., None] * now + self.bias[..., None]


def _given(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def f1(says: np.ndarray, meet: np.ndarray) -> np.ndarray:
    """float64[net] of bool[trial, net, time]: harmonic mean of precision and recall, or 0."""
    hits = (says & meet).sum(axis=(0, 2))
    wrong = (says ^ meet).sum(axis=(0, 2))
    return 2 * hits / np.maximum(2 * hits + wrong, 1)


def width_at(step: int, n_steps: int, first: float, last: float) -> float:
    """Of the Gaussians in a step: from the first to the last by equal factors, then no more."""
    return first * (last / first) ** min(1.0, step / (_LAST * n_steps))


@dataclass(frozen=True, eq=False)
class Moment:
    """After a step: float64[arm] losses, float64[net, channel] delays of the first arm, width."""

    step: int
    loss: np.ndarray
    delays: np.ndarray
    width: float
    listeners: Listeners


def learn(
    ear: Ear, *, n_nets: int, n_steps: int, first: float, last: float, seed: int
) -> Iterator[Moment]:
    """All arms hear the same spikes, step by step.

    Raises:
        InputError: more spikes must meet than there are channels.
    """
    if ear.n_needed > ear.n_channels:
        raise InputError(
            f"{ear.n_needed} spikes cannot meet in {ear.n_channels} channels; ask for fewer"
        )
    true = planted(ear, n_nets, seed)
    every = Listeners(ear, n_nets, seed)
    for step in range(n_steps):
        width = width_at(step, n_steps, first, last)
        spikes, meet = heard(ear, true, BATCH, seed, step)
        with one_thread():
            x, y = torch.from_numpy(spikes).float(), torch.from_numpy(meet).float()
            # Only the first arm's Gaussians begin wide.
            loss = every.learn(x, y, torch.tensor([width, last, last, last]))
        delays = every.centre[0].detach().numpy().astype(np.float64)
        yield Moment(step + 1, loss, delays, width, every)
