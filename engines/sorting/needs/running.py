"""The run: all kinds of learner in all worlds at once, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from engines.lab.data.task import rng_of
from engines.lab.training import one_thread
from engines.running import devices
from engines.sorting.needs.asked import (
    ARMS,
    BATCH,
    CHANGING,
    COIN,
    INTERVALS,
    N_CLASSES,
    N_HIDDEN,
    N_REMEMBERED,
    RATES,
    START,
    STEP,
    UNITS,
    NeedsSpec,
)
from engines.sorting.needs.learners import (
    Layers,
    Seen,
    eaten,
    effect,
    moved,
    right,
    seen,
    shares_of,
    slopes,
    would_take,
)
from engines.sorting.needs.results import NeedsFrame, NeedsResult
from engines.sorting.needs.world import COINS, stream, swaps

_N_WINDOWS = 20
_SIZES = (64, *N_HIDDEN, N_CLASSES)


@dataclass(eq=False)
class Learners:
    """Everybody: [arm x interval x net] side by side, with rates [learner, out] of each layer."""

    spec: NeedsSpec
    step: float = STEP
    layers: Layers = field(init=False)
    rates: list[Tensor] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the world, first weights and coins."""
        spec, self.device = self.spec, devices.current()
        x, y = stream(spec)
        self.x = torch.from_numpy(x).to(self.device)
        labels = swaps(spec)
        nets = np.arange(spec.n_nets)[:, None]
        self.labels = torch.from_numpy(
            np.stack([label[:, nets, y[:, batch]] for batch, label in enumerate(labels)])
        ).to(self.device)
        """int64[batch, interval, net, example]."""
        self.past = torch.from_numpy(
            np.stack([
                label[:, nets, y[:, max(batch - 2, 0) : batch].reshape(spec.n_nets, -1)]
                for batch, label in enumerate(labels) if batch >= _REMEMBERED
            ])
        ).to(self.device)  # fmt: skip
        """The same of what was seen before, by the labels of now."""
        coins = rng_of(spec.seed, COINS).integers(0, 2, (spec.n_batches, self.n_each))
        self.coins = torch.from_numpy(coins.astype(bool)).to(self.device)
        self._begin()

    @property
    def n_each(self) -> int:
        """Learners of one arm."""
        return len(INTERVALS) * self.spec.n_nets

    def _begin(self) -> None:
        made = []
        with torch.random.fork_rng(devices=[]):
            for k in range(self.spec.n_nets):
                torch.manual_seed((self.spec.seed + k) % 2**63)
                made.append([nn.Linear(n_in, n_out) for n_in, n_out in pairwise(_SIZES)])
        n = len(ARMS) * len(INTERVALS)
        start = torch.tensor([START] * len(CHANGING) + list(RATES), device=self.device)
        self.layers, self.rates = [], []
        with torch.no_grad():
            for k, size in enumerate(_SIZES[1:]):
                weight = torch.stack([net[k].weight for net in made]).to(self.device)
                bias = torch.stack([net[k].bias for net in made]).to(self.device)
                self.layers.append((weight.repeat(n, 1, 1), bias.repeat(n, 1)))
                self.rates.append(start.repeat_interleave(self.n_each)[:, None].repeat(1, size))

    def everybody(self, values: Tensor, n_arms: int = len(ARMS)) -> Tensor:
        """[net, ...] or [interval, net, ...] to [learner, ...] of so many arms."""
        if values.shape[0] == self.spec.n_nets:
            values = values.expand(len(INTERVALS), *values.shape)
        return values.flatten(0, 1).repeat(n_arms, *(1 for _ in values.shape[2:]))

    @torch.no_grad()
    def learn(self, batch: int) -> Tensor:
        """float[learner]: share right of this batch, before it was learnt from."""
        x = self.x[:, batch].expand(len(INTERVALS), -1, -1, -1)
        label = self.everybody(self.labels[batch])
        with one_thread():
            view = seen(self.layers, self.everybody(x))
            slope = slopes(self.layers, view, label)
            if batch >= _REMEMBERED:
                self._decide(batch, view, slope, label)
            self.layers = moved(self.layers, slope, self.rates)
            return right(view.logits, label)

    def _decide(self, batch: int, view: Seen, slope: Layers, label: Tensor) -> None:
        """Take the last example of the batch, or leave it: those that change their rates."""
        n, past = self.n_each, slice(max(batch - 2, 0), batch)
        x = self.x[:, past].flatten(1, 2).expand(len(INTERVALS), -1, -1, -1)
        before = (self.everybody(x, 1), self.everybody(self.past[batch - _REMEMBERED], 1))
        for arm in CHANGING:
            own = slice(ARMS.index(arm) * n, ARMS.index(arm) * n + n)
            layers, gradient = _part(self.layers, own), _part(slope, own)
            rates = [rate[own] for rate in self.rates]
            shares = None
            if arm == UNITS:
                shares = shares_of(Seen([h[own] for h in view.hidden], view.logits[own]))
            if arm == COIN:
                takes = self.coins[batch]
            else:
                guess = effect(view.logits[own, -1].argmax(-1), self.step)
                tried = eaten(rates, guess, shares)
                takes = would_take(layers, gradient, rates, tried, before)
            change = torch.where(takes, effect(label[own, -1], self.step), 0.0)
            for rate, new in zip(self.rates, eaten(rates, change, shares), strict=True):
                rate[own] = new


_REMEMBERED = N_REMEMBERED // BATCH
"""Batches that are remembered."""


def _part(layers: Layers, own: slice) -> Layers:
    return [(weight[own], bias[own]) for weight, bias in layers]


def frames_of(spec: NeedsSpec) -> Iterator[NeedsFrame | NeedsResult]:
    """A frame per batch, the result last."""
    made = Learners(spec)
    shape = (len(ARMS), len(INTERVALS), spec.n_nets)
    ends = np.unique(np.linspace(0, spec.n_batches, _N_WINDOWS + 1).round().astype(int))[1:]
    shares: list[np.ndarray] = []
    rates: list[np.ndarray] = []
    window: list[np.ndarray] = []
    frame = NeedsFrame(np.zeros(0, np.int64), np.zeros((0, *shape)), np.zeros((0, *shape)))
    for batch in range(spec.n_batches):
        window.append(made.learn(batch).double().cpu().numpy().reshape(shape))
        if batch + 1 in ends:
            shares.append(np.mean(window, axis=0))
            widths = torch.cat(made.rates, -1)[:, : sum(N_HIDDEN)].mean(-1)
            rates.append(widths.double().cpu().numpy().reshape(shape))
            window = []
            done = ends[: len(shares)]
            frame = NeedsFrame(done, np.stack(shares), np.stack(rates),
                               fraction=(batch + 1) / spec.n_batches)  # fmt: skip
        yield frame
    yield NeedsResult(spec, frame.batches, frame.right, frame.rate)
