"""The scheduler's random words as tensors: word k of a stream is a function of k alone."""

from __future__ import annotations

import torch

from engines.sorting.chance import rng

_LOW = 0xFFFFFFFF


def _signed(word: int) -> int:
    """The same 64 bits as torch holds them."""
    return word - 2**64 if word >= 2**63 else word


_GAMMA, _MIX_1, _MIX_2 = (_signed(word) for word in (rng.GAMMA, rng.MIX_1, rng.MIX_2))


def _shifted(words: torch.Tensor, n_bits: int) -> torch.Tensor:
    """Shift to the right without copies of the sign."""
    return (words >> n_bits) & ((1 << (64 - n_bits)) - 1)


def words(counter: torch.Tensor, first: int, n_words: int) -> torch.Tensor:
    """int64[run, word]: words first + 1, first + 2 ... of streams that start at ``counter``."""
    number = torch.arange(first + 1, first + n_words + 1, device=counter.device)
    word = counter[:, None] + number * _GAMMA
    word = (word ^ _shifted(word, 30)) * _MIX_1
    word = (word ^ _shifted(word, 27)) * _MIX_2
    return word ^ _shifted(word, 31)


def shuffles(drawn: torch.Tensor, n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Fisher-Yates shuffles of ``n`` places, each from n - 1 words.

    Args:
        drawn: int64[run, round, word].
        n: Places to shuffle.

    Returns:
        int64[place, run, round], the place whose content comes to each place; and
        bool[run, round], where a word would have to be drawn again, so that all later words of
        the stream are others.
    """
    limit = torch.arange(n, 1, -1, device=drawn.device)
    product = _shifted(drawn, 32) * limit
    low = product & _LOW
    redrawn = (low < limit) & (low < (2**32 - limit) % limit)
    other = (product >> 32).movedim(2, 0).reshape(n - 1, -1)
    places = torch.arange(n, device=drawn.device)[:, None].repeat(1, other.shape[1])
    for step in range(n - 1):
        place = n - 1 - step
        here = places[place].clone()
        places[place] = places.gather(0, other[step : step + 1])[0]
        # When a place is drawn for itself both writes say the same.
        places.scatter_(0, other[step : step + 1], here[None])
    return places.view(n, *drawn.shape[:2]), redrawn.any(2)
