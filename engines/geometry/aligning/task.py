"""Hierarchical equality: are two pairs of symbols alike in being equal, or in not being so?

The variable is whether the left pair is equal. Taken from a source and put into a base, it makes
the answer ``left pair of the source as the right pair of the base``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.geometry.aligning.spec import N_NUMBERS

_LENGTH = 2.0
_HELD = 0.25


@dataclass(frozen=True, eq=False)
class Alphabet:
    """Symbols float64[symbol, number], and pairs int64[pair, 2] that are seen or held out.

    ``pairs`` is by (held out, equal).
    """

    symbols: np.ndarray
    pairs: dict[tuple[bool, bool], np.ndarray]

    def inputs(self, symbol: np.ndarray) -> np.ndarray:
        """float32[example, 4 * number] of symbols int64[example, 4]."""
        return self.symbols[symbol].reshape(len(symbol), -1).astype(np.float32)

    def sides(self, equal: np.ndarray, rng: np.random.Generator, *, held: bool) -> np.ndarray:
        """Pairs int64[example, 2] at random, equal or not as asked."""
        found = np.empty((len(equal), 2), np.int64)
        for kind in (False, True):
            there, which = self.pairs[held, kind], equal == kind
            found[which] = there[rng.integers(0, len(there), int(which.sum()))]
        return found


def alphabet(n: int, seed: int) -> Alphabet:
    """Symbols of length 2 in random directions; a quarter of pairs of either kind is held out."""
    rng = np.random.default_rng([seed % 2**32, 1])
    symbols = rng.normal(size=(n, N_NUMBERS))
    symbols *= _LENGTH / np.linalg.norm(symbols, axis=1, keepdims=True)
    every = np.stack(np.meshgrid(np.arange(n), np.arange(n), indexing="ij"), -1).reshape(-1, 2)
    pairs = {}
    for equal in (False, True):
        kind = rng.permutation(every[(every[:, 0] == every[:, 1]) == equal])
        n_held = round(_HELD * len(kind))
        pairs[True, equal], pairs[False, equal] = kind[:n_held], kind[n_held:]
    return Alphabet(symbols, pairs)


def examples(
    known: Alphabet, n: int, rng: np.random.Generator, *, held: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs float32[example, 4 * number] and whether both sides are alike, int64[example]."""
    left, right = rng.random((2, n)) < 0.5
    sides = [known.sides(side, rng, held=held) for side in (left, right)]
    return known.inputs(np.hstack(sides)), (left == right).astype(np.int64)


def interchanges(
    known: Alphabet, n: int, rng: np.random.Generator, *, held: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Base and source side by side, float32[pair, 8 * number], and the answer that is due.

    Left of base, right of base, left of source and right of source are coins of their own, so
    either answer is due half of the time, whatever the base alone would be answered.
    """
    coins = rng.random((4, n)) < 0.5
    left, right, other_left, other_right = (known.sides(c, rng, held=held) for c in coins)
    base, source = np.hstack([left, right]), np.hstack([other_left, other_right])
    x = np.hstack([known.inputs(base), known.inputs(source)])
    return x, (coins[2] == coins[1]).astype(np.int64)
