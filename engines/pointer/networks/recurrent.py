"""The LSTM networks of 2015: the pointer network, and the sequence-to-sequence baseline.

Vinyals, Fortunato and Jaitly 2015, Pointer networks. The pointer's score is v tanh(W1 e + W2 d)
and nothing is blended back: the attention is the output. The paper does not say how decoding
stops; like the public replications, one more key is learnt and pointed at.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engines.pointer.errors import OutputSizeError
from engines.pointer.networks.base import Memory, taken

_CHUNK = 4_000_000
"""Numbers of the additive score kept at a time: its tensor has steps x points x width of them."""


class Reader(nn.Module):
    """An LSTM over the points in the order they come, and one that says what comes next."""

    def __init__(
        self, d_features: int, d_model: int, *, embedded: bool, bidirectional: bool = False
    ) -> None:
        super().__init__()
        d_input = d_model if embedded else d_features
        self.embed = nn.Linear(d_features, d_model) if embedded else nn.Identity()
        d_way = d_model // 2 if bidirectional else d_model
        self.encoder = nn.LSTM(d_input, d_way, batch_first=True, bidirectional=bidirectional)
        self.decoder = nn.LSTM(d_input, d_model, batch_first=True)
        self.start = nn.Parameter(torch.empty(d_input))

    def read(self, features: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """Encodings of the points, decoder inputs, and the decoder's first state."""
        x = self.embed(features)
        encoded, (hidden, cell) = self.encoder(x)
        inputs = torch.cat([x, self.start.expand(len(x), 1, -1)], dim=1)
        joined = (hidden.transpose(0, 1).flatten(1), cell.transpose(0, 1).flatten(1))
        return encoded, inputs, joined

    def write(
        self, memory: Memory, state: tuple[Tensor, Tensor], previous: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Decoder outputs float[batch, step, d_model] for the choices before each step."""
        hidden, cell = (part.unsqueeze(0).contiguous() for part in state)
        out, (hidden, cell) = self.decoder(taken(memory.inputs, previous), (hidden, cell))
        return out, (hidden[0], cell[0])


class PtrNet(nn.Module):
    """The pointer network of 2015."""

    def __init__(
        self,
        *,
        d_features: int = 2,
        d_model: int = 256,
        attention: str = "additive",
        embedded: bool = False,
        bidirectional: bool = False,
    ) -> None:
        super().__init__()
        self.reader = Reader(d_features, d_model, embedded=embedded, bidirectional=bidirectional)
        self.additive = attention == "additive"
        self.key = nn.Linear(d_model, d_model, bias=False)
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.score = nn.Parameter(torch.empty(d_model))
        self.stop = nn.Parameter(torch.empty(d_model))
        as_in_the_paper(self)

    def encode(self, features: Tensor) -> Memory:
        """Read the points in their order."""
        encoded, inputs, state = self.reader.read(features)
        stops = self.stop.expand(len(encoded), 1, -1)
        return Memory(self.key(torch.cat([encoded, stops], dim=1)), inputs, state)

    def begin(self, memory: Memory) -> Any:
        """The encoder's last state."""
        return memory.extra

    def step(self, memory: Memory, state: Any, previous: Tensor) -> tuple[Tensor, Any]:
        """One choice more."""
        out, state = self.reader.write(memory, state, previous.unsqueeze(1))
        return self._pointed(memory.keys, out)[:, 0], state

    def teach(self, memory: Memory, previous: Tensor) -> Tensor:
        """All steps at once: one pass of the LSTM, then every score."""
        out, _ = self.reader.write(memory, memory.extra, previous)
        return self._pointed(memory.keys, out)

    def forward(self, features: Tensor, previous: Tensor) -> Tensor:
        """Logits float[batch, step, point + 1] under teacher forcing."""
        return self.teach(self.encode(features), previous)

    def _pointed(self, keys: Tensor, out: Tensor) -> Tensor:
        query = self.query(out)
        if not self.additive:
            return query @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5
        rows = max(1, _CHUNK // keys.numel())
        parts = [
            additive_scores(keys, query[:, k : k + rows], self.score)
            for k in range(0, query.shape[1], rows)
        ]
        return torch.cat(parts, dim=1)


class _AdditiveScores(torch.autograd.Function):
    """v tanh(k + q) in place: its tensor of tanh is the only large one, forward and backward."""

    @staticmethod
    def forward(ctx: Any, keys: Tensor, query: Tensor, v: Tensor) -> Tensor:
        """float[batch, step, point] of keys[batch, point, d], query[batch, step, d] and v[d]."""
        bent = (keys.unsqueeze(1) + query.unsqueeze(2)).tanh_()
        ctx.save_for_backward(bent, v)
        return bent @ v

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Tanh' = 1 - tanh^2; sums over what was broadcast."""
        (grad,) = grads
        bent, v = ctx.saved_tensors
        flat = bent.flatten(0, 2)
        to_v = flat.T @ grad.flatten()
        slope = torch.addcmul(bent.new_ones(()), bent, bent, value=-1.0)
        slope.mul_(grad.unsqueeze(-1))
        return slope.sum(dim=1) * v, slope.sum(dim=2) * v, to_v


def additive_scores(keys: Tensor, query: Tensor, v: Tensor) -> Tensor:
    """V tanh(key + query) for every step and point: float[batch, step, point]."""
    scores: Tensor = _AdditiveScores.apply(keys, query, v)  # type: ignore[assignment]
    return scores


class Seq2Seq(nn.Module):
    """The baseline of 2015: attention is blended in, and the output names a place in the input.

    Its output has a fixed size, so it answers up to the number of points it was trained for.
    """

    def __init__(
        self,
        *,
        d_features: int = 2,
        d_model: int = 256,
        n_max: int = 50,
        embedded: bool = False,
    ) -> None:
        super().__init__()
        self.n_max = n_max
        self.reader = Reader(d_features, d_model, embedded=embedded)
        self.key = nn.Linear(d_model, d_model, bias=False)
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.score = nn.Parameter(torch.empty(d_model))
        self.out = nn.Linear(2 * d_model, n_max + 1)
        as_in_the_paper(self)

    def encode(self, features: Tensor) -> Memory:
        """Read the points in their order.

        Raises:
            OutputSizeError: more points than the output has names for.
        """
        n = features.shape[1]
        if n > self.n_max:
            raise OutputSizeError(
                f"this sequence-to-sequence network names at most {self.n_max} points, got {n}; "
                "networks that point have no such limit"
            )
        encoded, inputs, state = self.reader.read(features)
        return Memory(self.key(encoded), inputs, (state, encoded))

    def begin(self, memory: Memory) -> Any:
        """The encoder's last state."""
        return memory.extra[0]

    def step(self, memory: Memory, state: Any, previous: Tensor) -> tuple[Tensor, Any]:
        """One choice more."""
        out, state = self.reader.write(memory, state, previous.unsqueeze(1))
        return self._named(memory, out)[:, 0], state

    def teach(self, memory: Memory, previous: Tensor) -> Tensor:
        """All steps at once."""
        out, _ = self.reader.write(memory, memory.extra[0], previous)
        return self._named(memory, out)

    def forward(self, features: Tensor, previous: Tensor) -> Tensor:
        """Logits float[batch, step, point + 1] under teacher forcing."""
        return self.teach(self.encode(features), previous)

    def _named(self, memory: Memory, out: Tensor) -> Tensor:
        n = memory.keys.shape[1]
        mixed = additive_scores(memory.keys, self.query(out), self.score)
        context = mixed.softmax(dim=-1) @ memory.extra[1]
        logits = self.out(torch.cat([out, context], dim=-1))
        return torch.cat([logits[..., :n], logits[..., -1:]], dim=-1)


def as_in_the_paper(net: nn.Module) -> None:
    """Every weight uniform in [-0.08, 0.08]."""
    for parameter in net.parameters():
        nn.init.uniform_(parameter, -0.08, 0.08)
