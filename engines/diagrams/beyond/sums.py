"""Sums by a workspace whose content three modules may write, routed by an LSTM.

Chateau-Laurent and VanRullen 2025, Learning to chain operations by routing information through a
global workspace, arXiv 2503.01906: input, increment and hold; here on one-hot numbers.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.diagrams.beyond.asked import (
    BEYOND,
    HELD,
    LEARNT,
    LSTM,
    N_HELD_SUMS,
    N_HIDDEN,
    ROUTER,
    ROUTER_BOTH,
    SUMS,
    TOP,
)
from engines.diagrams.beyond.cells import Linear, Lstm

N_NUMBERS = 2 * TOP + 1
N_TURNS = TOP + 2
"""One for the input, one for each increment, one to spare."""
_LEAST = 1e-6


def parts(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """int64[sum, addend] of what is learnt, of what is held out, and of larger sums.

    With 0 no sum is held out, so that every second addend is learnt with some first one.
    """
    every = np.array([(a, b) for a in range(TOP + 1) for b in range(TOP + 1)])
    small = every[every.sum(1) <= TOP]
    may = rng.permutation(np.flatnonzero(small.min(1) > 0))[:N_HELD_SUMS]
    held = np.isin(np.arange(len(small)), may)
    return {LEARNT: small[~held], HELD: small[held], BEYOND: every[every.sum(1) > TOP]}


def incremented(content: Tensor) -> Tensor:
    """One more: a number's share [..., number] moves up a place; what would leave is lost."""
    return fn.pad(content[..., :-1], (1, 0))


def routed(gates: Tensor, first: Tensor) -> Tensor:
    """What stands in the workspace after all turns, [..., number].

    Args:
        gates: shares of input, increment and hold in every turn, [turn, ..., 3].
        first: one-hot of what the input module holds, [..., number].
    """
    content = torch.zeros_like(first)
    for gate in gates:
        given = torch.stack([first, incremented(content), content], -2)
        content = (gate[..., None] * given).sum(-2)
    return content


class Adders:
    """All three kinds side by side, [arm x net]: one LSTM each, of one size.

    Routers hand shares to modules; the other says the sum itself after as many turns.
    """

    def __init__(self, n_nets: int, draw: torch.Generator) -> None:
        self.n_nets, n = n_nets, len(SUMS.arms) * n_nets
        hidden = N_HIDDEN["sums"]
        self.lstm = Lstm(n_nets, 2 * (TOP + 1), hidden, draw)
        self.gates = Linear(n_nets, hidden, 3, draw)
        self.answer = Linear(n_nets, hidden, N_NUMBERS, draw)
        # All arms begin with the same cells; a mask hides the first addend from the router.
        for layer in (self.lstm.reads, self.lstm.recalls):
            layer.weight, layer.bias = (
                v.detach().repeat(len(SUMS.arms), 1, 1).requires_grad_() for v in layer.weights
            )
        self.gates.weight, self.gates.bias = (
            v.detach().repeat(2, 1, 1).requires_grad_() for v in self.gates.weights
        )
        self.sees = torch.ones(n, 1, 2 * (TOP + 1))
        self.sees[:n_nets, :, : TOP + 1] = 0.0
        assert SUMS.arms == (ROUTER, ROUTER_BOTH, LSTM)

    @property
    def weights(self) -> list[Tensor]:
        """What is learnt."""
        return [*self.lstm.weights, *self.gates.weights, *self.answer.weights]

    def said(self, addends: Tensor) -> Tensor:
        """Log shares of the numbers: int64[net, sum, 2] to [arm x net, sum, number]."""
        one_hot = fn.one_hot(addends, TOP + 1).flatten(-2).float()
        x = one_hot.repeat(len(SUMS.arms), 1, 1) * self.sees
        read = self.lstm.reads(x)
        state = self.lstm.start(*x.shape[:2])
        n, spoken = 2 * self.n_nets, []
        for _ in range(N_TURNS):
            state = self.lstm.step(read, state)
            spoken.append(state[0])
        turns = torch.stack([self.gates(h[:n]) for h in spoken]).softmax(-1)
        first = fn.one_hot(addends[..., 0], N_NUMBERS).float().repeat(2, 1, 1)
        content = routed(turns, first)
        logs = fn.log_softmax(self.answer(spoken[-1][n:]), -1)
        return torch.cat([(content + _LEAST).log(), logs])

    def shares(self, addends: Tensor) -> Tensor:
        """What the routers give to modules, [turn, router, sum, 3]."""
        one_hot = fn.one_hot(addends, TOP + 1).flatten(-2).float()
        x = one_hot.repeat(len(SUMS.arms), 1, 1) * self.sees
        read, state = self.lstm.reads(x), self.lstm.start(*x.shape[:2])
        found = []
        for _ in range(N_TURNS):
            state = self.lstm.step(read, state)
            found.append(self.gates(state[0][: 2 * self.n_nets]).softmax(-1))
        return torch.stack(found)

    def losses(self, addends: Tensor) -> Tensor:
        """Cross-entropy of each, [arm x net]."""
        target = addends.sum(-1).repeat(len(SUMS.arms), 1)
        logs = self.said(addends)
        return -logs.gather(-1, target[..., None])[..., 0].mean(-1)

    @torch.no_grad()
    def right(self, addends: Tensor) -> np.ndarray:
        """float64[arm, net]: share of sums that are right."""
        target = addends.sum(-1).repeat(len(SUMS.arms), 1)
        hit = self.said(addends).argmax(-1) == target
        return hit.double().mean(-1).view(len(SUMS.arms), -1).numpy()
