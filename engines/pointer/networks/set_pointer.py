"""A pointer over sets: an encoder that no order of the points can change, a causal decoder.

Attention as in Vaswani et al. 2017, normalised before each block (Xiong et al. 2020); the encoder
has no positions, so renaming the points renames the answer (Lee et al. 2019, Set Transformer).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.pointer.networks.base import Memory, taken


class Attention(nn.Module):
    """Multi-head attention with keys that can be kept."""

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.key_value = nn.Linear(d_model, 2 * d_model, bias=False)
        self.out = nn.Linear(d_model, d_model)

    def keys(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values float[batch, head, position, d_head] of what is attended to."""
        key, value = self.key_value(x).chunk(2, dim=-1)
        return self.heads(key), self.heads(value)

    def forward(self, x: Tensor, kept: tuple[Tensor, Tensor], *, causal: bool = False) -> Tensor:
        """Attend from x[batch, position, d_model] to keys and values."""
        query = self.heads(self.query(x))
        mixed = fn.scaled_dot_product_attention(query, *kept, is_causal=causal)
        return self.out(mixed.transpose(1, 2).flatten(2))

    def weights(self, x: Tensor, kept: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """Probabilities float[batch, head, looking, looked at]; of itself without ``kept``."""
        query, (key, _) = self.heads(self.query(x)), kept or self.keys(x)
        return (query @ key.transpose(-1, -2) / key.shape[-1] ** 0.5).softmax(dim=-1)

    def heads(self, x: Tensor) -> Tensor:
        """x[batch, position, d_model] as [batch, head, position, d_head]."""
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)


class FeedForward(nn.Sequential):
    """Two layers on each position alone."""

    def __init__(self, d_model: int) -> None:
        super().__init__(
            nn.LayerNorm(d_model),
            nn.Linear(d_model, 4 * d_model),
            nn.ReLU(),
            nn.Linear(4 * d_model, d_model),
        )


class EncoderLayer(nn.Module):
    """All points look at all points."""

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.feed_forward = FeedForward(d_model)

    def forward(self, x: Tensor) -> Tensor:
        """x[batch, point, d_model] to the same."""
        normed = self.norm(x)
        x = x + self.attention(normed, self.attention.keys(normed))
        return x + self.feed_forward(x)


