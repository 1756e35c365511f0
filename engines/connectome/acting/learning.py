"""Learning to act from what one has lived through, while one foretells what is seen later.

After Fang & Stachenfeld 2024: deep Q learning, with a second error of the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.connectome.acting import places
from engines.connectome.acting.networks import (
    HEAD,
    Networks,
    drawn,
    foretelling_errors,
    looked_up,
    value_errors,
)
from engines.lab.data.task import rng_of
from engines.lab.training import one_thread

ARMS = ("nothing foretold", "later place", "other places")
NOTHING, LATER, OTHER = range(len(ARMS))
N_NUMBERS, BATCH, RATE, DISCOUNT, CHANCE = 24, 32, 3e-3, 0.9, 0.3
"""Numbers of a pattern; examples of a step; its size; gamma; how often a move is random."""
RENEWED, LONGEST = 50, 40
"""Steps after which the values that are learnt from are copied; moves until one begins anew."""


@dataclass(eq=False)
class Lived:
    """What every network has lived through: int64[network, step], filled up to ``n``."""

    at: np.ndarray
    move: np.ndarray
    then: np.ndarray
    episode: np.ndarray
    n: int = 0

    @classmethod
    def empty(cls, n_nets: int, n_steps: int) -> Lived:
        """Room for so many steps."""
        at, move, then, episode = np.zeros((4, n_nets, n_steps), np.int64)
        return cls(at, move, then, episode)

    def add(self, at: np.ndarray, move: np.ndarray, then: np.ndarray, episode: np.ndarray) -> None:
        """One step of every network."""
        for kept, new in ((self.at, at), (self.move, move), (self.then, then),
                          (self.episode, episode)):  # fmt: skip
            kept[:, self.n] = new
        self.n += 1

    def later(self, picked: np.ndarray, n_on: np.ndarray) -> np.ndarray:
        """int64[network, example]: the place ``n_on`` >= 1 moves on, or where the episode ended.

        Of an episode that is not over, the last place so far.
        """
        so_far = torch.as_tensor(self.episode[:, : self.n]).contiguous()
        number = so_far[:, picked].contiguous()
        last = torch.searchsorted(so_far, number, right=True).numpy() - 1
        return np.take_along_axis(self.then, np.minimum(picked + n_on - 1, last), axis=1)


class Learners:
    """Networks of all arms, [arm x network]; of one number they begin alike and draw alike."""

    def __init__(self, n_nets: int, side: int, n_units: int, seed: int) -> None:
        """Patterns of places and first weights."""
        self.n, self.side = len(ARMS) * n_nets, side
        self.rng = rng_of(seed)
        self.draws = torch.Generator().manual_seed(seed % 2**63)
        pattern = torch.randn(n_nets, side * side, N_NUMBERS, generator=self.draws)
        self.patterns = pattern.repeat(len(ARMS), 1, 1)
        self.nets = drawn(len(ARMS), n_nets, N_NUMBERS, n_units, len(places.MOVES), self.draws)
        self.left = torch.ones(n_units)
        self.moved = places.moved(side)

    def same(self, values: np.ndarray) -> np.ndarray:
        """The same draws in all arms: [network] to [arm x network]."""
        return np.tile(values, len(ARMS))

    @torch.no_grad()
    def codes(self) -> Tensor:
        """float32[arm x network, place, unit], units that are cut at 0."""
        with one_thread():
            return self.nets.codes(self.patterns) * self.left

    @torch.no_grad()
    def worth(self) -> np.ndarray:
        """float32[arm x network, place, move]."""
        with one_thread():
            return self.nets.worth(self.codes()).numpy()

    def by_arm(self, values: np.ndarray) -> np.ndarray:
        """[arm x network, ...] to [arm, network, ...]."""
        return values.reshape(len(ARMS), -1, *values.shape[1:])

    def renew(self) -> None:
        """A new line for moves on the codes as they are."""
        weight, bias = self.nets.parts[HEAD]
        n_each = len(weight) // len(ARMS)
        new = torch.randn(n_each, *weight.shape[1:], generator=self.draws)
        with torch.no_grad():
            weight.copy_((0.1 * weight.shape[1] ** -0.5 * new).repeat(len(ARMS), 1, 1))
            bias.zero_()


@dataclass
class Walk:
    """Where every network is, int64[network], for how long, and in which episode."""

    at: np.ndarray
    age: np.ndarray
    episode: np.ndarray

    def step(self, who: Learners, best: np.ndarray, goal: int, lived: Lived) -> None:
        """The ``best`` move, or a random one; at the goal, or after long, one begins anywhere."""
        n_each = who.n // len(ARMS)
        random = who.same(who.rng.random(n_each)) < CHANCE
        any_move = who.same(who.rng.integers(0, len(places.MOVES), n_each))
        anew = who.same(who.rng.integers(0, who.side**2, n_each))
        move = np.where(random, any_move, best)
        then = who.moved[self.at, move]
        lived.add(self.at, move, then, self.episode)
        over = (then == goal) | (self.age + 1 >= LONGEST)
        self.at, self.age = np.where(over, anew, then), np.where(over, 0, self.age + 1)
        self.episode = self.episode + over


@dataclass(frozen=True, eq=False)
class Batch:
    """What is learnt from, int64[network, example]: places and moves of the past."""

    at: Tensor
    move: Tensor
    then: Tensor
    later: Tensor
    """The place that is foretold; for the last arm, those of other examples."""


def batch_of(who: Learners, lived: Lived, horizon: float) -> Batch:
    """The same steps of every network's own past."""
    picked = who.rng.integers(0, lived.n, BATCH)
    n_on = who.rng.geometric(1.0 - horizon, BATCH)
    later = who.by_arm(lived.later(picked, n_on))
    later[OTHER] = later[OTHER][:, who.rng.permutation(BATCH)]
    rows = (lived.at[:, picked], lived.move[:, picked], lived.then[:, picked])
    return Batch(*(torch.as_tensor(row) for row in (*rows, later.reshape(who.n, BATCH))))


