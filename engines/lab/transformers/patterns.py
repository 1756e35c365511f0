"""Attention patterns written by hand from the tokens: what a head is held to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from engines.lab.transformers.kinds import PatternName


def pattern(name: PatternName, tokens: Tensor) -> Tensor:
    """Attention float32[sequence, from, to] of a pattern to int64[sequence, place]; rows add to 1.

    Only *match* depends on the tokens, and *nothing* has rows of 0.
    """
    return _PATTERNS[name](tokens)


def patterns(names: Sequence[PatternName], tokens: Tensor) -> Tensor:
    """These patterns by their codes, 0 for a free head: float32[code, sequence, from, to].

    Without an axis for sequences where none depends on the tokens.
    """
    n = tokens.shape[-1]
    found = [torch.zeros(n, n, device=tokens.device), *(pattern(name, tokens) for name in names)]
    shape = torch.broadcast_shapes(*(one.shape for one in found))
    return torch.stack([one.expand(shape) for one in found])


def _back(offset: int) -> Callable[[Tensor], Tensor]:
    def made(tokens: Tensor) -> Tensor:
        n = tokens.shape[-1]
        place = torch.arange(n, device=tokens.device)
        to = torch.where(place >= offset, place - offset, place)
        return torch.eye(n, device=tokens.device)[to]

    return made


def _match(tokens: Tensor) -> Tensor:
    """The place after the last earlier place with the same token; else itself."""
    n = tokens.shape[-1]
    place = torch.arange(n, device=tokens.device)
    earlier = place[:, None] > place
    same = (tokens[..., :, None] == tokens[..., None, :]) & earlier
    last = torch.where(same, place, -1).amax(-1)
    to = torch.where(last >= 0, last + 1, place)
    return (to[..., None] == place).float()


def _first(tokens: Tensor) -> Tensor:
    eye = torch.eye(tokens.shape[-1], device=tokens.device)
    return eye[torch.zeros(tokens.shape[-1], dtype=torch.long, device=tokens.device)]


def _even(tokens: Tensor) -> Tensor:
    n = tokens.shape[-1]
    below = torch.ones(n, n, device=tokens.device).tril()
    return below / below.sum(1, keepdim=True)


def _nothing(tokens: Tensor) -> Tensor:
    n = tokens.shape[-1]
    return torch.zeros(n, n, device=tokens.device)


_PATTERNS: dict[str, Callable[[Tensor], Tensor]] = {
    "previous": _back(1),
    "two-back": _back(2),
    "match": _match,
    "self": _back(0),
    "first": _first,
    "even": _even,
    "nothing": _nothing,
}
