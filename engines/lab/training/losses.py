"""What is made small: losses of one network's outputs, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.contract import InputError

LossName = Literal["cross-entropy", "squared error", "logistic", "its own"]
Loss = Callable[[Tensor, Tensor], Tensor]
"""Outputs and targets of one network to a scalar, the mean over the batch."""


def loss_of(name: str) -> Loss:
    """The loss of this name.

    cross-entropy takes logits [batch, class] and labels int64[batch]; squared error is the mean
    over batch and outputs; logistic takes logits and targets 0 or 1 of one shape, in nats. *Its
    own* is for networks that compute losses themselves while they learn, one for each part that
    learns by itself, and give those in place of outputs: their sum.

    Raises:
        InputError: no such loss.
    """
    if name not in _LOSSES:
        raise InputError(f"there is no loss {name!r}; choose one of {', '.join(_LOSSES)}")
    return _LOSSES[name]


_LOSSES: dict[str, Loss] = {
    "cross-entropy": fn.cross_entropy,
    "squared error": fn.mse_loss,
    "logistic": fn.binary_cross_entropy_with_logits,
    "its own": lambda losses, _targets: losses.sum(),
}


def score_of(name: str, output: Tensor, y: Tensor) -> Tensor:
    """Share of right answers of one network: the largest logit, or the side of each output.

    For squared error it is 1 minus the share of variance that is left (R²), which can be negative.
    """
    if name == "cross-entropy":
        return (output.argmax(-1) == y).double().mean()
    if name == "logistic":
        return ((output > 0) == (y > 0.5)).double().mean()
    spread = (y.double() - y.double().mean(0)).square().sum()
    left = (output.double() - y.double()).square().sum()
    return torch.where(spread > 0, 1.0 - left / spread, torch.nan)
