"""Eight bumps over a line: what a function on an edge is a sum of.

Cubic B-splines on equal intervals from -1 to 1 (de Boor 1978), in two ways that give the same, and
Gaussians at the same places in their stead (Li 2024, FastKAN, arXiv 2405.06721).
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.diagrams.edges.asked import N_BASES, N_INTERVALS, ORDER

WIDTH = 2.0 / N_INTERVALS
"""Distance of knots."""
_CUBIC = (1.0, 4.0, 1.0, 0.0), (-3.0, 0.0, 3.0, 0.0), (3.0, -6.0, 3.0, 0.0), (-1.0, 3.0, -3.0, 1.0)
"""Six times the four pieces that overlap an interval: rows are powers of the place in it."""


def knots() -> Tensor:
    """float64[knot]: equal distances, three more at either side."""
    return WIDTH * torch.arange(-ORDER, N_INTERVALS + ORDER + 1, dtype=torch.float64) - 1.0


def centres() -> Tensor:
    """float64[basis]: where each bump is highest."""
    return knots()[2:-2]


def splines(x: Tensor) -> Tensor:
    """Cubic B-splines [..., basis]: the four that are not 0 at a place, put among the eight."""
    place = (x + 1.0) / WIDTH
    interval = place.detach().floor()
    t = place - interval
    powers = torch.stack([torch.ones_like(t), t, t * t, t * t * t], -1)
    four = powers @ (x.new_tensor(_CUBIC) / 6.0)
    which = interval.long()[..., None] + torch.arange(4, device=x.device)
    there = (which >= 0) & (which < N_BASES)
    four = torch.where(there, four, torch.zeros_like(four))
    among = torch.zeros(*x.shape, N_BASES, dtype=x.dtype, device=x.device)
    return among.scatter_add(-1, which.clamp(0, N_BASES - 1), four)


def splines_by_recursion(x: Tensor) -> Tensor:
    """The same as published with KANs: Cox and de Boor's recursion over order, for all bases."""
    t, x = knots().to(x), x[..., None]
    found = ((x >= t[:-1]) & (x < t[1:])).to(x.dtype)
    for k in range(1, ORDER + 1):
        rising = (x - t[: -k - 1]) / (t[k:-1] - t[: -k - 1])
        falling = (t[k + 1 :] - x) / (t[k + 1 :] - t[1:-k])
        found = rising * found[..., :-1] + falling * found[..., 1:]
    return found


def gaussians(x: Tensor) -> Tensor:
    """Gaussians [..., basis] at the splines' centres, as wide as knots are apart."""
    return torch.exp(-(((x[..., None] - centres().to(x)) / WIDTH) ** 2))


def nothing(x: Tensor) -> Tensor:
    """No bump at all [..., 0]."""
    return x.new_zeros(*x.shape, 0)
