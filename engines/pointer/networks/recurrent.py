"""The LSTM networks of 2015: the pointer network, and the sequence-to-sequence baseline.

Vinyals, Fortunato and Jaitly 2015, Pointer networks. The pointer's score is v tanh(W1 e + W2 d)
and nothing is blended back: the attention is the output. The paper does not say how decoding
stops; like the public replications, one more key is learnt and pointed at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engines.pointer.errors import OutputSizeError
from engines.pointer.kernels import pointing
from engines.pointer.networks.base import Memory, taken

_CHUNK = 4_000_000
"""Numbers of the additive score made at a time where there is no kernel for it: on a GPU."""


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
        return additive_scores(keys, query, self.score)


class _AdditiveScores(torch.autograd.Function):
    """On the CPU: v tanh(key + query) by kernels that keep nothing of the size of all pairs."""

    @staticmethod
    def forward(ctx: Any, keys: Tensor, query: Tensor, v: Tensor) -> Tensor:
        """float32[batch, step, point] of keys[batch, point, d], query[batch, step, d] and v[d]."""
        a, b = pointing.exponentials(keys.numpy()), pointing.exponentials(query.numpy())
        out = np.empty((*query.shape[:2], keys.shape[1]), np.float32)
        pointing.scores(a, b, v.numpy(), out)
        ctx.exponentials = a, b
        ctx.save_for_backward(v)
        return torch.from_numpy(out)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of keys, query and v."""
        a, b = ctx.exponentials
        (v,) = ctx.saved_tensors
        to = [np.zeros(shape, np.float32) for shape in (a.shape, b.shape, (len(a), len(v)))]
        pointing.slopes(a, b, grads[0].contiguous().numpy(), *to)
        to_keys, to_query, to_v = map(torch.from_numpy, to)
        return to_keys * v, to_query * v, to_v.sum(dim=0)


def additive_scores(keys: Tensor, query: Tensor, v: Tensor) -> Tensor:
    """V tanh(key + query) for every step and point: float[batch, step, point]."""
    if _has_kernel(keys, query):
        from_kernel: Tensor = _AdditiveScores.apply(keys, query, v)  # type: ignore[assignment]
        return from_kernel
    rows = max(1, _CHUNK // keys.numel())
    parts = [
        (keys.unsqueeze(1) + query[:, k : k + rows].unsqueeze(2)).tanh() @ v
        for k in range(0, query.shape[1], rows)
    ]
    return torch.cat(parts, dim=1)


def _has_kernel(keys: Tensor, query: Tensor) -> bool:
    """Whether both are on the CPU, in single precision, and small enough for exponentials."""
    if keys.device.type != "cpu" or keys.dtype != torch.float32:
        return False
    return all(float(x.detach().abs().max()) < pointing.FARTHEST for x in (keys, query))


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
