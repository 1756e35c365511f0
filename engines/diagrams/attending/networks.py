"""A head of attention that copies: it finds the symbol just written and says the one behind it.

Gao and Spratling 2025, arXiv 2501.13428: softmax is a positive function and an l1 norm; softplus in
place of the exponential, scores that grow with log length, and weights that are sharpened. As read
in the abstract; the formulas here are in `weights`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.diagrams.attending.asked import (
    BATCH,
    LEARNT,
    N_ASKED,
    N_CODE,
    N_SYMBOLS,
    Weights,
)


class Copier(nn.Module):
    """Symbols int64[example, place], the last eight asked, to logits [example x asked, symbol].

    A key is the symbol before, a value the symbol itself: no place is known, so that any length can
    be read.
    """

    codes: Tensor

    def __init__(self, kind: Weights, power: int) -> None:
        super().__init__()
        self.kind, self.power = kind, power
        self.register_buffer("codes", torch.randn(N_SYMBOLS, N_CODE) / math.sqrt(N_CODE))
        self.query = nn.Linear(N_CODE, N_CODE, bias=False)
        self.key = nn.Linear(N_CODE, N_CODE, bias=False)
        self.value = nn.Linear(N_CODE, N_CODE, bias=False)

    def forward(self, symbols: Tensor) -> Tensor:
        """See the class."""
        codes = self.codes[symbols]
        there, asked = codes[..., :-N_ASKED, :], codes[..., -N_ASKED:, :]
        before = torch.cat([torch.zeros_like(there[..., :1, :]), there[..., :-1, :]], -2)
        scores = self.query(asked) @ self.key(before).mT * math.sqrt(N_CODE)
        said = weights(scores, self.kind, self.power) @ self.value(there)
        return (said @ self.codes.T * math.sqrt(N_CODE)).flatten(-3, -2)


def weights(scores: Tensor, kind: Weights, power: int) -> Tensor:
    """Scores [..., place] to weights that are positive and sum to 1."""
    n = scores.shape[-1]
    if kind.scaled:
        scores = scores * (math.log(n) / math.log(LEARNT))
    if kind.shape == "softmax":
        found = scores.softmax(-1)
    else:
        found = fn.softplus(scores)
        found = found / found.sum(-1, keepdim=True)
    if not kind.sharpened:
        return found
    # Against the largest, so that a power of a small weight among many does not vanish.
    sharp = (found / found.amax(-1, keepdim=True)) ** power
    return sharp / sharp.sum(-1, keepdim=True)


def copies(draw: np.random.Generator, n: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """int64[example, place] and int64[example, asked]: symbols with eight places of their copy.

    No symbol comes twice in an example, so each is followed by one symbol only.
    """
    order = draw.random((n, N_SYMBOLS)).argpartition(length, axis=1)[:, :length]
    symbols = draw.permuted(order, axis=1)
    rows = np.arange(n)[:, None]
    at = draw.random((n, length - 1)).argsort(axis=1)[:, :N_ASKED]
    return np.concatenate([symbols, symbols[rows, at]], axis=1), symbols[rows, at + 1]


@dataclass(eq=False)
class Copies:
    """Copies without end: new ones for every network at every step."""

    n_nets: int
    seed: int
    own: bool = True
    device: str = "cpu"

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Symbols [net, example, place] and what is to be said [net, example x asked]."""
        key = self.seed % 2**64
        draw = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 5, step]))
        x, y = (
            torch.from_numpy(v).to(self.device) for v in copies(draw, self.n_nets * BATCH, LEARNT)
        )
        return x.unflatten(0, (self.n_nets, BATCH)), y.unflatten(0, (self.n_nets, BATCH)).flatten(1)
