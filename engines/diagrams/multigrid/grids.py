"""Kernels of 3 x 3 on a square grid, and the way to the grid of half as many points and back.

Grids held at 0 have the points between: 31, 15, 7, 3. Periodic ones have 32, 16, 8, 4.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as fn


def around(x: Tensor, kernel: Tensor, *, periodic: bool, stride: int = 1) -> Tensor:
    """Fields [field, row, column] weighed by a kernel [3, 3] around every point.

    With a stride of 2, around every second one: those that are on the coarser grid.
    """
    pad = "circular" if periodic else "constant"
    wide = fn.pad(x[:, None], (1, 1, 1, 1), mode=pad) if periodic or stride == 1 else x[:, None]
    if stride == 1:
        return fn.conv2d(wide, kernel[None, None])[:, 0]
    # As one product: a strided convolution for each of many networks is several times slower.
    near, n = fn.unfold(wide, 3, stride=stride), (wide.shape[-1] - 3) // stride + 1
    return (kernel.flatten() @ near).unflatten(-1, (n, n))


def finer(x: Tensor, kernel: Tensor, *, periodic: bool) -> Tensor:
    """Fields on the grid of twice as many intervals: every point spreads by a kernel [3, 3]."""
    each = x.flatten(1)[:, None] * kernel.flatten()[:, None]
    size = 2 * x.shape[-1] + 1
    wide = fn.fold(each, (size, size), 3, stride=2)[:, 0]
    if not periodic:
        return wide
    # What spreads beyond the first point comes in at the last.
    for dim in (-2, -1):
        first, rest, last = wide.split((1, wide.shape[dim] - 2, 1), dim)
        wide = torch.cat([rest, last + first], dim)
    return wide