class DecoderLayer(nn.Module):
    """Steps look at earlier steps, then at the points."""

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.attention = Attention(d_model, n_heads)
        self.cross_norm = nn.LayerNorm(d_model)
        self.cross = Attention(d_model, n_heads)
        self.feed_forward = FeedForward(d_model)

    def forward(self, x: Tensor, memory: tuple[Tensor, Tensor]) -> Tensor:
        """All steps at once: x[batch, step, d_model]."""
        normed = self.norm(x)
        x = x + self.attention(normed, self.attention.keys(normed), causal=True)
        x = x + self.cross(self.cross_norm(x), memory)
        return x + self.feed_forward(x)

    def looks(self, x: Tensor, memory: tuple[Tensor, Tensor]) -> Tensor:
        """Where each step looks among the points: float[batch, head, step, point]."""
        normed = self.norm(x)
        x = x + self.attention(normed, self.attention.keys(normed), causal=True)
        return self.cross.weights(self.cross_norm(x), memory)

    def step(
        self, x: Tensor, memory: tuple[Tensor, Tensor], past: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """One step more: x[batch, 1, d_model] and the keys of the steps before it."""
        normed = self.norm(x)
        key, value = self.attention.keys(normed)
        kept = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        x = x + self.attention(normed, kept)
        x = x + self.cross(self.cross_norm(x), memory)
        return x + self.feed_forward(x), kept


class Inside(NamedTuple):
    """What a set pointer holds while it answers under teacher forcing."""

    points: list[Tensor]
    """Of every encoder layer, the embedding first: float[batch, point, d_model]."""
    steps: list[Tensor]
    """Of every decoder layer, its input first: float[batch, step, d_model]."""
    between: Tensor
    """Encoder attention float[batch, layer, head, point, point]."""
    at: Tensor
    """Where the decoder looks among the points: float[batch, layer, head, step, point]."""


class SetPointer(nn.Module):
    """Points in, pointers out; equivariant to any order of the points."""

    def __init__(
        self,
        *,
        d_features: int = 2,
        d_model: int = 128,
        n_heads: int = 8,
        n_encoder: int = 3,
        n_decoder: int = 2,
    ) -> None:
        super().__init__()
        self.embed = nn.Linear(d_features, d_model)
        self.encoder = nn.ModuleList(EncoderLayer(d_model, n_heads) for _ in range(n_encoder))
        self.encoder_norm = nn.LayerNorm(d_model)
        self.decoder = nn.ModuleList(DecoderLayer(d_model, n_heads) for _ in range(n_decoder))
        self.decoder_norm = nn.LayerNorm(d_model)
        self.last = nn.Linear(d_model, d_model, bias=False)
        self.first = nn.Linear(d_model, d_model)
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.key = nn.Linear(d_model, d_model, bias=False)
        self.start = nn.Parameter(torch.randn(d_model) * d_model**-0.5)
        self.stop = nn.Parameter(torch.randn(d_model) * d_model**-0.5)

    def encode(self, features: Tensor) -> Memory:
        """Read the points; keys and values of the decoder's layers are kept in ``extra``."""
        # Centred, so that the first layer need not learn where the unit square lies.
        x = self.embed(2.0 * features - 1.0)
        for layer in self.encoder:
            x = layer(x)
        x = self.encoder_norm(x)
        rows = x.shape[0], 1, -1
        keys = torch.cat([self.key(x), self.stop.expand(*rows)], dim=1)
        inputs = torch.cat([x, self.start.expand(*rows)], dim=1)
        return Memory(keys, inputs, tuple(layer.cross.keys(x) for layer in self.layers()))

    def begin(self, memory: Memory) -> Any:
        """No step so far, and no first choice."""
        n_instances = memory.keys.shape[0]
        empty = memory.extra[0][0][:, :, :0] if memory.extra else memory.keys[:, None, :0]
        first = torch.full((n_instances,), -1, dtype=torch.int64, device=memory.keys.device)
        return (first, tuple((empty, empty) for _ in self.decoder))

    def step(self, memory: Memory, state: Any, previous: Tensor) -> tuple[Tensor, Any]:
        """One choice more."""
        first, past = state
        first = torch.where(first < 0, previous, first)
        x = self._fed(memory, previous.unsqueeze(1), first.unsqueeze(1))
        kept = []
        for layer, crossed, before in zip(self.layers(), memory.extra, past, strict=True):
            x, now = layer.step(x, crossed, before)
            kept.append(now)
        return self.pointed(memory, x)[:, 0], (first, tuple(kept))

    def teach(self, memory: Memory, previous: Tensor) -> Tensor:
        """All steps at once."""
        x = self._fed(memory, previous, _first(previous))
        for layer, crossed in zip(self.decoder, memory.extra, strict=True):
            x = layer(x, crossed)
        return self.pointed(memory, x)

    def forward(self, features: Tensor, previous: Tensor) -> Tensor:
        """Logits float[batch, step, point + 1] under teacher forcing."""
        return self.teach(self.encode(features), previous)

    def attention_maps(self, features: Tensor) -> Tensor:
        """Encoder attention float[batch, layer, head, point, point]."""
        return self._read(features)[1]

    def inside(self, features: Tensor, previous: Tensor) -> Inside:
        """States and attention at every layer, told what was chosen: int64[batch, step]."""
        points, between = self._read(features)
        memory = self.encode(features)
        x = self._fed(memory, previous, _first(previous))
        steps, at = [x], []
        for layer, crossed in zip(self.layers(), memory.extra, strict=True):
            at.append(layer.looks(x, crossed))
            x = layer(x, crossed)
            steps.append(x)
        return Inside(points, steps, between, torch.stack(at, dim=1))

    def _read(self, features: Tensor) -> tuple[list[Tensor], Tensor]:
        """States of the points, the embedding first, and the attention between them."""
        x, maps = self.embed(2.0 * features - 1.0), []
        states = [x]
        for layer in self.encoder:
            assert isinstance(layer, EncoderLayer)
            maps.append(layer.attention.weights(layer.norm(x)))
            x = layer(x)
            states.append(x)
        return states, torch.stack(maps, dim=1)

    def layers(self) -> list[DecoderLayer]:
        """The decoder's layers."""
        return [layer for layer in self.decoder if isinstance(layer, DecoderLayer)]

    def _fed(self, memory: Memory, last: Tensor, first: Tensor) -> Tensor:
        """What the decoder reads: the last choice and the first one."""
        rows = memory.inputs
        return self.last(taken(rows, last)) + self.first(taken(rows, first))

    def pointed(self, memory: Memory, x: Tensor) -> Tensor:
        """Logits float[batch, row, point + 1] of what the decoder says: x[batch, row, d_model]."""
        query = self.query(self.decoder_norm(x))
        return query @ memory.keys.transpose(1, 2) / memory.keys.shape[-1] ** 0.5


def _first(previous: Tensor) -> Tensor:
    """What each step is told was chosen first; it is known from the second step on."""
    first = previous[:, min(1, previous.shape[1] - 1)].unsqueeze(1).expand_as(previous)
    return torch.cat([previous[:, :1], first[:, 1:]], dim=1)
