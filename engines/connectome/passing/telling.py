"""Networks that learn which of two graphs they see, whatever its nodes are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engines.connectome.passing.alike import Pair, Told, seen
from engines.lab.training import (
    ArrayBatches,
    Rule,
    Training,
    one_thread,
    seeds_apart,
    stack_from_seeds,
)
from engines.lab.training.running import run
from engines.lab.training.training import outputs_of

WIDTH, N_EXAM, LEARNING_RATE = 16, 24, 0.01
TIE = 1e-3
"""Logits that lie closer than this are rounding: no answer, which counts a half."""
_PER_NEIGHBOUR = 1.0
_N_REDRAWN = 200


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
    rng: np.random.Generator, both: np.ndarray, n_copies: int, learnt: Iterable[np.ndarray] = ()
) -> np.ndarray:
    """Copies bool[copy, node, node] of both graphs in turn, whose nodes are called otherwise.

    None is one of those learnt, unless no other was found: of some graphs there are few.
    """
    known, made = {one.tobytes() for one in learnt}, []
    for one in (*both,) * n_copies:
        named = _named(rng, one)
        for _ in range(_N_REDRAWN):
            if named.tobytes() not in known:
                break
            named = _named(rng, one)
        made.append(named)
    return np.stack(made)


def _named(rng: np.random.Generator, joined: np.ndarray) -> np.ndarray:
    order = rng.permutation(len(joined))
    return joined[np.ix_(order, order)]


def examples(copies: np.ndarray, told: Told) -> tuple[Tensor, Tensor]:
    """What is seen of both graphs' copies in turn, and which graph each is."""
    given = torch.from_numpy(np.stack([seen(one, told) for one in copies])).double()
    return given, torch.arange(2).repeat(len(copies) // 2)


def share_known(copies: np.ndarray, learnt: np.ndarray) -> float:
    """Share of the copies that are among those learnt, node by node."""
    known = {one.tobytes() for one in learnt}
    return float(np.mean([one.tobytes() in known for one in copies]))


def share_right(said: Tensor, wanted: Tensor) -> np.ndarray:
    """float64[net] of logits [net, example, 2]; what is no answer counts a half."""
    lead = (said[..., 1] - said[..., 0]) * (2 * wanted - 1)
    right = (lead > TIE).double() + 0.5 * (lead.abs() <= TIE).double()
    return right.mean(dim=1).numpy()


@dataclass(frozen=True, eq=False)
class Learnt:
    """What networks of one kind know of one pair.

    ``right`` float64[net] on graphs whose nodes have new names, ``learnt`` float64[net] on those
    they learnt from; ``moved`` is the largest change of a logit by new names, over all networks;
    ``known`` the share of the former that are among the latter, as few names are left.
    """

    right: np.ndarray
    learnt: np.ndarray
    moved: float
    known: float


def learn(
    pair: Pair, told: Told, *, n_rounds: int, n_steps: int, n_copies: int, n_nets: int, seed: int
) -> Iterator[float | Learnt]:
    """Shares of the way, then what was learnt. All kinds see the same names."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**55]))
    copies = renamed(rng, pair.joined, n_copies)
    asked = renamed(rng, pair.joined, N_EXAM, copies)
    (x, y), (exam, wanted) = examples(copies, told), examples(asked, told)
    n_features = x.shape[-1] - pair.n
    # Doubles: numbers learnt by heart are answered close to the middle, where the last bits of a
    # processor's single precision would decide.
    stack = stack_from_seeds(
        lambda: Telling(pair.n, n_features, n_rounds).double(), seeds_apart(seed, n_nets)
    )
    rule = Rule(learning_rate=LEARNING_RATE)
    training = Training(stack, ArrayBatches(x, y), rule=rule, exact=False)
    for pause in run(training, [n_steps]):
        yield pause.fraction
    with one_thread():
        said, known = outputs_of(stack, exam).detach(), outputs_of(stack, x).detach()
    spread = said.unflatten(1, (N_EXAM, 2))
    moved = float((spread.amax(dim=1) - spread.amin(dim=1)).max())
    right = share_right(said, wanted), share_right(known, y)
    yield Learnt(*right, moved, share_known(asked, copies))
