"""A recurrent relational network: peers tell each other, step by step (Palm et al. 2018).

Every cell holds a state. In each step every peer sends a message, messages are summed, and an LSTM
takes the sum and what is given in the cell; after each step each cell names its digits' logits.

A message is ``W relu(P h_i + Q h_j + r)`` with ``r`` for what the two cells share. Since W is
linear it is taken out of the sum, so edges need no matrix product, and everything that is linear
in a cell's state is one product for all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from engines.pointer.boards.messages import Told
from engines.pointer.boards.shape import RELATIONS, Shape

D_EMBED = 16


class RelationalNet(torch.nn.Module):
    """Boards of one shape in, logits of every cell after every step out."""

    peers: torch.Tensor
    relations: torch.Tensor
    row: torch.Tensor
    column: torch.Tensor

    def __init__(self, shape: Shape, d_hidden: int = 48, *, absolute: bool = False) -> None:
        """``absolute`` tells cells their row and column; else they know only what peers share."""
        super().__init__()
        self.shape, self.d_hidden, self.absolute = shape, d_hidden, absolute
        self.digit = torch.nn.Embedding(shape.n + 1, D_EMBED)
        n_embedded = D_EMBED
        if absolute:
            self.at_row = torch.nn.Embedding(shape.n, D_EMBED)
            self.at_column = torch.nn.Embedding(shape.n, D_EMBED)
            n_embedded += 2 * D_EMBED
        self.look = torch.nn.Sequential(
            torch.nn.Linear(n_embedded, d_hidden),
            torch.nn.ReLU(),
            torch.nn.Linear(d_hidden, d_hidden),
        )
        self.of_state = torch.nn.Linear(d_hidden, 6 * d_hidden)
        self.shared = torch.nn.Embedding(len(RELATIONS), d_hidden)
        self.of_heard = torch.nn.Linear(d_hidden, d_hidden)
        self.of_given = torch.nn.Linear(d_hidden, d_hidden, bias=False)
        self.of_read = torch.nn.Linear(d_hidden, 4 * d_hidden, bias=False)
        self.answer = torch.nn.Linear(d_hidden, shape.n)
        torch.nn.init.normal_(self.shared.weight, std=0.1)
        # At first what is known is kept (Jozefowicz, Zaremba & Sutskever 2015).
        torch.nn.init.ones_(self.of_state.bias[3 * d_hidden : 4 * d_hidden])
        self._know_places(shape)

    def _know_places(self, shape: Shape) -> None:
        row, column, _ = shape.unit_of()
        for name, value in (
            ("peers", shape.peers()),
            ("relations", shape.relations()),
            ("row", row),
            ("column", column),
        ):
            self.register_buffer(name, torch.from_numpy(np.asarray(value)), persistent=False)

    def given(self, boards: torch.Tensor) -> torch.Tensor:
        """What a cell is told once: [board, cell, d]; boards int64[board, cell], 0 for a blank."""
        seen = [self.digit(boards)]
        if self.absolute:
            places = self.at_row(self.row), self.at_column(self.column)
            seen.extend(place.expand(len(boards), -1, -1) for place in places)
        return self.look(torch.cat(seen, dim=-1))

    def step(
        self, given: torch.Tensor, state: torch.Tensor, memory: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """State and memory one step later: both [board, cell, d]; given as ``of_given`` says it."""
        d = self.d_hidden
        own, sent, gates = self.of_state(state).split((d, d, 4 * d), dim=-1)
        shared = self.shared(self.relations).to(own.dtype)
        heard = Told.apply(own, sent, shared, self.peers)
        gates = gates + self.of_read(functional.relu(given + self.of_heard(heard)))
        opened, new = gates.float().split((3 * d, d), dim=-1)
        let_in, kept, out = torch.sigmoid(opened).chunk(3, dim=-1)
        memory = kept * memory + let_in * torch.tanh(new)
        return out * torch.tanh(memory), memory

    def states(self, boards: torch.Tensor, n_steps: int) -> list[torch.Tensor]:
        """States [board, cell, d], before the first step and after each."""
        seen = self.given(boards)
        given, state = self.of_given(seen), seen.float()
        memory, found = torch.zeros_like(state), [state]
        for _ in range(n_steps):
            state, memory = self.step(given, state, memory)
            found.append(state)
        return found

    def forward(self, boards: torch.Tensor, n_steps: int) -> list[torch.Tensor]:
        """Logits [board, cell, digit] after every step."""
        return [self.answer(state) for state in self.states(boards, n_steps)[1:]]

    def messages(self, state: torch.Tensor) -> torch.Tensor:
        """What every peer tells every cell: [board, cell, peer, d]."""
        own, sent, _ = self.of_state(state).split((self.d_hidden,) * 2 + (4 * self.d_hidden,), -1)
        told = functional.relu(sent[:, self.peers] + own.unsqueeze(2) + self.shared(self.relations))
        return functional.linear(told, self.of_heard.weight)


class PlainNet(torch.nn.Module):
    """The control: a whole board through two hidden layers at once, no messages."""

    def __init__(self, shape: Shape, d_hidden: int = 160) -> None:
        super().__init__()
        self.shape = shape
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(shape.n_cells * (shape.n + 1), d_hidden),
            torch.nn.ReLU(),
            torch.nn.Linear(d_hidden, d_hidden),
            torch.nn.ReLU(),
            torch.nn.Linear(d_hidden, shape.n_cells * shape.n),
        )

    def forward(self, boards: torch.Tensor, n_steps: int = 1) -> list[torch.Tensor]:
        """Logits [board, cell, digit], the same however many steps are asked."""
        hot = functional.one_hot(boards, self.shape.n + 1).float()
        out = self.layers(hot.flatten(1))
        return [out.view(len(boards), self.shape.n_cells, self.shape.n)] * n_steps


def step_loss(logits: list[torch.Tensor], answers: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy over steps, cells and boards; answers int64[board, cell] from 1."""
    target = (answers - 1).flatten()
    losses = [functional.cross_entropy(x.float().flatten(0, 1), target) for x in logits]
    return torch.stack(losses).mean()


@torch.no_grad()
def read(net: Any, boards: np.ndarray, n_steps: int, batch: int = 256) -> np.ndarray:
    """The likeliest digit of every cell after every step: int8[step, board, cell], from 1."""
    device = next(net.parameters()).device
    found = []
    for k in range(0, len(boards), batch):
        part = torch.from_numpy(boards[k : k + batch].astype(np.int64)).to(device)
        logits = net(part, n_steps)
        found.append(torch.stack([x.argmax(dim=-1) for x in logits]).to(torch.int8).cpu().numpy())
    return np.concatenate(found, axis=1) + 1
