"""A convolution, a pool of two by two, a linear layer."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from engines.sorting.pooling.asked import (
    LARGEST,
    MEAN,
    MEANS,
    MIXED,
    N_CHANNELS,
    OF_SETS,
    RANDOM,
)
from engines.sorting.pooling.filters import means_of, order_sets, random_sets

_SIDE = 8


def patches(pictures: np.ndarray) -> np.ndarray:
    """Pictures [picture, 64] to float32[picture, window, 4, 9]: what a 3 x 3 kernel sees.

    A window is two by two places; beyond the edge are zeros.
    """
    padded = np.pad(pictures.reshape(-1, _SIDE, _SIDE), ((0, 0), (1, 1), (1, 1)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    cut = seen.reshape(-1, _SIDE // 2, 2, _SIDE // 2, 2, 9).transpose(0, 1, 3, 2, 4, 5)
    return np.ascontiguousarray(cut.reshape(len(pictures), -1, 4, 9), np.float32)


def sets_of(arm: str, seed: int) -> np.ndarray | None:
    """float64[channel, set, 4]: weights of the sums that an arm takes the largest of."""
    if arm == RANDOM:
        return random_sets(np.random.Generator(np.random.Philox(key=seed % 2**64)))
    if arm not in OF_SETS:
        return None
    return means_of(order_sets()) if arm == MEANS else order_sets()


def best_of(x: Tensor, sets: Tensor) -> Tensor:
    """[..., 4, channel] to [..., channel]: the largest sum over a channel's own sets."""
    with torch.no_grad():
        wins = torch.einsum("...pc,csp->...cs", x.detach(), sets).argmax(-1)
        weights = sets[torch.arange(len(sets), device=sets.device), wins]
    return (x * weights.mT).sum(-2)


class Pooling(nn.Module):
    """Patches [picture, window, 4, 9] to logits.

    Args:
        arm: how four numbers become one.
        n_outputs: classes.
    """

    sets: Tensor

    def __init__(self, arm: str, n_outputs: int) -> None:
        super().__init__()
        self.arm = arm
        self.kernel = nn.Linear(9, N_CHANNELS)
        self.last = nn.Linear(N_CHANNELS * _SIDE**2 // 4, n_outputs)
        # Drawn behind the weights, so that these are alike in all arms.
        drawn = int(torch.randint(2**31, ())) if arm == RANDOM else 0
        sets = sets_of(arm, drawn)
        if sets is not None:
            self.register_buffer("sets", torch.from_numpy(sets).float())

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return self.last(self.pooled(self.kernel(x)).flatten(-2))

    def pooled(self, x: Tensor) -> Tensor:
        """[picture, window, 4, channel] to [picture, window, channel], not below 0."""
        if self.arm in OF_SETS:
            return best_of(x, self.sets).relu()
        if self.arm == LARGEST:
            return x.max(-2).values.relu()
        if self.arm == MEAN:
            return x.mean(-2).relu()
        assert self.arm == MIXED
        half = N_CHANNELS // 2
        parts = (x[..., :half].max(-2).values, x[..., half:].mean(-2))
        return torch.cat(parts, -1).relu()
