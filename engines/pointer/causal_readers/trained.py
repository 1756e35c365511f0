"""The readers of `written` with weights that are trained instead of written down.

Same tokens, same two blocks of disentangled attention (Alur et al. 2025), but the score matrices
start at random and a linear read-out is learnt with them. What no weights can do, no training
can: without scratch tokens a causal reader ends at or below the ceiling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.pointer.causal_readers.written import Fields, Questions, Reading, questions, stream

_BATCH = 64
_LEARNING_RATE = 0.03
_FALLING = 0.3
"""The rate falls to nothing in this last share of the steps."""
_SMALL = 0.1
"""Standard deviation of the first weights."""


class TrainedReader(nn.Module):
    """Two blocks of softmax(mask(h A h^T)) h, each appended, and a linear read-out."""

    def __init__(self, fields: Fields, reading: Reading, generator: torch.Generator) -> None:
        super().__init__()
        self.fields, self.reading = fields, reading

        def drawn(*shape: int) -> nn.Parameter:
            return nn.Parameter(_SMALL * torch.randn(*shape, generator=generator))

        width = fields.width
        self.first, self.second = drawn(width, width), drawn(2 * width, 2 * width)
        self.out = drawn(4 * width, fields.n_symbols)

    def forward(self, asked: Questions) -> Tensor:
        """Logits float[batch, place, symbol]."""
        told = stream(asked, self.fields, scratch=self.reading == "causal, scratch tokens")
        h = torch.from_numpy(told).float()
        for scores in (self.first, self.second):
            raw = h @ scores @ h.transpose(1, 2)
            if self.reading != "no mask":
                later = torch.ones(raw.shape[1:], dtype=torch.bool).triu(1)
                raw = raw.masked_fill(later, -torch.inf)
            h = torch.cat([h, raw.softmax(dim=-1) @ h], dim=2)
        return h[:, -self.fields.n :] @ self.out


@dataclass(frozen=True)
class Trained:
    """How far a reader has come."""

    step: int
    loss: float
    """Mean cross-entropy per symbol, in nats."""
    reader: TrainedReader


def training(
    n: int, n_symbols: int, reading: Reading, n_steps: int, seed: int
) -> Iterator[Trained]:
    """One step of Adam after another; equal seeds give equal weights on one thread."""
    generator = torch.Generator().manual_seed(seed % 2**63)
    rng = np.random.Generator(np.random.Philox(key=[seed, 1]))
    reader = TrainedReader(Fields(n, n_symbols), reading, generator)
    optimizer = torch.optim.Adam(reader.parameters(), lr=_LEARNING_RATE)
    for step in range(n_steps):
        left = (n_steps - step) / (_FALLING * n_steps)
        optimizer.param_groups[0]["lr"] = _LEARNING_RATE * min(1.0, left)
        asked = questions(rng, _BATCH, n, n_symbols)
        wanted = torch.from_numpy(asked.answer).flatten()
        loss = fn.cross_entropy(reader(asked).flatten(0, 1), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield Trained(step, float(loss.detach()), reader)


@torch.no_grad()
def right_by_place(reader: TrainedReader, n_instances: int, seed: int) -> np.ndarray:
    """Share of symbols right at each place float64[place], on strings never trained on."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2]))
    asked = questions(rng, n_instances, reader.fields.n, reader.fields.n_symbols)
    return (reader(asked).argmax(dim=-1).numpy() == asked.answer).mean(axis=0)
