"""Layers whose nodes weigh five bases by a gate, and keep one.

Yang et al. 2024, Activation space selectable Kolmogorov-Arnold networks, arXiv 2408.08338: all are
learnt at first, then one is selected and the others are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.diagrams.choosing.asked import FIXED, GATE
from engines.diagrams.edges.asked import N_BASES
from engines.diagrams.edges.bases import WIDTH, centres, gaussians, splines
from engines.diagrams.edges.networks import kan

N_WAYS = len(FIXED)
_NOISE = 0.1


def chebyshev(x: Tensor) -> Tensor:
    """Chebyshev polynomials 1 to 8 of tanh(x), which keeps to -1 to 1: [..., basis]."""
    z = torch.tanh(x)
    found = [torch.ones_like(z), z]
    for _ in range(N_BASES - 1):
        found.append(2.0 * z * found[-1] - found[-2])
    return torch.stack(found[1:], -1)


def waves(x: Tensor) -> Tensor:
    """Sines and cosines of one to four half turns from -1 to 1: [..., basis]."""
    turns = torch.pi * torch.arange(1, N_BASES // 2 + 1, dtype=x.dtype, device=x.device)
    angle = x[..., None] * turns
    return torch.cat([angle.sin(), angle.cos()], -1)


def wavelets(x: Tensor) -> Tensor:
    """Second derivatives of Gaussians (Mexican hats) at the splines' centres: [..., basis]."""
    square = ((x[..., None] - centres().to(x)) / WIDTH).square()
    return (1.0 - square) * torch.exp(-square / 2.0)


BASES: dict[str, Callable[[Tensor], Tensor]] = dict(
    zip(FIXED, (splines, gaussians, chebyshev, waves, wavelets), strict=True)
)


class Choosing(nn.Module):
    """A layer like `Edges`, with a function in each of five bases on every edge.

    Node by node these are weighed by ``kept`` times the softmax of ``gate``, both [out, basis];
    without a gate all weigh 1. ``bumps`` is [basis, out, in, bump].
    """

    kept: Tensor
    gated: Tensor

    def __init__(self, n_in: int, n_out: int, *, gated: bool) -> None:
        super().__init__()
        self.base = nn.Parameter((2.0 * torch.rand(n_out, n_in) - 1.0) / n_in**0.5)
        self.bumps = nn.Parameter(_NOISE * torch.randn(N_WAYS, n_out, n_in, N_BASES))
        self.gate = nn.Parameter(torch.zeros(n_out, N_WAYS))
        self.register_buffer("kept", torch.ones(n_out, N_WAYS))
        self.register_buffer("gated", torch.tensor(float(gated)))

    def weights(self) -> Tensor:
        """How much each basis of a node counts: [out, basis], with a sum of 1 where gated."""
        share = self.gate.softmax(-1) * self.kept
        share = share / share.sum(-1, keepdim=True)
        return self.gated * share + (1.0 - self.gated)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, in] to [batch, out]."""
        made = torch.stack([basis(x).flatten(-2) for basis in BASES.values()])
        each = made @ self.bumps.flatten(-2).mT
        return fn.silu(x) @ self.base.T + (each * self.weights().T[:, None]).sum(0)


def network(name: str, n_in: int, n_hidden: int, n_out: int) -> nn.Sequential:
    """The network of an arm, with first weights from torch's own generator."""
    if name in BASES:
        return kan(n_in, n_hidden, n_out, BASES[name])
    sizes = (n_in, n_hidden), (n_hidden, n_out)
    return nn.Sequential(*(Choosing(*size, gated=name == GATE) for size in sizes))


def keep_one(held: dict[str, Tensor], buffers: dict[str, Tensor], layer: str) -> None:
    """Every node of a layer keeps what its gate weighs most; it goes on as large as it was.

    Args:
        held: parameters of a stack, [net, ...] each, changed in place.
        buffers: the same of its buffers.
        layer: its name.
    """
    share = held[f"{layer}.gate"].softmax(-1)
    best = fn.one_hot(share.argmax(-1), N_WAYS).to(share)
    held[f"{layer}.bumps"].mul_(share.movedim(-1, 1)[..., None, None])
    buffers[f"{layer}.kept"].copy_(best)
