"""A perceptron whose layers pass on changes above a threshold, and hold what was passed on.

Yousefzadeh and Sifalakis 2021, Training for temporal sparsity, arXiv 2107.07305. Where a change is
0, its products with the next layer's weights need not be made.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from engines.diagrams.changes.asked import N_PIXELS, WIDTHS

_SOFT = 0.05
"""How far around a threshold a change still feels it, when thresholds learn."""
_PRODUCTS = torch.tensor([a * b for a, b in itertools.pairwise(WIDTHS)])


class Changing(nn.Module):
    """Videos [video, moment, pixel] to places [video, moment, 2].

    While it learns, places stand behind the pixels, and what comes back is its loss: squared error,
    and its price times the share of products that it makes.

    Args:
        price: of all products.
        start: what thresholds begin with.
        learns: whether thresholds learn.
    """

    price: Tensor
    learns: Tensor

    def __init__(self, price: float, start: float, *, learns: bool) -> None:
        super().__init__()
        sizes = list(itertools.pairwise(WIDTHS))
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in sizes])
        self.threshold = nn.Parameter(torch.full((len(sizes),), start))
        self.register_buffer("price", torch.tensor(price))
        self.register_buffer("learns", torch.tensor(float(learns)))

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        said, made = self.seen(x[..., :N_PIXELS])
        if not self.training:
            return torch.cat([said, made.expand_as(said[..., :1])], -1)
        error = (said - x[..., N_PIXELS:]).square().mean()
        return error + self.price * self.learns * made

    def seen(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Places, and the share of products that were made for them."""
        threshold = self.threshold.abs()
        threshold = self.learns * threshold + (1.0 - self.learns) * threshold.detach()
        held: list[Tensor] = [torch.zeros_like(x[..., 0, :1])] * len(self.layers)
        said, made = [], []
        for moment in range(x.shape[-2]):
            now = x[..., moment, :]
            for k, layer in enumerate(self.layers):
                passed, share = gated(now - held[k], threshold[k])
                held[k] = held[k] + passed
                now = layer(held[k])
                now = torch.relu(now) if k < len(self.layers) - 1 else now
                made.append(share)
            said.append(now)
        weight = _PRODUCTS.to(x).repeat(x.shape[-2])
        return torch.stack(said, -2), (torch.stack(made) * weight).sum() / weight.sum()


def gated(change: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor]:
    """What is passed of a change, and the share of it that is not 0.

    On the way back the gate counts as a sigmoid around the threshold.
    """
    size = change.abs()
    hard = ((size > threshold) & (size > 0)).to(change)
    soft = torch.sigmoid((size - threshold) / _SOFT)
    gate = soft + (hard - soft).detach()
    return gate * change, gate.mean()
