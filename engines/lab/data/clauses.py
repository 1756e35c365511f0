"""Words of generated sentences with the part each plays, so that what is found can be held to it.

The sentences are those of `characters`; their grammar is read off again, since no word is of two
kinds and every clause is a phrase, a verb and a phrase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.lab.data.characters import _WORDS, text

KINDS = ("article", "adjective", "noun", "verb", "adverb", "preposition", "joining", ".", ",")
_OF_GRAMMAR = ("the", "adj", "noun", "verb", "adv", "prep", "and")
ARTICLE, ADJECTIVE, NOUN, VERB, ADVERB, PREPOSITION, JOINING, STOP, COMMA = range(len(KINDS))
WORDS = (*(word for kind in _OF_GRAMMAR for word in _WORDS[kind].split()), ".", ",")
"""A token is its place here."""
_KIND = np.array(
    [k for k, kind in enumerate(_OF_GRAMMAR) for _ in _WORDS[kind].split()] + [STOP, COMMA]
)
SUBJECT, OBJECT, AFTER_SUBJECT, AFTER_OBJECT = 1, 2, 3, 4
PARTS = ("", "of the subject", "of the object", "behind the subject", "behind the object")
"""Which phrase a word belongs to: the one before the verb, the one after it, or what hangs on one
of them by a preposition; words of no phrase have the first."""


@dataclass(frozen=True, eq=False)
class Clauses:
    """Words in their order: ``token``, ``kind`` and ``part`` int64[word] each."""

    token: np.ndarray
    kind: np.ndarray
    part: np.ndarray

    def windows(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Every n words that follow each other, and where each begins: int64[window, word]."""
        start = np.arange(0, len(self.token) - n + 1, n)
        return self.token[start[:, None] + np.arange(n)], start


def clauses(n: int, seed: int = 0) -> Clauses:
    """The first ``n`` words of sentences drawn from the grammar, stops and commas counted."""
    said: list[str] = []
    letters = 7 * n
    while len(said) < n + 1:
        said = re.findall(r"[a-z]+|[.,]", text(letters, seed))
        letters *= 2
    # The last word of a cut text may be half a word.
    token = tokens(" ".join(said[:n]))
    return Clauses(token, _KIND[token], parts(_KIND[token]))


def tokens(said: str) -> np.ndarray:
    """int64[word]: the places of words that are parted by spaces.

    >>> tokens("the old river .").tolist()
    [0, 11, 24, 85]

    Raises:
        InputError: a word that the grammar does not have.
    """
    place = {word: k for k, word in enumerate(WORDS)}
    found = re.findall(r"[^\s.,]+|[.,]", said.lower())
    for word in found:
        if word not in place:
            raise InputError(
                f"the grammar has no word {word!r}; it has, among others, "
                f"{', '.join(WORDS[k] for k in (0, 10, 22, 44, 59, 67))} and {WORDS[76]}"
            )
    return np.array([place[word] for word in found], np.int64)


def parts(kind: np.ndarray) -> np.ndarray:
    """int64[word]: which phrase each word of a text belongs to, see `PARTS`."""
    found = np.zeros(len(kind), np.int64)
    side, hangs = SUBJECT, 0
    for k, one in enumerate(kind):
        if one == VERB:
            side, hangs = OBJECT, 0
        elif one in (JOINING, STOP, COMMA):
            side, hangs = SUBJECT, 0
        elif one != ADVERB:
            hangs = 2 if one == PREPOSITION else hangs
            found[k] = side + hangs
    return found


def kinds(token: np.ndarray) -> np.ndarray:
    """int64: the kind of each word, see `KINDS`."""
    return _KIND[token]
