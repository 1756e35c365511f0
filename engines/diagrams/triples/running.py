"""The run: memories learn triples and are read by drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.triples.asked import (
    ARMS,
    EMBEDDED,
    LEAST_EXPECTED,
    PLAN,
    RATE,
    TriplesSpec,
)
from engines.diagrams.triples.memory import EMBEDDINGS, Memory, shares
from engines.diagrams.triples.world import (
    divergence,
    independent,
    marginals,
    share_within,
    told,
    world,
)
from engines.lab.data.task import rng_of
from engines.lab.training import log_spaced, one_thread

_WORLDS, _WEIGHTS, _DRAWS = 50, 51, 52
_N_LOOKS = 7


@dataclass(eq=False)
class Memories:
    """Worlds of a run and what learns them, [arm x net]: embeddings learnt, and as drawn."""

    spec: TriplesSpec
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        """Draw worlds, what is told of them, and first weights."""
        spec, rng = self.spec, rng_of(self.spec.seed, _WORLDS)
        self.worlds = np.stack([world(rng) for _ in range(spec.n_nets)])
        self.told = np.stack([told(p, spec.n_triples, rng) for p in self.worlds])
        self.first = Memory(spec.n_nets, _torchs(spec.seed, _WEIGHTS))
        self.memory = Memory(0, _torchs(spec.seed, _WEIGHTS))
        self.memory.weights = {
            name: value.repeat(2, *(1 for _ in value.shape[1:])).requires_grad_()
            for name, value in self.first.weights.items()
        }
        self.target = torch.from_numpy(self.told).float().repeat(2, 1, 1, 1)
        self.optimiser = torch.optim.Adam(list(self.memory.weights.values()), lr=RATE)

    def learn(self) -> None:
        """One step on all that was told."""
        self.optimiser.zero_grad()
        (-(self.target * self.memory.table()).sum()).backward()
        for name in EMBEDDINGS:
            slope = self.memory.weights[name].grad
            assert slope is not None
            slope[self.spec.n_nets :] = 0.0
        self.optimiser.step()

    def look(self, step: int) -> np.ndarray:
        """float64[measure, arm, condition, net]."""
        n = self.spec.n_nets
        with torch.no_grad():
            learnt = self.memory.table().double().exp().numpy()
            first = self.first.table().double().exp().numpy()
        # One triple more, spread evenly: a symbol that was never told is not impossible.
        n_told = self.spec.n_triples
        alone = independent((self.told * n_told + 1.0 / self.told[0].size) / (n_told + 1.0))
        chances = (learnt[:n], learnt[n:], first, alone)
        drawn = self._drawn(step, alone)
        found = np.empty((2, len(ARMS), len(PLAN.conditions), n))
        for a, k in np.ndindex(len(ARMS), n):
            ours = (*marginals(chances[a][k]), chances[a][k])
            seen = (*marginals(drawn[a][k]), drawn[a][k])
            theirs = (*marginals(self.worlds[k]), self.worlds[k])
            least = (0.0, 0.0, 0.0, LEAST_EXPECTED)
            for c in range(len(theirs)):
                found[0, a, c, k] = divergence(theirs[c], ours[c])
                found[1, a, c, k] = share_within(seen[c], theirs[c], self.spec.n_draws, least[c])
        return found

    def _drawn(self, step: int, alone: np.ndarray) -> tuple[np.ndarray, ...]:
        """Shares of triples that each arm draws."""
        n, draws = self.spec.n_nets, self.spec.n_draws
        generator = _torchs(self.spec.seed, _DRAWS)
        learnt = shares(self.memory.draw(draws, generator)).numpy()
        first = shares(self.first.draw(draws, generator)).numpy()
        rng = rng_of(self.spec.seed, _DRAWS + 1 + step)
        return (learnt[:n], learnt[n:], first, np.stack([told(p, draws, rng) for p in alone]))


def _torchs(seed: int, place: int) -> torch.Generator:
    return torch.Generator().manual_seed(int(rng_of(seed, place).integers(2**62)))


def frames_of(spec: TriplesSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """A frame per step, the result last."""
    assert ARMS[0] == EMBEDDED
    empty = np.full((2, 1, len(ARMS), len(PLAN.conditions), 1), np.nan)
    frame = ArmsFrame(Looks(PLAN, np.zeros(1, np.int64), empty))
    yield frame
    made, seen, step = Memories(spec), [], 0
    steps = log_spaced(spec.n_steps, _N_LOOKS)
    for until in steps:
        with one_thread():
            while step < until:
                made.learn()
                step += 1
                yield replace(frame, fraction=step / spec.n_steps)
            seen.append(made.look(step))
        looks = Looks(PLAN, np.array(steps[: len(seen)]), np.stack(seen, 1))
        frame = ArmsFrame(looks, fraction=until / spec.n_steps)
        yield frame
    yield ArmsResult(spec, frame.looks)
