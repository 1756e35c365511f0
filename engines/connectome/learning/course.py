"""Recurrent networks that learn to choose, all starts and seeds at once, watched on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engines.connectome.learning import tangents, trials
from engines.connectome.learning.tangents import Weights
from engines.contract import InputError
from engines.lab.training import Rule, Stack, Training, log_spaced, run, stack_of

MEASURES = ("kernel", "representation", "change", "loss", "accuracy")
BATCH, N_PROBES, N_EXAM = 32, 24, 300
N_MOMENTS = 8
Nets = tuple[tuple[Weights, ...], ...]
"""Networks [start][seed]."""


class Recurrent(nn.Module):
    """ReLU units without bias that listen for `trials.N_STEPS` steps, then one logit."""

    def __init__(self, weights: Weights) -> None:
        """Start from these."""
        super().__init__()
        self.recurrent = _parameter(weights.recurrent)
        self.entry = _parameter(weights.entry)
        self.out = _parameter(weights.out)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [trial] of channels [trial, step, channel]."""
        heard = x @ self.entry.T
        h = torch.relu(heard[:, 0])
        for t in range(1, x.shape[1]):
            h = torch.relu(h @ self.recurrent.T + heard[:, t])
        return h @ self.out


def _parameter(values: np.ndarray) -> nn.Parameter:
    return nn.Parameter(torch.tensor(np.asarray(values, np.float32)))


@dataclass(frozen=True, eq=False)
class FreshTrials:
    """New trials at every step; networks of one seed see the same ones, whatever they start from.

    Networks are ordered start by start, and within a start seed by seed.
    """

    seed: int
    n_starts: int
    n_seeds: int

    @property
    def own(self) -> bool:
        """Every network has its own."""
        return True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Channels [net, trial, step, channel] and targets [net, trial] of a step."""
        key = np.random.Philox(key=[self.seed, 2**40], counter=[0, 0, 0, step])
        x, y = trials.drawn(np.random.Generator(key), self.n_seeds * BATCH)
        x = torch.from_numpy(x.reshape(self.n_seeds, BATCH, *x.shape[1:]))
        y = torch.from_numpy(y.reshape(self.n_seeds, BATCH))
        return x.repeat(self.n_starts, 1, 1, 1), y.repeat(self.n_starts, 1)


@dataclass(frozen=True, eq=False)
class Moment:
    """Where the networks are: ``measured`` float64[measure, start, seed] at scheduled steps."""

    step: int
    fraction: float
    measured: np.ndarray | None
    nets: Nets = ()
    """As they are now; where they were looked at."""


def weights_of(seed: int, recurrent: np.ndarray) -> Nets:
    """Networks of these recurrent weights float[start, seed, post, pre].

    Entry and readout are drawn once for each seed, so that starts differ in nothing else.
    """
    n_starts, n_seeds, n, _ = recurrent.shape
    held = recurrent.astype(np.float32)  # as the networks hold them
    drawn = []
    for k in range(n_seeds):
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**41 + k]))
        entry = rng.normal(size=(n, trials.N_CHANNELS)) / np.sqrt(trials.N_CHANNELS)
        out = rng.normal(size=n) / np.sqrt(n)
        drawn.append((entry.astype(np.float32), out.astype(np.float32)))
    return tuple(
        tuple(Weights(held[j, k], *drawn[k]) for k in range(n_seeds)) for j in range(n_starts)
    )


def learn(starts: Nets, *, n_steps: int, learning_rate: float, seed: int) -> Iterator[Moment]:
    """Stochastic descent with momentum 0.9 (Liu et al. 2024), watched at log-spaced steps.

    Raises:
        InputError: a network ran away; what was yielded before stays.
    """
    n_starts, n_seeds = len(starts), len(starts[0])
    stack = stack_of([Recurrent(one) for row in starts for one in row])
    rule = Rule(optimiser="momentum", learning_rate=learning_rate, momentum=0.9)
    batches = FreshTrials(seed, n_starts, n_seeds)
    training = Training(stack, batches, loss="logistic", rule=rule, exact=False)
    looked = _Looking(starts, seed)
    for pause in run(training, log_spaced(n_steps, N_MOMENTS)):
        if training.n_diverged:
            raise InputError(
                f"{training.n_diverged} of {training.n_nets} networks ran away by step "
                f"{training.step}; take a smaller learning rate"
            )
        if not pause.scheduled:
            yield Moment(pause.step, pause.fraction, None)
            continue
        now = _numbers(stack, n_starts, n_seeds)
        yield Moment(pause.step, pause.fraction, looked.at(now), now)


@dataclass(frozen=True, eq=False)
class Watched:
    """A course so far: int64[moment], float64[measure, moment, start, seed], the last networks."""

    steps: np.ndarray
    measured: np.ndarray
    nets: Nets
    fraction: float


def watch(starts: Nets, *, n_steps: int, learning_rate: float, seed: int) -> Iterator[Watched]:
    """`learn`, with all moments so far at every pause; the first one is seen before any step.

    Raises:
        InputError: a network ran away; what was yielded before stays.
    """
    steps, seen, nets = [], [], starts
    for moment in learn(starts, n_steps=n_steps, learning_rate=learning_rate, seed=seed):
        if moment.measured is not None:
            steps.append(moment.step)
            seen.append(moment.measured)
            nets = moment.nets
        yield Watched(np.array(steps), np.stack(seen, axis=1), nets, moment.fraction)


def _numbers(stack: Stack, n_starts: int, n_seeds: int) -> Nets:
    every = [
        Weights(*(stack.parameters[name][k].numpy().copy() for name in _NAMES))
        for k in range(stack.n_nets)
    ]
    return tuple(tuple(every[j * n_seeds : (j + 1) * n_seeds]) for j in range(n_starts))


_NAMES = ("recurrent", "entry", "out")


class _Looking:
    """Probes and an exam that no network learns from."""

    def __init__(self, starts: Nets, seed: int) -> None:
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**42]))
        self._probes, _ = trials.drawn(rng, N_PROBES)
        self._x, self._y = trials.drawn(rng, N_EXAM)
        self._starts = starts
        self._before = [[self._kernels(one) for one in row] for row in starts]

    def _kernels(self, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
        return (
            tangents.tangent_kernel(weights, self._probes),
            tangents.representation_kernel(weights, self._probes),
        )

    def at(self, now: Nets) -> np.ndarray:
        """float64[measure, start, seed]."""
        found = np.empty((len(MEASURES), len(now), len(now[0])))
        for j, row in enumerate(now):
            for k, one in enumerate(row):
                pairs = zip(self._kernels(one), self._before[j][k], strict=True)
                found[:2, j, k] = [tangents.alignment(a, b) for a, b in pairs]
                moved = one.recurrent - self._starts[j][k].recurrent
                found[2, j, k] = np.linalg.norm(moved)
                found[3:, j, k] = graded(tangents.logits(one, self._x), self._y)
        return found


def graded(logits: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Logistic loss in nats, and the share of right answers."""
    signed = np.where(wanted > 0.5, logits, -logits)
    return float(np.logaddexp(0.0, -signed).mean()), float((signed > 0).mean())
