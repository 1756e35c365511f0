"""A perceptron whose hidden units answer in experts, the few whose keys are most along the input.

Qiu, Huang & Fu 2023 (arXiv 2310.10908): an expert's gate is the mean of its keys, so nothing is
added that would have to be learnt.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

N_INPUTS, N_OUTPUTS = 64, 10


class Routed(nn.Module):
    """Hidden layer of experts; with all of them active it is the plain network, to the bit."""

    member: Tensor
    n_active: Tensor

    def __init__(self, width: int, n_experts: int) -> None:
        super().__init__()
        self.keys = nn.Linear(N_INPUTS, width)
        self.values = nn.Linear(width, N_OUTPUTS)
        self.register_buffer("member", torch.zeros(n_experts, width))
        self.register_buffer("n_active", torch.tensor(n_experts))

    def forward(self, x: Tensor) -> Tensor:
        """Logits of [example, input]."""
        return self.values(self.keys(x).relu() * self.asked(x))

    def asked(self, x: Tensor) -> Tensor:
        """1.0 where a unit's expert answers: [example, unit]."""
        size = self.member.sum(1, keepdim=True)
        gate = x @ (self.member @ self.keys.weight / size).T
        rank = gate.argsort(dim=-1, descending=True, stable=True).argsort(dim=-1)
        return (rank < self.n_active).to(x.dtype) @ self.member


def membership(groups: np.ndarray) -> Tensor:
    """float32[expert, unit] of int64[unit]."""
    return torch.from_numpy(np.eye(groups.max() + 1, dtype=np.float32)[groups].T.copy())
