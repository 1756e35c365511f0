"""Statistics of every wire while networks learn: its numbers, and their gradients."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.running.module import DiagramModule
from engines.diagrams.watching.kept import OF_A_GRADIENT, OF_A_WIRE
from engines.diagrams.watching.values import watched
from engines.lab.statistics.spectra import directions
from engines.lab.training import one_thread
from engines.lab.training.losses import Loss

Statistics = dict[str, tuple[np.ndarray, np.ndarray]]
"""By path: float64[OF_A_WIRE] of its numbers and float64[OF_A_GRADIENT] of its gradient."""
_UNITS_MAX = 512


def statistics(module: DiagramModule, x: Tensor, y: Tensor, loss: Loss) -> Statistics:
    """Of every wire; of an operation that runs several times the last turn is taken."""
    with one_thread(), torch.enable_grad():
        module.requires_grad_(requires_grad=True)
        start = x.clone().requires_grad_() if x.is_floating_point() else x
        output, values = watched(module, start)
        last = {path: turns[-1] for path, turns in values.items()}
        for value in last.values():
            if value.requires_grad:
                value.retain_grad()
        loss(output, y).backward()
        found = {path: (_of_numbers(v), _of_gradient(v.grad)) for path, v in last.items()}
    module.zero_grad(set_to_none=True)
    return found


def _of_numbers(value: Tensor) -> np.ndarray:
    numbers = value.detach().double()
    flat = numbers[numbers.isfinite()].numpy()
    if not flat.size:
        return np.full(len(OF_A_WIRE), np.nan)
    quantiles = np.quantile(flat, (0.01, 0.5, 0.99))
    return np.array([flat.mean(), flat.std(), (flat == 0).mean(), *quantiles, _rank(numbers)])


def _rank(numbers: Tensor) -> float:
    """Of examples by positions; of many positions every n-th."""
    matrix = numbers.reshape(len(numbers), -1) if numbers.ndim > 1 else numbers.reshape(-1, 1)
    matrix = matrix[:, :: -(-matrix.shape[1] // _UNITS_MAX)]
    if not matrix.isfinite().all():
        return float("nan")
    return directions(torch.linalg.svdvals(matrix).numpy())


def _of_gradient(gradient: Tensor | None) -> np.ndarray:
    if gradient is None:
        return np.full(len(OF_A_GRADIENT), np.nan)
    flat = gradient.double().flatten().numpy()
    if not np.isfinite(flat).all():
        return np.full(len(OF_A_GRADIENT), np.nan)
    quantiles = np.quantile(flat, (0.01, 0.5, 0.99))
    return np.array([np.linalg.norm(flat), flat.std(), (flat == 0).mean(), *quantiles])
