"""What a dictionary is held against: principal components, semi-NMF, and what a line foretells."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

_SMALL = 1e-9


def components(x: Tensor) -> tuple[Tensor, Tensor]:
    """Principal directions [component, number] of rows about 0, and the share each leaves over."""
    values, vectors = torch.linalg.eigh(x.T.double() @ x.double())
    order = values.argsort(descending=True)
    left = 1.0 - values[order].cumsum(0) / values.sum()
    return vectors[:, order].T, left


def n_components(left: Tensor, unexplained: float) -> int:
    """The fewest components that leave no more than this.

    >>> n_components(torch.tensor([0.5, 0.1, 0.0]), 0.2)
    2
    """
    enough = torch.nonzero(left <= unexplained + _SMALL)
    return int(enough[0]) + 1 if len(enough) else len(left)


def semi_nmf(
    x: Tensor, n: int, n_steps: int, seed: int = 0
) -> Iterator[tuple[Tensor, Tensor, float]]:
    """Factors [factor, number] of any sign and amounts [row, factor] of 0 and more, step by step.

    Ding, Li & Jordan 2010: factors by least squares, amounts by a product that never raises the
    squared error; both with the error they leave.
    """
    draw = torch.Generator().manual_seed(seed % 2**63)
    amounts = torch.rand(len(x), n, generator=draw, dtype=x.dtype)
    for _ in range(n_steps):
        factors = fitted(x, amounts)
        amounts = amounts_of(x, factors, amounts)
        yield factors, amounts, float((amounts @ factors - x).square().sum())


def fitted(x: Tensor, amounts: Tensor) -> Tensor:
    """The factors that make x best of these amounts."""
    gram = amounts.T @ amounts
    gram += _SMALL * gram.diagonal().mean() * torch.eye(len(gram), dtype=x.dtype)
    return torch.linalg.solve(gram, amounts.T @ x)


def amounts_of(x: Tensor, factors: Tensor, amounts: Tensor, n_steps: int = 1) -> Tensor:
    """Amounts nearer to the best of 0 and more, for factors that stay."""
    shared, gram = x @ factors.T, factors @ factors.T
    for _ in range(n_steps):
        up = shared.clamp_min(0) + amounts @ (-gram).clamp_min(0)
        down = (-shared).clamp_min(0) + amounts @ gram.clamp_min(0)
        amounts = amounts * (up / (down + _SMALL)).sqrt()
    return amounts


def foretold(x: Tensor, wanted: Tensor, ridge: float = 1e-3) -> Tensor:
    """What a linear readout of the first half of rows says of the second half: [row, output]."""
    half = len(x) // 2
    a = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1).double()
    gram = a[:half].T @ a[:half] + ridge * half * torch.eye(a.shape[1], dtype=torch.double)
    return a[half:] @ torch.linalg.solve(gram, a[:half].T @ wanted[:half].double())


def explained(x: Tensor, wanted: Tensor) -> float:
    """R² of a linear readout on rows it was not fitted to, all outputs together."""
    told, held = foretold(x, wanted), wanted[len(x) // 2 :].double()
    return float(1.0 - (told - held).square().sum() / (held - held.mean(0)).square().sum())
