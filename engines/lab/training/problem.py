"""What a way to the signal needs to know beside the data of a step."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from engines.lab.training.losses import Loss


@dataclass(frozen=True)
class Problem:
    """A build of network, what it makes small, and the name of the signal."""

    module: nn.Module
    loss: Loss
    loss_name: str
    signal: str
