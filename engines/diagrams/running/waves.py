"""Waves of the last axis and back, as functions that a diagram calls and its source carries."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.diagrams.graph.errors import DiagramError, problem


def waves(x: Tensor, n_waves: int, weigh: bool = False) -> Tensor:
    """The first waves of the last axis, (real, imaginary); weighed as the transpose of unwaved."""
    n = x.shape[-1]
    if n_waves > n // 2 + 1:
        raise _too_many(n, n_waves)
    found = torch.view_as_real(torch.fft.rfft(x))[..., :n_waves, :]
    if not weigh:
        return found
    wave = torch.arange(n_waves, device=x.device)
    alone = (wave == 0) | (2 * wave == n)
    return found * ((2 - alone.to(x.dtype)) / n)[:, None]


def unwaved(f: Tensor, n: int, weigh: bool = True) -> Tensor:
    """Numbers whose first waves these are and no others; unweighed the transpose of waves."""
    if f.shape[-2] > n // 2 + 1:
        raise _too_many(n, f.shape[-2])
    wave = torch.view_as_complex(f.contiguous())
    if weigh:
        return torch.fft.irfft(wave, n)
    return torch.fft.ifft(wave, n, norm="forward").real


def _too_many(n: int, n_waves: int) -> DiagramError:
    text = f"{n} positions have {n // 2 + 1} waves, but {n_waves} are asked for"
    return problem("inputs", text, "ask for fewer waves, or give more positions")
