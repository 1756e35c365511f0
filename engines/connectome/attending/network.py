"""A small causal transformer over spikes: every cell asks who fired, and how much that matters.

After Antoniades et al. 2024, Neuroformer: spikes are tokens of a cell and a lag, and cells to be
foretold attend to them. One layer, so that attention can be read as who listens to whom.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.connectome.attending.cells import WINDOW

D_MODEL = 16
_SHARP = 4.0
"""Scores at the start are small; so much faster they move from there."""
_BIAS = -1.7


class Attention(nn.Module):
    """Tokens [bin, cell x lag] to log odds of a spike [bin, cell].

    A cell's query is held against the keys of the spikes of the last bins and against a level of
    its own, where attention goes when nothing matters. Spikes carry a value that is read by the
    cell. Attention of all bins is two products, since scores do not depend on the bin.
    """

    def __init__(self, n_cells: int, n_heads: int = 1) -> None:
        super().__init__()
        self.n_cells, self.n_heads = n_cells, n_heads

        def drawn(n: int, scale: float) -> nn.Parameter:
            return nn.Parameter(scale * torch.randn(n_heads, n, D_MODEL))

        size = D_MODEL**-0.5
        self.query, self.key, self.key_lag = (
            drawn(n_cells, size), drawn(n_cells, size), drawn(WINDOW, 0.1)
        )  # fmt: skip
        self.read, self.value, self.value_lag = (
            drawn(n_cells, size), drawn(n_cells, size), drawn(WINDOW, 0.1)
        )  # fmt: skip
        self.level = nn.Parameter(torch.zeros(n_heads, n_cells))
        self.bias = nn.Parameter(torch.full((n_cells,), _BIAS))

    def maps(self) -> tuple[Tensor, Tensor]:
        """Scores and values [head, token, cell that asks]."""
        keys = (self.key[:, :, None] + self.key_lag[:, None]).flatten(1, 2)
        values = (self.value[:, :, None] + self.value_lag[:, None]).flatten(1, 2)
        scores = _SHARP * D_MODEL**-0.5 * keys @ self.query.transpose(1, 2)
        return scores, values @ self.read.transpose(1, 2)

    def forward(self, tokens: Tensor) -> Tensor:
        """Log odds of a spike [bin, cell]."""
        odds, value = self._odds()
        both = torch.cat([odds, odds * value]).permute(1, 0, 2).flatten(1)
        total, said = (tokens @ both).unflatten(1, (2, self.n_heads, -1)).unbind(1)
        return (said / (self.level.exp() + total)).sum(1) + self.bias

    def _odds(self) -> tuple[Tensor, Tensor]:
        """Odds and values [head, token, cell]."""
        scores, value = self.maps()
        return scores.exp(), value

    @torch.no_grad()
    def read_off(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Attention paid to a spike, and attention times value, [to, from]; sums over heads.

        Means over all spikes of the cell that is looked at; 0 where it never fired.
        """
        odds, value = self._odds()
        total = self.level.exp()[:, None] + tokens @ odds
        paid = odds * (tokens.T @ (1.0 / total))
        n_spikes = self._of_cells(tokens.sum(0)[None, :, None]).clamp(min=1.0)
        looked, carried = (
            (self._of_cells(part) / n_spikes).sum(0).T for part in (paid, paid * value)
        )
        return looked, carried

    def _of_cells(self, tokens: Tensor) -> Tensor:
        """[head, token, ...] summed over lags."""
        return tokens.unflatten(1, (-1, WINDOW)).sum(2)
