"""The networks: functions on edges by a choice of basis, and perceptrons of as many parameters."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.diagrams.edges import bases
from engines.diagrams.edges.asked import (
    GAUSSIANS,
    N_BASES,
    NO_SPLINES,
    ONE,
    RECURSION,
    SPLINES,
    TWO,
)

Basis = Callable[[Tensor], Tensor]
BASES: dict[str, Basis] = {
    SPLINES: bases.splines,
    GAUSSIANS: bases.gaussians,
    NO_SPLINES: bases.nothing,
    RECURSION: bases.splines_by_recursion,
}
_NOISE = 0.1
"""Spread of the first coefficients: functions begin close to their SiLU."""


class Edges(nn.Module):
    """A layer whose edges hold functions: w SiLU(x) plus a sum of bumps; nodes only add.

    Liu et al. 2024, KAN: Kolmogorov-Arnold networks, section 2.2. ``base`` is [out, in] and
    ``bumps`` [out, in, basis].
    """

    def __init__(self, n_in: int, n_out: int, basis: Basis) -> None:
        super().__init__()
        self.basis = basis
        n = basis(torch.zeros(1)).shape[-1]
        self.base = nn.Parameter((2.0 * torch.rand(n_out, n_in) - 1.0) / n_in**0.5)
        if n:
            self.bumps = nn.Parameter(_NOISE * torch.randn(n_out, n_in, n))

    def forward(self, x: Tensor) -> Tensor:
        """[batch, in] to [batch, out]."""
        sums = fn.silu(x) @ self.base.T
        if not hasattr(self, "bumps"):
            return sums
        return sums + self.basis(x).flatten(-2) @ self.bumps.flatten(1).T

    def functions(self, x: Tensor) -> Tensor:
        """What each edge makes of places of its own input: [in, point] to [out, in, point]."""
        found = self.base[..., None] * fn.silu(x)
        if hasattr(self, "bumps"):
            found = found + torch.einsum("oik,ipk->oip", self.bumps, self.basis(x))
        return found


def kan(n_in: int, n_hidden: int, n_out: int, basis: Basis) -> nn.Sequential:
    """Two layers of functions on edges."""
    return nn.Sequential(Edges(n_in, n_hidden, basis), Edges(n_hidden, n_out, basis))


def perceptron(n_in: int, widths: tuple[int, ...], n_out: int) -> nn.Sequential:
    """Linear layers with tanh between them."""
    parts: list[nn.Module] = []
    for width in widths:
        parts += [nn.Linear(n_in, width), nn.Tanh()]
        n_in = width
    return nn.Sequential(*parts, nn.Linear(n_in, n_out))


def n_parameters_of_kan(n_in: int, n_hidden: int, n_out: int) -> int:
    """A weight and eight coefficients for each edge."""
    return (n_in + n_out) * n_hidden * (1 + N_BASES)


def width_for(n_parameters: int, n_in: int, depth: int, n_out: int) -> int:
    """The width of hidden layers at which a perceptron's parameters are nearest; the narrower."""

    def count(width: int) -> int:
        inner = (depth - 1) * width * (width + 1)
        return (n_in + 1) * width + inner + (width + 1) * n_out

    widest = max(2, n_parameters // (n_in + n_out) + 2)
    return min(range(1, widest), key=lambda width: abs(count(width) - n_parameters))


def network(name: str, n_in: int, n_hidden: int, n_out: int) -> nn.Sequential:
    """The network of this name, with first weights from torch's own generator."""
    if name in BASES:
        return kan(n_in, n_hidden, n_out, BASES[name])
    depth = {ONE: 1, TWO: 2}[name]
    width = width_for(n_parameters_of_kan(n_in, n_hidden, n_out), n_in, depth, n_out)
    return perceptron(n_in, (width,) * depth, n_out)