def errors(
    who: Learners, before: Networks, batch: Batch, goal: int, weight: Tensor, fixed: Tensor | None
) -> Tensor:
    """float32[network] that is made small; codes that are ``fixed`` foretell nothing."""
    nets, paid = who.nets, (batch.then == goal).float()
    with torch.no_grad():
        then = looked_up(who.patterns if fixed is None else fixed, batch.then)
        best = before.worth(before.codes(then) if fixed is None else then).max(dim=2).values
    if fixed is not None:
        codes = looked_up(fixed, batch.at)
        return value_errors(nets, codes, batch.move, paid, best, DISCOUNT)
    codes = nets.codes(looked_up(who.patterns, batch.at))
    off = foretelling_errors(nets, codes, looked_up(who.patterns, batch.later))
    return value_errors(nets, codes, batch.move, paid, best, DISCOUNT) + weight * off


def learn(
    who: Learners, goal: int, n_steps: int, weight: float, horizon: float, *, frozen: bool = False
) -> Iterator[int]:
    """Act and learn for this goal, step by step; ``frozen``: only the line for moves learns.

    A place later is one move on, and a move further with odds of ``horizon`` each time.
    """
    optimiser = torch.optim.Adam(
        who.nets.parts[HEAD] if frozen else who.nets.parts, lr=RATE, fused=True
    )
    lived, n_each = Lived.empty(who.n, n_steps + BATCH), who.n // len(ARMS)
    start = who.same(who.rng.integers(0, who.side**2, n_each))
    walk = Walk(start, np.zeros_like(start), np.zeros_like(start))
    foretells = torch.tensor([0.0, weight, weight]).repeat_interleave(n_each)
    before, fixed = who.nets.copy(), who.codes() if frozen else None
    for step in range(1 - BATCH, n_steps + 1):
        with one_thread():
            walk.step(who, best_moves(who, walk.at, fixed), goal, lived)
            if step < 1:
                continue
            optimiser.zero_grad()
            batch = batch_of(who, lived, horizon)
            errors(who, before, batch, goal, foretells, fixed).sum().backward()
            optimiser.step()
        if step % RENEWED == 0:
            before = who.nets.copy()
        yield step


@torch.no_grad()
def best_moves(who: Learners, at: np.ndarray, fixed: Tensor | None) -> np.ndarray:
    """int64[network]: the move that is said to be worth most, at places int64[network]."""
    here = torch.as_tensor(at)[:, None]
    codes = (
        who.nets.codes(looked_up(who.patterns, here)) if fixed is None else looked_up(fixed, here)
    )
    return who.nets.worth(codes)[:, 0].argmax(dim=1).numpy()
