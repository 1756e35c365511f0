"""Two networks from a field to a field: one learns waves, the other what neighbours say.

Li et al. 2021, Fourier neural operator, arXiv 2010.08895; a kernel whose reach is a length and not
a number of points: Berner et al. 2025, arXiv 2506.10973.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.diagrams.operators.asked import KERNEL, N_CONVOLUTIONS, N_FOURIER, TRAINED, WIDTH


class _FieldToField(nn.Module):
    """A lift to channels, layers, and back to one number a point: [field, point] to the same."""

    def __init__(self, n_layers: int) -> None:
        super().__init__()
        self.lift = nn.Parameter(torch.randn(WIDTH, 1))
        self.lift_bias = nn.Parameter(torch.zeros(WIDTH, 1))
        self.drop = nn.Parameter(torch.randn(1, WIDTH) / math.sqrt(WIDTH))
        self.drop_bias = nn.Parameter(torch.zeros(1, 1))
        self.n_layers = n_layers

    def layer(self, k: int, v: Tensor) -> Tensor:
        """Channels [field, channel, point] to channels."""
        raise NotImplementedError

    def forward(self, field: Tensor) -> Tensor:
        """[field, point] to [field, point]."""
        v = self.lift @ field[..., None, :] + self.lift_bias
        for k in range(self.n_layers):
            v = self.layer(k, v)
            v = fn.gelu(v) if k < self.n_layers - 1 else v
        return (self.drop @ v + self.drop_bias)[..., 0, :]


class FourierOperator(_FieldToField):
    """Layers mix channels wave by wave, and point by point; both do not know the grid."""

    def __init__(self, n_modes: int) -> None:
        super().__init__(N_FOURIER)
        self.n_modes = n_modes
        for k in range(N_FOURIER):
            start = torch.randn(2, n_modes, WIDTH, WIDTH) / WIDTH
            self.register_parameter(f"waves{k}", nn.Parameter(start))
            mix = torch.randn(WIDTH, WIDTH) / math.sqrt(WIDTH)
            self.register_parameter(f"mix{k}", nn.Parameter(mix))
            self.register_parameter(f"bias{k}", nn.Parameter(torch.zeros(WIDTH, 1)))

    def layer(self, k: int, v: Tensor) -> Tensor:
        """See the class."""
        mix, bias = getattr(self, f"mix{k}"), getattr(self, f"bias{k}")
        return mixed_waves(v, getattr(self, f"waves{k}")) + mix @ v + bias


def mixed_waves(v: Tensor, weights: Tensor) -> Tensor:
    """Every wave's channels through its own matrix; waves that have none are left out.

    Written as products with cosines and sines: of few waves that is faster than a transform.

    Args:
        v: [field, channel, point].
        weights: [real or imaginary, wave, channel in, channel out].
    """
    n, n_modes = v.shape[-1], weights.shape[1]
    wave = torch.arange(n_modes, dtype=v.dtype, device=v.device)
    place = torch.arange(n, dtype=v.dtype, device=v.device) / n
    angle = 2.0 * math.pi * wave[:, None] * place
    cosine, sine = angle.cos(), angle.sin()
    real, imaginary = ((v @ part.T / n).movedim(-1, 0) for part in (cosine, -sine))
    a, b = weights[0], weights[1]
    # Of a real field each wave stands twice, but for the constant one and the finest.
    twice = 2.0 - ((wave == 0) | (2 * wave == n)).to(v.dtype)[:, None]
    up = (real @ a - imaginary @ b).movedim(0, -1) @ (twice * cosine)
    return up - (real @ b + imaginary @ a).movedim(0, -1) @ (twice * sine)


class Convolution(_FieldToField):
    """Layers of a kernel of 15 points around the circle.

    ``dilated`` spreads the kernel when the grid is finer than the one it was learnt on, so that it
    reaches as far; on a coarser one there is no such kernel.
    """

    def __init__(self, *, dilated: bool = False) -> None:
        super().__init__(N_CONVOLUTIONS)
        self.dilated = dilated
        for k in range(N_CONVOLUTIONS):
            bound = 1.0 / math.sqrt(WIDTH * KERNEL)
            kernel = (2.0 * torch.rand(WIDTH, WIDTH, KERNEL) - 1.0) * bound
            self.register_parameter(f"kernel{k}", nn.Parameter(kernel))
            self.register_parameter(f"bias{k}", nn.Parameter(torch.zeros(WIDTH)))

    def layer(self, k: int, v: Tensor) -> Tensor:
        """See the class."""
        apart = max(1, v.shape[-1] // TRAINED) if self.dilated else 1
        reach = apart * (KERNEL // 2)
        around = torch.cat([v[..., -reach:], v, v[..., :reach]], -1)
        kernel, bias = getattr(self, f"kernel{k}"), getattr(self, f"bias{k}")
        return fn.conv1d(around, kernel, bias, dilation=apart)
