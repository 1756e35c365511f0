"""A mixture of small experts: a router asks two of them about each digit."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.geometry.mixtures.spec import N_ACTIVE, N_EXPERTS

N_INPUTS, N_OUTPUTS = 64, 10
_EVEN = 0.1
EXPERT = ("keys", "key_bias", "values", "value_bias")
"""The parameters of experts, expert first."""


class Mixture(nn.Module):
    """Shazeer et al. 2017 without noise: softmax over the two largest logits of the router."""

    def __init__(self, width: int, apart: float = 1.0) -> None:
        super().__init__()

        def begun(*shape: int, scale: float) -> nn.Parameter:
            own, common = torch.randn(N_EXPERTS, *shape), torch.randn(1, *shape)
            mixed = apart**0.5 * own + (1.0 - apart) ** 0.5 * common
            return nn.Parameter(scale * mixed)

        self.router = nn.Parameter(0.1 * torch.randn(N_INPUTS, N_EXPERTS))
        self.keys = begun(N_INPUTS, width, scale=(2 / N_INPUTS) ** 0.5)
        self.key_bias = nn.Parameter(torch.zeros(N_EXPERTS, width))
        self.values = begun(width, N_OUTPUTS, scale=(1 / width) ** 0.5)
        self.value_bias = nn.Parameter(torch.zeros(N_EXPERTS, N_OUTPUTS))

    def forward(self, pair: Tensor) -> Tensor:
        """The loss on inputs and a label [example, input + 1]: cross entropy, and even use."""
        x, y = pair[:, :-1], pair[:, -1].long()
        uneven = (self.asked(x).mean(0) - 1 / N_EXPERTS).square().sum()
        return nn.functional.cross_entropy(self.said(x), y) + _EVEN * uneven

    def said(self, x: Tensor) -> Tensor:
        """Logits of [example, input]."""
        held = torch.einsum("ni,eih->neh", x, self.keys) + self.key_bias
        said = torch.einsum("neh,ehk->nek", held.relu(), self.values) + self.value_bias
        return (self.asked(x)[..., None] * said).sum(1)

    def asked(self, x: Tensor) -> Tensor:
        """How much each expert counts: [example, expert], two of them more than 0."""
        logits = x @ self.router
        least = logits.topk(N_ACTIVE, dim=-1).values[..., -1:]
        return logits.masked_fill(logits < least, -torch.inf).softmax(dim=-1)
