"""The run: all kinds of learner in all worlds at once, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from engines.lab.data.catalog import task_of
from engines.lab.data.task import seed_of
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
from engines.sorting.needs.world import coins, order, swaps

_N_WINDOWS = 20
_SIZES = (64, *N_HIDDEN, N_CLASSES)


@dataclass(eq=False)
class Learners:
    """Everybody: [arm x interval x net] side by side, with rates [learner, out] of each layer."""

    spec: NeedsSpec
    step: float = STEP
    layers: Layers = field(init=False)
    rates: list[Tensor] = field(init=False)
    past: list[tuple[Tensor, Tensor]] = field(init=False, default_factory=list)
    """The last batches as they were seen: [interval x net, example, number] and labels."""

    def __post_init__(self) -> None:
        """Draw first weights."""
        spec, self.device = self.spec, devices.current()
        task = task_of("digits", spec.seed)
        self.x, self.y = torch.from_numpy(task.x).to(self.device), task.y
        self.swaps = swaps(spec)
        self._begin()

    @property
    def n_each(self) -> int:
        """Learners of one arm."""
        return len(INTERVALS) * self.spec.n_nets

    def _begin(self) -> None:
        made = []
        with torch.random.fork_rng(devices=[]):
            for k in range(self.spec.n_nets):
                torch.manual_seed(seed_of(self.spec.seed, k))
                made.append([nn.Linear(n_in, n_out) for n_in, n_out in pairwise(_SIZES)])
        n = len(ARMS) * len(INTERVALS)
        start = torch.tensor(RATES, device=self.device).repeat(len(CHANGING) + 1)
        self.layers, self.rates = [], []
        with torch.no_grad():
            for k, size in enumerate(_SIZES[1:]):
                weight = torch.stack([net[k].weight for net in made]).to(self.device)
                bias = torch.stack([net[k].bias for net in made]).to(self.device)
                self.layers.append((weight.repeat(n, 1, 1), bias.repeat(n, 1)))
                self.rates.append(start.repeat_interleave(self.n_each)[:, None].repeat(1, size))

    def drawn(self, batch: int) -> tuple[Tensor, Tensor]:
        """Pictures [interval x net, example, 64] and labels int64[interval x net, example]."""
        at = order(self.spec, batch, len(self.y))
        nets = np.arange(self.spec.n_nets)[:, None]
        label = torch.from_numpy(next(self.swaps)[:, nets, self.y[at]]).to(self.device)
        x = self.x[torch.from_numpy(at).to(self.device)]
        return x.repeat(len(INTERVALS), 1, 1), label.flatten(0, 1)

    @torch.no_grad()
    def learn(self, batch: int) -> Tensor:
        """float[learner]: share right of this batch, before it was learnt from."""
        own = self.drawn(batch)
        x, label = (v.repeat(len(ARMS), *(1 for _ in v.shape[1:])) for v in own)
        with one_thread():
            view = seen(self.layers, x)
            slope = slopes(self.layers, view, label)
            if len(self.past) == _REMEMBERED:
                self._decide(batch, view, slope, label)
            self.past = [*self.past, own][-_REMEMBERED:]
            self.layers = moved(self.layers, slope, self.rates)
            return right(view.logits, label)

    def _decide(self, batch: int, view: Seen, slope: Layers, label: Tensor) -> None:
        """Take the last example of the batch, or leave it: those that change their rates."""
        n = self.n_each * len(RATES)
        x, past = (torch.cat(one, 1) for one in zip(*self.past, strict=True))
        before = (x.repeat(len(RATES), 1, 1), past.repeat(len(RATES), 1))
        for k, kind in enumerate(CHANGING):
            own = slice(k * n, k * n + n)
            layers, gradient = _part(self.layers, own), _part(slope, own)
            rates = [rate[own] for rate in self.rates]
            shares = None
            if kind == UNITS:
                shares = shares_of(Seen([h[own] for h in view.hidden], view.logits[own]))
            if kind == COIN:
                takes = torch.from_numpy(coins(self.spec, batch)).to(self.device).repeat(len(RATES))
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
    yield frame
    for batch in range(spec.n_batches):
        window.append(made.learn(batch).double().cpu().numpy().reshape(shape))
        if batch + 1 in ends:
            shares.append(np.mean(window, axis=0))
            widths = torch.cat(made.rates, -1)[:, : sum(N_HIDDEN)].mean(-1)
            rates.append(widths.double().cpu().numpy().reshape(shape))
            window = []
            done = ends[: len(shares)]
            frame = NeedsFrame(done, np.stack(shares), np.stack(rates))
        yield replace(frame, fraction=(batch + 1) / spec.n_batches)
    yield NeedsResult(spec, frame.batches, frame.right, frame.rate)
