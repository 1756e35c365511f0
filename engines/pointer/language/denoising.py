"""Models that fill hidden places, each taught one way of hiding or all three, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engines.lab.training import Rule, Training, evenly_spaced, run, stack_from_seeds
from engines.lab.transformers.causal import Build, CausalTransformer
from engines.pointer.language.brackets import (
    DENOISERS,
    N_HIDDEN,
    N_TOKENS,
    READ,
    Denoiser,
    Gaps,
    hidden,
    split,
)

TAUGHT = (*DENOISERS, "mixture")
_BATCH, _N_TESTED, _RATE = 32, 150, 3e-3


@dataclass(frozen=True)
class Excess:
    """How far models are above the fewest nats there can be."""

    step: int
    fraction: float
    nats: np.ndarray | None
    """float64[taught, asked, seed]: per hidden token, above the least; None between looks."""


class Filler(nn.Module):
    """A causal transformer of which only what is filled in is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.model = CausalTransformer(N_TOKENS, READ, Build(d_model=32))

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits float[sequence, token, hidden] of int64[sequence, place]."""
        return self.model(tokens)[..., -N_HIDDEN:]


@dataclass(eq=False)
class Lessons:
    """Batches of every way of teaching: each network its own words."""

    words: list[np.ndarray]
    """Words to learn from, one set per seed."""
    seed: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Read and hidden tokens; seeds of one way follow each other, and share their words."""
        read, wanted = [], []
        for taught in TAUGHT:
            for k, words in enumerate(self.words):
                draw = np.random.Philox(key=[self.seed, k], counter=[0, 0, 4, step])
                rng = np.random.Generator(draw)
                chosen = words[rng.integers(0, len(words), _BATCH)]
                way = DENOISERS[step % len(DENOISERS)] if taught == "mixture" else taught
                gaps = Gaps(chosen, hidden(way, _BATCH, rng))  # type: ignore[arg-type]
                read.append(gaps.read(way))  # type: ignore[arg-type]
                wanted.append(gaps.filled)
        return torch.from_numpy(np.stack(read)), torch.from_numpy(np.stack(wanted))


def learning(*, n_seeds: int, n_steps: int, n_looks: int, seed: int) -> Iterator[Excess]:
    """Train every way of all seeds together; one seed begins alike in every way."""
    seeds = range(seed, seed + n_seeds)
    halves = [split(k) for k in seeds]
    stack = stack_from_seeds(Filler, list(seeds) * len(TAUGHT))
    lessons = Lessons([learnt for learnt, _ in halves], seed)
    training = Training(stack, lessons, rule=Rule(optimiser="Adam", learning_rate=_RATE))
    tests: dict[Denoiser, list[Gaps]] = {
        way: [_test(kept, way, k) for (_, kept), k in zip(halves, seeds, strict=True)]
        for way in DENOISERS
    }
    least = np.array([[each.least_nats().mean() for each in gaps] for gaps in tests.values()])
    for pause in run(training, evenly_spaced(n_steps, n_looks)):
        nats = (said(training, tests) - least) / N_HIDDEN if pause.scheduled else None
        yield Excess(pause.step, pause.fraction, nats)


def _test(kept: np.ndarray, way: Denoiser, seed: int) -> Gaps:
    rng = np.random.Generator(np.random.Philox(key=[seed, 158 + DENOISERS.index(way)]))
    return Gaps(kept[rng.integers(0, len(kept), _N_TESTED)], hidden(way, _N_TESTED, rng))


def said(training: Training, tests: dict[Denoiser, list[Gaps]]) -> np.ndarray:
    """Mean nats of all that is hidden in a word: float64[taught, asked, seed].

    Who was taught one way is told that one, whatever is asked; the mixture is told what is asked.
    """
    found = []
    for asked, gaps in tests.items():
        read = [each.read(asked if taught == "mixture" else taught)  # type: ignore[arg-type]
                for taught in TAUGHT for each in gaps]  # fmt: skip
        logits = training.outputs(torch.from_numpy(np.stack(read)), own=True)
        hidden_there = torch.from_numpy(np.stack([each.filled for each in gaps]))
        wanted = hidden_there.repeat(len(TAUGHT), 1, 1)
        logp = logits.log_softmax(dim=-2).gather(-2, wanted[..., None, :])[..., 0, :]
        nats = -logp.sum(dim=-1).mean(dim=-1).double().numpy()
        found.append(nats.reshape(len(TAUGHT), len(gaps)))
    return np.stack(found, axis=1)
