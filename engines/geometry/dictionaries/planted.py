"""Directions that are planted, so that it is known what a dictionary should find."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.geometry.dictionaries.sparse import Code, learnt, one, started

_FAR = 1_000_003
"""Planted directions are drawn far from the seeds of dictionaries, which would begin at them."""


def planted(
    n: int, n_atoms: int, n_active: int, n_rows: int, seed: int, noise: float = 0.0
) -> tuple[Tensor, Tensor]:
    """Directions of length 1 [atom, number], and sums of few of them [row, number].

    Each row holds ``n_active`` different atoms with amounts even in 0.5 to 1.5, and noise.
    """
    draw = torch.Generator().manual_seed((seed + _FAR) % 2**63)
    atoms = torch.nn.functional.normalize(torch.randn(n_atoms, n, generator=draw), dim=1)
    chosen = torch.rand(n_rows, n_atoms, generator=draw).argsort(1)[:, :n_active]
    amounts = 0.5 + torch.rand(n_rows, n_active, generator=draw)
    rows = torch.zeros(n_rows, n_atoms).scatter(1, chosen, amounts) @ atoms
    return atoms, rows + noise * torch.randn(rows.shape, generator=draw)


def found(atoms: Tensor, directions: Tensor, *, signed: bool = True) -> float:
    """Mean over atoms of the largest cosine with a direction that was found (MMCS).

    Sharkey, Braun & Millidge 2022. Not ``signed``: a direction and its opposite are one.
    """
    made = torch.nn.functional.normalize(directions.to(atoms.dtype), dim=1)
    cosine = atoms @ made.T
    return float((cosine if signed else cosine.abs()).max(dim=1).values.mean())


def scaled(rows: Tensor) -> Tensor:
    """[..., row, number] about 0 with a mean square of 1."""
    about = rows - rows.mean(-2, keepdim=True)
    return about / about.square().mean((-2, -1), keepdim=True).sqrt()


def recovered(n_active: int = 3, n_nets: int = 3, n_steps: int = 800) -> float:
    """How well dictionaries of 64 find 64 planted directions in 32 numbers; mean of networks."""
    drawn = [planted(32, 64, n_active, 8_000, k) for k in range(n_nets)]
    x = scaled(torch.stack([rows for _, rows in drawn]))
    codes = started(32, Code(64, n_active), range(n_nets))
    for _ in learnt(codes, x, x, n_steps, 0):
        pass
    with torch.no_grad():
        each = [found(atoms, one(codes, k).directions()) for k, (atoms, _) in enumerate(drawn)]
    return sum(each) / n_nets
