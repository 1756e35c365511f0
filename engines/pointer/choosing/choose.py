"""Choosing with a stack of scores, one element after the other; and whether order matters."""

from __future__ import annotations

import numpy as np
import torch

from engines.lab.training import Stack, outputs_of


def chosen_by(stack: Stack, points: torch.Tensor, n_chosen: int) -> np.ndarray:
    """Each network takes its best element until it has enough: bool[net, set, element]."""
    n_sets, n_elements, _ = points.shape
    taken = torch.zeros(stack.n_nets, n_sets, n_elements)
    own = points.expand(stack.n_nets, -1, -1, -1)
    for _ in range(n_chosen):
        best = outputs_of(stack, torch.cat([own, taken[..., None]], dim=-1), own=True).argmax(-1)
        taken.scatter_(2, best[..., None], 1.0)
    return taken.numpy() > 0


def order_difference(stack: Stack, x: torch.Tensor, seed: int) -> float:
    """How much scores change when elements, chosen ones too, come in another order.

    The largest difference over the largest score, since rounding goes with the size of numbers.
    """
    order = torch.randperm(x.shape[1], generator=torch.Generator().manual_seed(seed % 2**63))
    plain, moved = outputs_of(stack, x), outputs_of(stack, x[:, order])
    open_ones = (x[:, order, 2] == 0).expand_as(moved)
    largest = moved[open_ones].abs().max()
    return float((plain[:, :, order] - moved).abs()[open_ones].max() / largest)
