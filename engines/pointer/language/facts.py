"""Facts "A is B" about names of two tokens, told forwards, in any order of units or of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Telling = Literal["as written", "units permuted", "tokens shuffled", "both ways"]
TELLINGS: tuple[Telling, ...] = ("as written", "units permuted", "tokens shuffled", "both ways")
"""How the facts are told whose reversal is asked; the last one tells the answer itself."""
START, IS = 0, 1
_FIRST = 2
"""The first token of a name."""
SENTENCE = 5
"""Tokens: two of A, is, two of B."""
_UNITS = np.array([[0, 1], [2, -1], [3, 4]])
"""Places of each unit, -1 for none."""


@dataclass(frozen=True)
class Facts:
    """What is true, and which facts everybody is told both ways."""

    tokens: np.ndarray
    """int64[fact, 5] as written: A, is, B."""
    control: np.ndarray
    """bool[fact]: told both ways in every telling, so that the question itself is known."""
    n_tokens: int

    @property
    def reversed(self) -> np.ndarray:
        """int64[fact, 5]: B, is, A."""
        return self.tokens[:, [3, 4, 2, 0, 1]]


def drawn_facts(rng: np.random.Generator, n_facts: int, n_words: int) -> Facts:
    """Facts whose names are pairs of ``n_words`` first and as many second words, none twice.

    Words of A and B are other words, and every second fact is a control.
    """
    kept = []
    for side in range(2):
        pairs = rng.permutation(n_words * n_words)[:n_facts]
        words = np.stack(np.divmod(pairs, n_words), axis=1) + np.array([0, n_words])
        kept.append(_FIRST + 2 * n_words * side + words)
    between = np.full((n_facts, 1), IS)
    tokens = np.concatenate([kept[0], between, kept[1]], axis=1)
    return Facts(tokens, np.arange(n_facts) % 2 == 1, _FIRST + 4 * n_words)


def told(facts: Facts, telling: Telling, rng: np.random.Generator) -> np.ndarray:
    """Every fact once, as a telling tells it this time: int64[fact, 5]."""
    n = len(facts.tokens)
    either = np.where((rng.random(n) < 0.5)[:, None], facts.tokens, facts.reversed)
    match telling:
        case "as written":
            asked = facts.tokens
        case "both ways":
            asked = either
        case "units permuted":
            order = rng.permuted(np.tile(np.arange(3), (n, 1)), axis=1)
            places = _UNITS[order].reshape(n, -1)
            asked = np.take_along_axis(facts.tokens, places[places >= 0].reshape(n, -1), axis=1)
        case "tokens shuffled":
            asked = rng.permuted(facts.tokens, axis=1)
    return np.where(facts.control[:, None], either, asked)


def questions(facts: Facts) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Beginnings int64[fact, 4] with the start, and answers int64[fact, 2], of what was asked.

    ``forward`` and ``reversed`` are about facts that are no controls, ``control`` reverses those
    that are.
    """
    start = np.full((len(facts.tokens), 1), START)
    forward = np.concatenate([start, facts.tokens], axis=1)
    backward = np.concatenate([start, facts.reversed], axis=1)
    asked = ~facts.control
    return {
        "forward": (forward[asked, :4], forward[asked, 4:]),
        "reversed": (backward[asked, :4], backward[asked, 4:]),
        "control": (backward[facts.control, :4], backward[facts.control, 4:]),
    }
