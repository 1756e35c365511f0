"""A causal transformer of a few layers, plain enough to be stacked over seeds."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_SMALL = 0.02
"""Scale of first embeddings."""


class Block(nn.Module):
    """Causal attention, then two layers on each place (Vaswani et al. 2017), normalised before."""

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norm, self.wide_norm = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.parts = nn.Linear(d_model, 3 * d_model, bias=False)
        self.out = nn.Linear(d_model, d_model)
        self.wide, self.narrow = nn.Linear(d_model, 4 * d_model), nn.Linear(4 * d_model, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """x[sequence, place, d_model] to the same."""
        x = x + self.out(self._mixed(self.norm(x)))
        return x + self.narrow(self.wide(self.wide_norm(x)).relu())

    def _mixed(self, x: Tensor) -> Tensor:
        n = x.shape[-2]
        query, key, value = (
            part.unflatten(-1, (self.n_heads, -1)).transpose(-3, -2)
            for part in self.parts(x).chunk(3, dim=-1)
        )
        scores = query @ key.transpose(-1, -2) / key.shape[-1] ** 0.5
        later = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)
        weights = scores.masked_fill(later, -torch.inf).softmax(dim=-1)
        return (weights @ value).transpose(-3, -2).flatten(-2)


class CausalTransformer(nn.Module):
    """Tokens in, logits of the next token out, at every place."""

    def __init__(
        self,
        n_tokens: int,
        n_places: int,
        *,
        d_model: int = 64,
        n_heads: int = 4,
        n_layers: int = 2,
    ) -> None:
        super().__init__()
        self.token = nn.Embedding(n_tokens, d_model)
        self.place = nn.Parameter(_SMALL * torch.randn(n_places, d_model))
        self.blocks = nn.ModuleList(Block(d_model, n_heads) for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model)
        self.next = nn.Linear(d_model, n_tokens, bias=False)
        nn.init.normal_(self.token.weight, std=_SMALL)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits float[sequence, token, place] of int64[sequence, place]; cross-entropy's order."""
        x = self.token(tokens) + self.place[: tokens.shape[-1]]
        for block in self.blocks:
            x = block(x)
        return self.next(self.norm(x)).transpose(-1, -2)
