"""Classes of slopes: intervals of the input in each of which a function keeps one slope.

The best ones by dynamic programming, as in Novikov et al. 2023, Few-bit backward, arXiv 2202.00441.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import gelu

APPLIED = {"ReLU": torch.relu, "GELU": gelu}
_REACH, _N_POINTS, _SPREAD = 6.0, 1_201, 2.0
"""Inputs that count, how finely, and their standard deviation."""


def slopes(name: str, x: Tensor) -> Tensor:
    """Of a function at each input, by torch."""
    with torch.enable_grad():
        at = x.detach().requires_grad_()
        return torch.autograd.grad(APPLIED[name](at).sum(), at)[0]


def best_cuts(values: np.ndarray, weights: np.ndarray, n: int) -> tuple[list[int], float]:
    """Cut a row into n pieces, each replaced by its mean, so that squared errors are least.

    Args:
        values: float64[place].
        weights: float64[place], above 0.
        n: pieces, at most as many as places.

    Returns:
        The first place of every piece but the first, and the weighted sum of squared errors.
    """
    size = len(values)
    sums = [np.r_[0.0, np.cumsum(weights * values**k)] for k in range(3)]
    weight, first, second = (one[None] - one[:, None] for one in sums)
    ends = np.arange(size + 1)
    forward = ends[None] > ends[:, None]
    # From rounding, a piece of equal values may cost a little less than nothing.
    inside = np.maximum(second - first**2 / np.where(forward, weight, 1.0), 0.0)
    cost = np.where(forward, inside, np.inf)
    least, before = cost[0].copy(), []
    for _ in range(n - 1):
        through = least[:, None] + cost
        before.append(through.argmin(0))
        least = through.min(0)
    cuts = [size]
    for chosen in reversed(before):
        cuts.append(int(chosen[cuts[-1]]))
    return cuts[:0:-1], float(least[size])


@cache
def classes(name: str, bits: int) -> tuple[Tensor, Tensor]:
    """Bounds of the classes of a function's slope, and the slope of each: float32.

    A ReLU has two, and they are exact. Else inputs count as a normal law of deviation 2 has them.
    """
    if name == "ReLU":
        return torch.zeros(1), torch.tensor([0.0, 1.0])
    x = torch.linspace(-_REACH, _REACH, _N_POINTS, dtype=torch.float64)
    values = slopes(name, x).numpy()
    weights = np.exp(-0.5 * (x.numpy() / _SPREAD) ** 2)
    cuts, _ = best_cuts(values, weights, 2**bits)
    half = float(x[1] - x[0]) / 2.0
    pieces = np.split(np.arange(len(values)), cuts)
    means = [np.average(values[piece], weights=weights[piece]) for piece in pieces]
    return x[cuts].sub(half).float(), torch.tensor(means, dtype=torch.float32)
