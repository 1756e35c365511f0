"""Networks that differ in what they are told alone, taught side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.lab.training import Rule, Training, evenly_spaced, run, stack_from_seeds
from engines.pointer.cities.instances import Stops, gaps, pairs_of, pointed
from engines.pointer.cities.network import NextStop
from engines.pointer.cities.told import TOLD

_BATCH = 64


@dataclass(eq=False)
class Lessons:
    """Batches of every way of telling: each seed its own cities, the same in all of them."""

    pairs: Tensor
    """float[told, seed, instance, from, to, 4]."""
    following: Tensor
    """int64[seed, instance, stop]."""
    seed: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Pairs and which stop follows, [told x seed, instance, ...]."""
        draw = np.random.Philox(key=self.seed, counter=[0, 0, 5, step])
        n = self.pairs.shape[2]
        chosen = torch.from_numpy(np.random.Generator(draw).integers(0, n, _BATCH))
        x, y = self.pairs[:, :, chosen].flatten(0, 1), self.following[:, chosen]
        return x, y.repeat(len(self.pairs), 1, 1)


@dataclass(frozen=True)
class Taught:
    """How good tours are at a step."""

    step: int
    fraction: float
    gap: np.ndarray | None
    """float64[told, seed, instance] on cities that were not learnt from; None between looks."""
    tours: np.ndarray | None = None
    """int64[told, place] of the first of them, first seed."""


def learning(
    lessons: list[Stops], held_out: Stops, *, n_steps: int, n_looks: int, seed: int
) -> Iterator[Taught]:
    """Teach a network for each way of telling and seed; one seed begins alike in all of them."""
    pairs = np.stack([np.stack([pairs_of(each, told) for each in lessons]) for told in TOLD])
    following = torch.from_numpy(np.stack([each.following for each in lessons]))
    seeds = range(seed, seed + len(lessons))
    stack = stack_from_seeds(NextStop, list(seeds) * len(TOLD))
    rule = Rule(optimiser="Adam", learning_rate=3e-3)
    batches = Lessons(torch.from_numpy(pairs), following, seed)
    training = Training(stack, batches, rule=rule)
    for pause in run(training, evenly_spaced(n_steps, n_looks)):
        if pause.scheduled:
            gap, first = _examined(training, held_out, len(lessons))
            yield Taught(pause.step, pause.fraction, gap, first)
        else:
            yield Taught(pause.step, pause.fraction, None)


def _examined(training: Training, held_out: Stops, n_seeds: int) -> tuple[np.ndarray, np.ndarray]:
    asked = torch.from_numpy(np.stack([pairs_of(held_out, told) for told in TOLD]))
    said = training.outputs(asked.repeat_interleave(n_seeds, dim=0), own=True).numpy()
    n = len(held_out.best)
    found = np.stack([pointed(each) for each in said])
    gap = np.stack([gaps(held_out, each) for each in found])
    return gap.reshape(len(TOLD), n_seeds, n), found[::n_seeds, 0]
