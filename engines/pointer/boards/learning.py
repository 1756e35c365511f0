"""Training with a loss after every step, one update at a time, and the plain network beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from engines.pointer.boards.making import all_grids, puzzles
from engines.pointer.boards.network import PlainNet, RelationalNet, step_loss
from engines.pointer.boards.shape import SHAPES, Shape

FOUR = "4 x 4"
N_TRAINED = 216
"""Of the 288 grids; boards of the other 72 are the test."""
FEWEST, MOST = 4, 8
"""Givens of training boards, drawn evenly."""


@dataclass(frozen=True)
class Split:
    """Grids int8[grid, cell] to learn from, and those held out."""

    learnt: np.ndarray
    held_out: np.ndarray


def split(seed: int) -> Split:
    """All 4 x 4 grids, 216 to learn from and 72 held out, by lot."""
    grids = all_grids(SHAPES[FOUR])
    order = np.random.Generator(np.random.Philox(key=[seed, 288])).permutation(len(grids))
    return Split(grids[order[:N_TRAINED]], grids[order[N_TRAINED:]])


def boards_of(
    shape: Shape, grids: np.ndarray, n: int, n_givens: int | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Puzzles with one answer, and their grids, drawn with replacement: int8[board, cell] each."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 7 if n_givens is None else n_givens]))
    answers = grids[rng.integers(0, len(grids), n)]
    wanted = rng.integers(FEWEST, MOST + 1, n) if n_givens is None else n_givens
    return puzzles(shape, answers, wanted, int(rng.integers(0, 2**62))), answers


class Learner:
    """A network, its optimiser, and a rate that falls along a cosine."""

    def __init__(self, net: Any, n_updates: int, learning_rate: float) -> None:
        self.net, self.n_updates = net, n_updates
        self.optimizer = torch.optim.Adam(net.parameters(), learning_rate)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, n_updates)

    def update(self, boards: np.ndarray, answers: np.ndarray, n_steps: int) -> float:
        """One batch; its loss before."""
        given, wanted = (torch.from_numpy(x.astype(np.int64)) for x in (boards, answers))
        loss = step_loss(self.net(given, n_steps), wanted)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        return float(loss.detach())


def learnt(
    learner: Learner, grids: np.ndarray, batch: int, n_steps: int, seed: int
) -> Iterator[float]:
    """The loss of every update; boards are drawn as they are needed, some batches at once."""
    shape, at_once = SHAPES[FOUR], 50
    for first in range(0, learner.n_updates, at_once):
        n = min(at_once, learner.n_updates - first)
        boards, answers = boards_of(shape, grids, n * batch, None, seed + 1_000_003 * (1 + first))
        for k in range(n):
            part = slice(k * batch, (k + 1) * batch)
            yield learner.update(boards[part], answers[part], n_steps)


def relational(d_hidden: int, positions: str, seed: int) -> RelationalNet:
    """A fresh network of 4 x 4 boards, drawn from a seed."""
    torch.manual_seed(seed)
    return RelationalNet(SHAPES[FOUR], d_hidden, absolute=positions == "absolute")


def plain(seed: int) -> PlainNet:
    """The control, drawn from the same seed."""
    torch.manual_seed(seed)
    return PlainNet(SHAPES[FOUR])
