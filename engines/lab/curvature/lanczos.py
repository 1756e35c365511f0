"""Largest eigenvalues of symmetric matrices that are known by their products alone."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]
"""Vectors [matrix, number] to each matrix times its own."""


def lanczos(product: Product, start: Tensor, n_steps: int) -> tuple[Tensor, Tensor]:
    """Ritz values [matrix, step], rising, and the vectors [matrix, number] of the largest.

    Lanczos 1950 with full reorthogonalisation, twice, which keeps the vectors orthogonal to
    rounding (Parlett 1998). Where a matrix has fewer directions than steps the rest are 0.

    Args:
        product: vectors to matrix times vectors.
        start: where to begin, [matrix, number], not 0.
        n_steps: products; the largest eigenvalue needs ten to thirty where it stands apart.
    """
    n_steps = min(n_steps, start.shape[1])
    basis = [start / start.norm(dim=1, keepdim=True)]
    inner = start.new_zeros(len(start), n_steps, n_steps)
    for k in range(n_steps):
        ahead = product(basis[k])
        inner[:, k, k] = (ahead * basis[k]).sum(1)
        known = torch.stack(basis, 1)
        for _ in range(2):
            along = torch.einsum("mkn,mn->mk", known, ahead)
            ahead = ahead - torch.einsum("mk,mkn->mn", along, known)
        length = ahead.norm(dim=1)
        # What is left of an exhausted space is rounding, and no direction.
        left = length > 1e-6 * inner.abs().amax((1, 2)).clamp_min(1e-30)
        if k + 1 < n_steps:
            inner[:, k, k + 1] = inner[:, k + 1, k] = torch.where(left, length, 0.0)
            scale = torch.where(left, length, 1.0)[:, None]
            basis.append(torch.where(left[:, None], ahead / scale, 0.0))
    values, ways = torch.linalg.eigh(inner)
    return values, torch.einsum("mk,mkn->mn", ways[:, :, -1], torch.stack(basis, 1))
