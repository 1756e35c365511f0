"""Well-nested words of two kinds of brackets, with places hidden in three ways, and exact counts.

All words of one length are equally likely, so that the fewest nats with which hidden places can be
filled are the logarithm of the number of words that agree with what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

Denoiser = Literal["R", "X", "S"]
DENOISERS: tuple[Denoiser, ...] = ("R", "X", "S")
"""Short spans, one long span, and what comes last (Tay et al. 2022)."""
N_KINDS, N_PAIRS, N_HIDDEN = 2, 6, 4
WORD = 2 * N_PAIRS
N_BRACKETS = 2 * N_KINDS
HIDDEN, SEPARATOR = N_BRACKETS, N_BRACKETS + 1
MODES = {name: N_BRACKETS + 2 + k for k, name in enumerate(DENOISERS)}
N_TOKENS = N_BRACKETS + 2 + len(DENOISERS)
READ = 1 + WORD + 1 + N_HIDDEN - 1
"""Tokens that are read: the way it was hidden, the word, a separator, what is filled in so far."""


@lru_cache(maxsize=1)
def words() -> np.ndarray:
    """All of them, int8[word, place]: 2 k opens kind k, 2 k + 1 closes it; 132 shapes, 8,448."""
    found: list[tuple[int, ...]] = []

    def grow(word: tuple[int, ...], stack: tuple[int, ...]) -> None:
        left = WORD - len(word)
        if not left:
            found.append(word)
            return
        if len(stack) < left:
            for kind in range(N_KINDS):
                grow((*word, 2 * kind), (*stack, kind))
        if stack:
            grow((*word, 2 * stack[-1] + 1), stack[:-1])

    grow((), ())
    return np.array(found, np.int8)


def hidden(denoiser: Denoiser, n: int, rng: np.random.Generator) -> np.ndarray:
    """Places that are hidden, in their order: int64[n, 4].

    R hides two spans of two that do not touch, X one of four that does not end the word, S the end.
    """
    match denoiser:
        case "S":
            return np.tile(np.arange(WORD - N_HIDDEN, WORD), (n, 1))
        case "X":
            return rng.integers(0, WORD - N_HIDDEN, n)[:, None] + np.arange(N_HIDDEN)
        case "R":
            first, second = np.triu_indices(WORD - 1, 3)
            chosen = rng.integers(0, len(first), n)
            begins = np.stack([first[chosen], second[chosen]], axis=1)
            return (begins[:, :, None] + np.arange(2)).reshape(n, N_HIDDEN)


@dataclass(frozen=True)
class Gaps:
    """Words with hidden places."""

    word: np.ndarray
    """int64[n, place]."""
    places: np.ndarray
    """int64[n, hidden]."""

    @property
    def filled(self) -> np.ndarray:
        """What is hidden: int64[n, hidden]."""
        return np.take_along_axis(self.word, self.places, axis=1)

    def read(self, mode: Denoiser) -> np.ndarray:
        """What a model reads, told the way of hiding: int64[n, token]."""
        n = len(self.word)
        seen = self.word.copy()
        np.put_along_axis(seen, self.places, HIDDEN, axis=1)
        marks = np.full((n, 1), MODES[mode]), np.full((n, 1), SEPARATOR)
        return np.concatenate([marks[0], seen, marks[1], self.filled[:, :-1]], axis=1)

    def least_nats(self) -> np.ndarray:
        """Logarithm of the number of words that agree with what is seen: float64[n]."""
        found = np.empty(len(self.word))
        hidden_sets, which = np.unique(self.places, axis=0, return_inverse=True)
        for k, places in enumerate(hidden_sets):
            weight = N_BRACKETS ** np.arange(WORD)
            weight[places] = 0
            seen, n_words = np.unique(words() @ weight, return_counts=True)
            rows = which.ravel() == k
            found[rows] = np.log(n_words[np.searchsorted(seen, self.word[rows] @ weight)])
        return found


def split(seed: int, share: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    """Words to learn from and words kept back: int64[_, place] each."""
    order = np.random.Generator(np.random.Philox(key=[seed, 157])).permutation(len(words()))
    n_kept = round(share * len(order))
    every = words().astype(np.int64)
    return every[order[n_kept:]], every[order[:n_kept]]
