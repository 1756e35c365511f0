"""A perceptron whose width comes with its input, and batches that say how wide it is.

Valipour et al. 2023, SortedNet, arXiv 2309.00255: at every step one of the nested networks is drawn
and learns; the first units are in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.cutting.asked import N_HIDDEN, WIDTHS
from engines.lab.training import OrderedBatches


class Widths(nn.Module):
    """[picture, a 1 for each unit that is there] to logits.

    Args:
        n_in: numbers of a picture.
        n_out: classes.
        width: that it begins with; output weights are as large as those of a network so wide.
    """

    def __init__(self, n_in: int, n_out: int, width: int = N_HIDDEN) -> None:
        super().__init__()
        self.n_in = n_in
        self.first = nn.Linear(n_in, N_HIDDEN)
        self.last = nn.Linear(N_HIDDEN, n_out)
        with torch.no_grad():
            for value in self.last.parameters():
                value.mul_((N_HIDDEN / width) ** 0.5)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        hidden = torch.relu(self.first(x[..., : self.n_in]))
        return self.last(hidden * x[..., self.n_in :])


@dataclass(eq=False)
class WidthBatches:
    """Examples with widths: of the networks that are drawn anew, and of those that stay."""

    inner: OrderedBatches
    fixed: Sequence[int]
    """Widths of the networks that stay, a block of as many networks as ``inner`` has for each."""
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs [net, example, ...] and targets; every block sees the same examples."""
        x, y = self.inner.batch(step)
        n = self.inner.n_nets
        every = torch.cat([drawn(self.inner.seed, step, n), torch.tensor(self.fixed)
                           .repeat_interleave(n)])  # fmt: skip
        blocks = 1 + len(self.fixed)
        x, y = x.repeat(blocks, 1, 1), y.repeat(blocks, 1)
        return torch.cat([x, units(every).to(x)[:, None].expand(-1, x.shape[1], -1)], -1), y


def drawn(seed: int, step: int, n_nets: int) -> Tensor:
    """int64[net]: widths of a step, a function of seed and step alone."""
    draw = np.random.Generator(np.random.Philox(key=seed % 2**64, counter=[0, 0, 3, step]))
    return torch.from_numpy(np.array(WIDTHS)[draw.integers(0, len(WIDTHS), n_nets)])


def units(widths: Tensor) -> Tensor:
    """float[..., unit]: 1 for the first so many units."""
    return (torch.arange(N_HIDDEN) < widths[..., None]).float()
