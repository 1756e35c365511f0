"""Convolutions with a normalisation and an activation behind each, as two things or as one.

Liu et al. 2020, Evolving normalization-activation layers, arXiv 2004.02967: EvoNorm-B0 and S0.
Ioffe and Szegedy 2015 (batch), Wu and He 2018 (groups).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.diagrams.normalising.asked import (
    B0,
    BATCHED,
    CHANNELS,
    EPSILON,
    MEMORY,
    OF_A_BATCH,
    PER_GROUP,
    S0,
    Kind,
)

_EACH, _ACROSS = (-2, -1), (1, 3, 4)


class Normalised(nn.Module):
    """Channels [picture, channel, row, column] to the same, normalised and passed on.

    Args:
        kind: what it does.
        n: channels.
        size: pictures that statistics of a batch are taken over; the batch is cut into as many
            parts as it takes, and what is remembered is their mean.
    """

    mean: Tensor
    variance: Tensor
    gain: Tensor
    shift: Tensor

    def __init__(self, kind: Kind, n: int, size: int) -> None:
        super().__init__()
        self.kind, self.size = kind, size
        for name, value in (("gain", 1.0), ("shift", 0.0)):
            self.register_parameter(name, nn.Parameter(torch.full((n, 1, 1), value)))
        if kind in (B0, S0):
            self.slope = nn.Parameter(torch.ones(n, 1, 1))
        if kind in OF_A_BATCH:
            self.register_buffer("mean", torch.zeros(n))
            self.register_buffer("variance", torch.ones(n))

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        if self.kind == BATCHED:
            mean, variance = self.of_batch(x)
            return torch.relu(self._scaled((x - mean) / (variance + EPSILON).sqrt()))
        if self.kind == B0:
            batch = (self.of_batch(x)[1] + EPSILON).sqrt()
            own = (x.var(_EACH, unbiased=False, keepdim=True) + EPSILON).sqrt()
            return self._scaled(x / torch.maximum(batch, self.slope * x + own))
        mean, variance = of_groups(x)
        deviation = (variance + EPSILON).sqrt()
        if self.kind == S0:
            return self._scaled(x * torch.sigmoid(self.slope * x) / deviation)
        return torch.relu(self._scaled((x - mean) / deviation))

    def _scaled(self, x: Tensor) -> Tensor:
        return x * self.gain + self.shift

    def of_batch(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance for every picture's channels: of its part, or as remembered."""
        if not self.training:
            return self.mean[:, None, None], self.variance[:, None, None]
        parts = x.unflatten(0, (-1, self.size))
        mean = parts.mean(_ACROSS)
        variance = parts.var(_ACROSS, unbiased=False)
        with torch.no_grad():
            n = self.size * x.shape[-1] * x.shape[-2]
            self.mean.mul_(MEMORY).add_(mean.mean(0) * (1.0 - MEMORY))
            # Remembered without the bias of few numbers, as torch does.
            self.variance.mul_(MEMORY).add_(variance.mean(0) * (n / (n - 1) * (1.0 - MEMORY)))
        mean, variance = (v.repeat_interleave(self.size, 0) for v in (mean, variance))
        return mean[..., None, None], variance[..., None, None]


def of_groups(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of each picture's groups of four channels, for every channel."""
    groups = x.unflatten(-3, (-1, PER_GROUP))
    mean = groups.mean((-3, -2, -1), keepdim=True)
    variance = groups.var((-3, -2, -1), unbiased=False, keepdim=True)
    mean, variance = (v.expand_as(groups).flatten(-4, -3) for v in (mean, variance))
    return mean[..., :1, :1], variance[..., :1, :1]


class Reader(nn.Module):
    """Pictures of 8 x 8 as rows of 64 to logits: two normalised convolutions, a linear layer."""

    def __init__(self, kind: Kind, size: int, n_outputs: int) -> None:
        super().__init__()
        one, two = CHANNELS
        self.first = nn.Conv2d(1, one, 3, stride=2, padding=1, bias=False)
        self.norm = Normalised(kind, one, size)
        self.second = nn.Conv2d(one, two, 3, stride=2, padding=1, bias=False)
        self.norm_two = Normalised(kind, two, size)
        self.last = nn.Linear(two * 4, n_outputs)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        x = self.norm(self.first(x.unflatten(-1, (1, 8, 8))))
        return self.last(self.norm_two(self.second(x)).flatten(-3))
