"""Networks from right sides to solutions, fields [field, row, column] each.

He et al. 2023, MgNO, arXiv 2310.19809: a linear operator as cycles over coarser and coarser grids,
whose kernels learn.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.diagrams.multigrid.asked import (
    CNN,
    CYCLES,
    FIXED,
    FLAT,
    N_CHANNELS,
    N_CYCLES,
    N_INTERVALS,
    N_LEVELS,
    N_SWEEPS,
    N_WAVES,
    WAVES,
)
from engines.diagrams.multigrid.grids import around, finer

_START = 1 / 3
"""Kernels begin uniform up to this, as torch's convolutions of one channel do."""
EQUATION, BEFORE, AFTER, DOWN, UP = range(5)


def _kernels(*shape: int) -> nn.Parameter:
    return nn.Parameter((2.0 * torch.rand(*shape, 3, 3) - 1.0) * _START)


class Cycles(nn.Module):
    """V-cycles: smooth, solve what is left on a coarser grid, add it, smooth.

    ``kernels`` is [cycle, level, use, 3, 3] and ``coarsest`` [cycle, 3, 3].
    """

    def __init__(self, *, periodic: bool) -> None:
        super().__init__()
        self.kernels = _kernels(N_CYCLES, N_LEVELS - 1, 5)
        self.coarsest = _kernels(N_CYCLES)
        self.periodic = periodic

    def forward(self, f: Tensor) -> Tensor:
        """Right sides to solutions."""
        u = self._cycle(0, 0, f)
        for cycle in range(1, N_CYCLES):
            left = f - self._around(u, self.kernels[cycle, 0, EQUATION])
            u = u + self._cycle(cycle, 0, left)
        return u

    def _cycle(self, cycle: int, level: int, f: Tensor) -> Tensor:
        if level == N_LEVELS - 1:
            return self._end(cycle, f)
        own = self.kernels[cycle, level]
        u = self._around(f, own[BEFORE])
        left = around(f - self._around(u, own[EQUATION]), own[DOWN], periodic=self.periodic,
                      stride=2)  # fmt: skip
        u = u + finer(self._cycle(cycle, level + 1, left), own[UP], periodic=self.periodic)
        return u + self._around(f - self._around(u, own[EQUATION]), own[AFTER])

    def _end(self, cycle: int, f: Tensor) -> Tensor:
        """What the coarsest grid makes of its right side: one kernel."""
        return self._around(f, self.coarsest[cycle])

    def _around(self, x: Tensor, kernel: Tensor) -> Tensor:
        return around(x, kernel, periodic=self.periodic)


class Multigrid(Cycles):
    """V-cycles that solve on the coarsest grid, which no kernel of 3 x 3 can.

    ``inverse`` is [point, point]; around a torus, where a constant is free, the pseudoinverse.
    """

    inverse: Tensor

    def __init__(self, *, periodic: bool) -> None:
        super().__init__(periodic=periodic)
        size = N_INTERVALS // 2 ** (N_LEVELS - 1) - (not periodic)
        self.register_buffer("inverse", torch.zeros(size**2, size**2))

    def _end(self, cycle: int, f: Tensor) -> Tensor:  # noqa: ARG002 - all cycles solve alike
        return (f.flatten(1) @ self.inverse.T).unflatten(1, f.shape[1:])


@torch.no_grad()
def multigrid(*, periodic: bool, damping: float = 0.8) -> Multigrid:
    """V-cycles of damped Jacobi, solved on the coarsest grid; nothing needs to be learnt."""
    made = Multigrid(periodic=periodic).double()
    plus = [[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]]
    stencil, hat = made.coarsest.new_tensor(plus), made.coarsest.new_tensor([0.5, 1.0, 0.5])
    point = torch.zeros_like(stencil)
    point[1, 1] = 1.0
    for level in range(N_LEVELS):
        width = 2.0**level / N_INTERVALS
        if level == N_LEVELS - 1:
            n = int(len(made.inverse) ** 0.5)
            points = torch.eye(n * n).to(made.inverse).unflatten(1, (n, n))
            every = around(points, stencil / width**2, periodic=periodic).flatten(1)
            made.inverse.copy_(torch.linalg.pinv(every, hermitian=True))
            break
        smooth = damping * width**2 / 4.0 * point
        own = torch.stack([stencil / width**2, smooth, smooth, hat[:, None] * hat / 4.0,
                           hat[:, None] * hat])  # fmt: skip
        made.kernels[:, level] = own
    return made


class Flat(nn.Module):
    """Sweeps on one grid: ``kernels`` is [sweep, equation or smoothing, 3, 3]."""

    def __init__(self, *, periodic: bool) -> None:
        super().__init__()
        self.kernels = _kernels(N_SWEEPS, 2)
        self.periodic = periodic

    def forward(self, f: Tensor) -> Tensor:
        """Right sides to solutions."""
        u = torch.zeros_like(f)
        for equation, smooth in self.kernels:
            left = f - around(u, equation, periodic=self.periodic)
            u = u + around(left, smooth, periodic=self.periodic)
        return u


class Convolutions(nn.Module):
    """Five layers of convolutions with GELU between."""

    def __init__(self, *, periodic: bool) -> None:
        super().__init__()
        sizes = [1, *[N_CHANNELS] * 4, 1]
        pad = "circular" if periodic else "zeros"
        self.layers = nn.ModuleList(
            [nn.Conv2d(a, b, 3, padding=1, padding_mode=pad, bias=False)
             for a, b in pairwise(sizes)]
        )  # fmt: skip

    def forward(self, f: Tensor) -> Tensor:
        """Right sides to solutions."""
        z = f[:, None]
        for k, layer in enumerate(self.layers):
            z = layer(fn.gelu(z) if k else z)
        return z[:, 0]


class Waves(nn.Module):
    """Every wave of the field times a complex number of its own; high ones are left out.

    Li et al. 2021, Fourier neural operator, arXiv 2010.08895, one linear layer of one channel.
    ``factors`` is [row wave, column wave, real or imaginary].
    """

    def __init__(self) -> None:
        super().__init__()
        self.factors = nn.Parameter(_START * torch.randn(2 * N_WAVES, N_WAVES + 1, 2))
        self.through = nn.Parameter(torch.zeros(1))

    def forward(self, f: Tensor) -> Tensor:
        """Right sides to solutions."""
        n = f.shape[-1]
        found = torch.fft.rfft2(f)
        factors = torch.view_as_complex(self.factors)
        few = found[..., : N_WAVES + 1]
        low, high = few[:, :N_WAVES] * factors[:N_WAVES], few[:, -N_WAVES:] * factors[N_WAVES:]
        between = torch.zeros_like(few[:, N_WAVES:-N_WAVES])
        columns = torch.cat([low, between, high], 1)
        whole = torch.cat([columns, torch.zeros_like(found[..., N_WAVES + 1 :])], -1)
        return torch.fft.irfft2(whole, s=(n, n)) + self.through * f


def network(name: str, *, periodic: bool) -> nn.Module:
    """The network of an arm, with first weights from torch's own generator."""
    if name == FIXED:
        return multigrid(periodic=periodic)
    if name == WAVES:
        return Waves()
    return {CYCLES: Cycles, FLAT: Flat, CNN: Convolutions}[name](periodic=periodic)
