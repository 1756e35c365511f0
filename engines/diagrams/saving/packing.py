"""Numbers in few bits: codes on an even scale, row by row, packed into bytes."""

from __future__ import annotations

import torch
from torch import Tensor

Coded = tuple[Tensor, Tensor, Tensor]
"""Bytes of codes, and the least number and the step of each row."""


def packed(codes: Tensor, bits: int) -> Tensor:
    """uint8[..., byte] of codes [..., number] that have so many bits; the last byte is filled up.

    >>> packed(torch.tensor([3, 1, 2], dtype=torch.uint8), 2).tolist()
    [39]
    """
    each, codes = 8 // bits, codes.to(torch.uint8)
    if codes.shape[-1] % each:
        codes = torch.nn.functional.pad(codes, (0, -codes.shape[-1] % each))
    made = codes[..., ::each].clone()
    for k in range(1, each):
        made |= codes[..., k::each] << (k * bits)
    return made


def unpacked(held: Tensor, bits: int, n: int) -> Tensor:
    """The first n codes of every row again: uint8[..., number]."""
    parts = [(held >> k) & (2**bits - 1) for k in range(0, 8, bits)]
    return torch.stack(parts, -1).flatten(-2)[..., :n]


def coded(values: Tensor, bits: int) -> Coded:
    """Rows on an even scale between their least and largest number, rounded to it."""
    least = values.amin(-1, keepdim=True)
    step = (values.amax(-1, keepdim=True) - least) / (2**bits - 1)
    codes = ((values - least) / step.clamp_min(1e-30)).round_()
    return packed(codes, bits), least, step


def decoded(held: Coded, bits: int, n: int) -> Tensor:
    """What the codes stand for: float[..., n]."""
    codes, least, step = held
    return unpacked(codes, bits, n) * step + least
