"""A network that points from every stop at the next one, told costs and directions of all pairs.

After Son et al. 2026 (RRNCO): attention whose scores are biased by what is known of a pair, and
stops that are embedded by their own rows and columns. Ours is far smaller, and is taught.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

D_PAIR = 4
"""Cost there, cost back, and the direction as cosine and sine."""


class BiasedBlock(nn.Module):
    """Attention between stops with a bias for each pair, then two layers on each stop."""

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norm, self.wide_norm = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.parts = nn.Linear(d_model, 3 * d_model, bias=False)
        self.bias = nn.Sequential(nn.Linear(D_PAIR, 16), nn.ReLU(), nn.Linear(16, n_heads))
        self.out = nn.Linear(d_model, d_model)
        self.wide, self.narrow = nn.Linear(d_model, 2 * d_model), nn.Linear(2 * d_model, d_model)

    def forward(self, x: Tensor, pairs: Tensor) -> Tensor:
        """x[tour, stop, d_model] and pairs[tour, stop, stop, 4] to the same as x."""
        query, key, value = (
            part.unflatten(-1, (self.n_heads, -1)).transpose(-3, -2)
            for part in self.parts(self.norm(x)).chunk(3, dim=-1)
        )
        scores = query @ key.transpose(-1, -2) / key.shape[-1] ** 0.5
        weights = (scores + self.bias(pairs).movedim(-1, -3)).softmax(dim=-1)
        x = x + self.out((weights @ value).transpose(-3, -2).flatten(-2))
        return x + self.narrow(self.wide(self.wide_norm(x)).relu())


class NextStop(nn.Module):
    """From pairs of stops to logits of which stop comes next."""

    def __init__(self, d_model: int = 32, n_heads: int = 4, n_layers: int = 2) -> None:
        super().__init__()
        self.leaving, self.coming = nn.Linear(D_PAIR, d_model), nn.Linear(D_PAIR, d_model)
        self.blocks = nn.ModuleList(BiasedBlock(d_model, n_heads) for _ in range(n_layers))
        self.norm = nn.LayerNorm(d_model)
        self.before, self.after = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.pair, self.judge = nn.Linear(D_PAIR, d_model), nn.Linear(d_model, 1)

    def forward(self, pairs: Tensor) -> Tensor:
        """Logits float[tour, next, stop] of pairs[tour, stop, next, 4]; none comes after itself."""
        n = pairs.shape[-2]
        x = self.leaving(pairs).relu().mean(-2) + self.coming(pairs).relu().mean(-3)
        for block in self.blocks:
            x = block(x, pairs)
        x = self.norm(x)
        both = self.before(x).unsqueeze(-2) + self.after(x).unsqueeze(-3) + self.pair(pairs)
        logits = self.judge(both.relu()).squeeze(-1)
        self_ = torch.eye(n, dtype=torch.bool, device=pairs.device)
        return logits.masked_fill(self_, -1e9).transpose(-1, -2)
