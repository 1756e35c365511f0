"""Sinkhorn divergence between two samples, in the log domain, with its gradient."""

from __future__ import annotations

import math

import torch
from torch import Tensor

SCALING = 0.5
"""The temperature falls by the square of this a round, from the squared diameter down."""


def divergence(x: Tensor, y: Tensor, blur: float = 0.2, n_last: int = 2) -> Tensor:
    """Debiased entropic transport between equally weighted points x[i, d] and y[j, d].

    The cost is half the squared distance and the temperature ``blur`` squared (Feydy et al. 2019);
    ``n_last`` more rounds are done at the last temperature. The gradient is that of the last
    round with potentials held, as their theorem allows where potentials have settled.
    """
    rounds = temperatures(x.detach(), y.detach(), blur) + [blur**2] * n_last
    return transported(x, y, rounds) - (itself(x, rounds) + itself(y, rounds)) / 2


def transported(x: Tensor, y: Tensor, rounds: list[float]) -> Tensor:
    """Entropic cost of transport: the dual value after these rounds."""
    cost = costs(x, y)
    f, g = potentials(cost.detach(), rounds)
    # Only one of the two is differentiated: their gradients are the same, and would count twice.
    back = soft_minimum(cost.detach().T, f, rounds[-1])
    return soft_minimum(cost, g, rounds[-1]).mean() + back.mean()


def itself(x: Tensor, rounds: list[float]) -> Tensor:
    """Entropic cost of transport to the same points: both potentials are one."""
    cost = costs(x, x)
    with torch.no_grad():
        f = soft_minimum(cost, torch.zeros_like(cost[0]), rounds[0])
        for temperature in rounds:
            f = (f + soft_minimum(cost, f, temperature)) / 2
    there = soft_minimum(cost, f, rounds[-1]).mean()
    return there + there.detach()


def costs(x: Tensor, y: Tensor) -> Tensor:
    """[i, j]: half the squared distance."""
    squares = x.square().sum(dim=1)[:, None] + y.square().sum(dim=1)
    return (squares / 2 - x @ y.T).clamp_min(0.0)


@torch.no_grad()
def potentials(cost: Tensor, rounds: list[float]) -> tuple[Tensor, Tensor]:
    """Dual potentials f[i] and g[j]; each round moves both half way to their best answers."""
    f = soft_minimum(cost, torch.zeros_like(cost[0]), rounds[0])
    g = soft_minimum(cost.T, torch.zeros_like(cost[:, 0]), rounds[0])
    for temperature in rounds:
        f, g = (
            (f + soft_minimum(cost, g, temperature)) / 2,
            (g + soft_minimum(cost.T, f, temperature)) / 2,
        )
    return f, g


def soft_minimum(cost: Tensor, other: Tensor, temperature: float) -> Tensor:
    """[i]: the smoothed minimum over j of cost[i, j] less the other's potential."""
    n = cost.shape[1]
    return -temperature * torch.logsumexp((other - cost) / temperature - math.log(n), dim=1)


def temperatures(x: Tensor, y: Tensor, blur: float) -> list[float]:
    """From the squared diameter of all points down to ``blur`` squared."""
    every = torch.cat([x, y])
    widest = float((every.max(dim=0).values - every.min(dim=0).values).norm()) ** 2
    found = [max(widest, blur**2)]
    while found[-1] * SCALING**2 > blur**2:
        found.append(found[-1] * SCALING**2)
    return [*found, blur**2]
