"""How much a hidden unit matters, which ones go, and how they are forgotten.

Chen et al. 2024, HESSO, arXiv 2409.09085: a mixture of criteria, units that go little by little,
and a cycle that corrects who is to go by looking where they are already half forgotten.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Slopes = Callable[[Tensor], Tensor]
"""Rows [net, unit, number] to the slope of each network's loss by them."""
_LEVELS = (0.75, 0.5, 0.25)
_CYCLES_MAX = 10


def saliency(rows: Tensor, slopes: Tensor) -> Tensor:
    """[net, unit]: mean of four criteria, each over the largest of its network.

    Size; how far the slope points to where the unit is 0; the change of the loss that is expected
    if it were, to first and to second order (by the square of the slope).

    Args:
        rows: [net, unit, number], all that makes a unit.
        slopes: of the loss, by them.
    """
    size = rows.norm(dim=-1)
    along = (rows * slopes).sum(-1)
    cosine = along / (size * slopes.norm(dim=-1)).clamp_min(torch.finfo(rows.dtype).tiny)
    each = [size, 1.0 - cosine, along.abs(), along.square()]
    return torch.stack([one / one.amax(-1, keepdim=True).clamp_min(1e-30) for one in each]).mean(0)


def least(scores: Tensor, n: int, never: Tensor | None = None) -> Tensor:
    """bool[net, unit]: the n least of every network; those that ``never`` go come last."""
    if never is not None:
        scores = torch.where(never, torch.inf, scores)
    place = scores.argsort(dim=-1, stable=True).argsort(-1)
    return place < n


def corrected(rows: Tensor, slopes: Slopes, n: int) -> Tensor:
    """bool[net, unit]: n units to go, after those that turned out to matter were let off.

    Who is chosen is shrunk in three steps. The slope of the loss there, times the unit, says what
    its going costs; whoever costs more than the cheapest of those that stay, by the same measure
    where nothing is shrunk, is let off and never chosen again.
    """
    first = (rows * slopes(rows)).sum(-1).abs()
    chosen = least(saliency(rows, slopes(rows)), n)
    off = torch.zeros_like(chosen)
    for _ in range(_CYCLES_MAX):
        costs = torch.zeros_like(first)
        for level in _LEVELS:
            shrunk = torch.where(chosen[..., None], level * rows, rows)
            costs = costs + (rows * slopes(shrunk)).sum(-1).abs() / len(_LEVELS)
        staying = torch.where(chosen | off, torch.inf, first)
        cheapest, order = staying.sort(-1)
        dear = (chosen & (costs > cheapest[:, :1])) & torch.isfinite(cheapest[:, :1])
        # Only as many are let off as there are others to take their place.
        n_others = torch.isfinite(cheapest).sum(-1, keepdim=True)
        dear &= torch.where(dear, -costs, torch.inf).argsort(-1).argsort(-1) < n_others
        if not dear.any():
            break
        off = off | dear
        place = order.argsort(-1)
        chosen = (chosen & ~dear) | (place < dear.sum(-1, keepdim=True))
    return chosen


def forgetting(left: int) -> float:
    """What a unit is multiplied by with so many steps of its period left, this one counted.

    It goes down in a straight line and is 0 after the last.

    >>> [round(forgetting(k), 3) for k in (4, 3, 2, 1)]
    [0.75, 0.667, 0.5, 0.0]
    """
    return 1.0 - 1.0 / left
