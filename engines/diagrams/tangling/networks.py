"""A kernel for every channel, of a size that is weighed while it is learnt.

Sukthanker et al. 2023, Weight-entanglement meets gradient-based neural architecture search, arXiv
2312.10440: small kernels are the middle of the largest, and one sum of weights is applied once.
Liu et al. 2019, DARTS, arXiv 1806.09055: a kernel of its own for every size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.diagrams.tangling.asked import LENGTH, N_CHANNELS, SIZES, WIDEST


def middles() -> Tensor:
    """float[size, tap]: 1 where a kernel of a size has a tap, in the middle of the widest."""
    far = (torch.arange(WIDEST) - WIDEST // 2).abs()
    return torch.stack([(far <= size // 2).float() for size in SIZES])


def answers_of(x: Tensor, kernels: Tensor, mix: Tensor) -> Tensor:
    """Sequences [..., channel, place] and kernels [channel, tap] to answers [..., place].

    Every channel is correlated with its kernel around the circle, and tanh of it is mixed.
    """
    half = WIDEST // 2
    around = torch.cat([x[..., -half:], x, x[..., :half]], -1)
    shifted = torch.stack([around[..., k : k + LENGTH] for k in range(WIDEST)], -1)
    sums = torch.einsum("...clk,ck->...cl", shifted, kernels)
    return torch.einsum("...cl,c->...l", torch.tanh(sums), mix)


class Searching(nn.Module):
    """Learns weights from one half of a batch, and which size from the other.

    While it learns, batches are [sequence, half, channel, place] with answers as a last channel,
    and what comes back is the loss. ``lean`` is [channel, size]; the largest is chosen.

    Args:
        tangled: whether sizes share one kernel, else each has its own.
    """

    masks: Tensor

    def __init__(self, *, tangled: bool) -> None:
        super().__init__()
        # A kernel that has nothing outside of its size stores nothing there.
        taps = WIDEST if tangled else sum(SIZES)
        self.taps = nn.Parameter(torch.randn(N_CHANNELS, taps) / WIDEST**0.5)
        self.lean = nn.Parameter(torch.zeros(N_CHANNELS, len(SIZES)))
        self.mix = nn.Parameter(torch.ones(N_CHANNELS))
        self.register_buffer("masks", middles())
        self.tangled = tangled

    def kernels(self, taps: Tensor, lean: Tensor) -> Tensor:
        """[channel, tap]: the weighed sum of all sizes."""
        share = lean.softmax(-1)
        if self.tangled:
            return taps * (share @ self.masks)
        each = taps.split(SIZES, -1)
        wide = [nn.functional.pad(one, ((WIDEST - size) // 2,) * 2)
                for one, size in zip(each, SIZES, strict=True)]  # fmt: skip
        return torch.einsum("sck,cs->ck", torch.stack(wide), share)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        for_weights, for_sizes = x[:, 0], x[:, 1]
        learnt = self._loss(for_weights, self.kernels(self.taps, self.lean.detach()), self.mix)
        chosen = self.kernels(self.taps.detach(), self.lean)
        return learnt + self._loss(for_sizes, chosen, self.mix.detach())

    def _loss(self, x: Tensor, kernels: Tensor, mix: Tensor) -> Tensor:
        said = answers_of(x[:, :N_CHANNELS], kernels, mix)
        return (said - x[:, N_CHANNELS]).square().mean()


class Fixed(nn.Module):
    """The same with given sizes: ``mask`` [channel, tap] says which taps are there."""

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.taps = nn.Parameter(torch.randn(N_CHANNELS, WIDEST) / WIDEST**0.5)
        self.mix = nn.Parameter(torch.ones(N_CHANNELS))
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        """[sequence, channel, place] to answers [sequence, place]."""
        return answers_of(x, self.taps * self.mask, self.mix)
