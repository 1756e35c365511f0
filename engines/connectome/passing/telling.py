"""Networks that learn which of two graphs they see, whatever its nodes are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engines.connectome.passing.alike import Pair, Told, seen
from engines.lab.training import ArrayBatches, Rule, Training, one_thread, stack_from_seeds
from engines.lab.training.running import run
from engines.lab.training.training import outputs_of

WIDTH, N_EXAM, LEARNING_RATE = 16, 24, 0.01
TIE = 1e-3
"""Logits that lie closer than this are rounding: no answer, which counts a half."""
_PER_NEIGHBOUR = 1.0


class Telling(nn.Module):
    """Messages summed along the edges of every ego network, round by round; then their mean.

    Nodes are summed within an ego network and ego networks are averaged, so the answer cannot
    depend on what nodes are called, unless their features say.
    """

    def __init__(self, n_nodes: int, n_features: int, n_rounds: int) -> None:
        """Weights as torch draws them."""
        super().__init__()
        self.n_nodes = n_nodes
        self.first = nn.Linear(n_features, WIDTH)
        self.rounds = nn.ModuleList(nn.Linear(2 * WIDTH, WIDTH) for _ in range(n_rounds))
        self.ego, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Logits [graph, 2] of x[graph, ego, node, node + feature], as `alike.seen` makes them."""
        joined, features = x[..., : self.n_nodes], x[..., self.n_nodes :]
        there = features[..., :1]
        h = torch.relu(self.first(features)) * there
        for layer in self.rounds:
            heard = _PER_NEIGHBOUR * (joined @ h)
            h = torch.relu(layer(torch.cat([h, heard], dim=-1))) * there
        egos = torch.relu(self.ego(h.mean(dim=-2)))
        return self.out(egos.mean(dim=-2))


def renamed(
    rng: np.random.Generator, both: np.ndarray, n_copies: int, told: Told
) -> tuple[Tensor, Tensor]:
    """Copies of both graphs whose nodes are called otherwise, and which graph each is."""
    n, made = both.shape[1], []
    for _ in range(n_copies):
        for one in both:
            order = rng.permutation(n)
            made.append(seen(one[np.ix_(order, order)], told))
    return torch.from_numpy(np.stack(made)), torch.arange(2).repeat(n_copies)


def share_right(said: Tensor, wanted: Tensor) -> np.ndarray:
    """float64[net] of logits [net, example, 2]; what is no answer counts a half."""
    lead = (said[..., 1] - said[..., 0]) * (2 * wanted - 1)
    right = (lead > TIE).double() + 0.5 * (lead.abs() <= TIE).double()
    return right.mean(dim=1).numpy()


@dataclass(frozen=True, eq=False)
class Learnt:
    """What networks of one kind know of one pair.

    ``right`` float64[net] on graphs whose nodes have new names, ``learnt`` float64[net] on those
    they learnt from; ``moved`` is the largest change of a logit by new names, over all networks.
    """

    right: np.ndarray
    learnt: np.ndarray
    moved: float


def learn(
    pair: Pair, told: Told, *, n_rounds: int, n_steps: int, n_copies: int, n_nets: int, seed: int
) -> Iterator[float | Learnt]:
    """Shares of the way, then what was learnt. All kinds see the same names."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**55]))
    x, y = renamed(rng, pair.joined, n_copies, told)
    exam, wanted = renamed(rng, pair.joined, N_EXAM, told)
    n_features = x.shape[-1] - pair.n
    stack = stack_from_seeds(
        lambda: Telling(pair.n, n_features, n_rounds), range(seed, seed + n_nets)
    )
    rule = Rule(learning_rate=LEARNING_RATE)
    training = Training(stack, ArrayBatches(x, y), rule=rule, exact=False)
    for pause in run(training, [n_steps]):
        yield pause.fraction
    with one_thread():
        said, known = outputs_of(stack, exam).detach(), outputs_of(stack, x).detach()
    spread = said.unflatten(1, (N_EXAM, 2))
    moved = float((spread.amax(dim=1) - spread.amin(dim=1)).max())
    yield Learnt(share_right(said, wanted), share_right(known, y), moved)
