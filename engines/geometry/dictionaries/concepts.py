"""What the sentences say of each word, and how well one number per word says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.lab.data.clauses import KINDS, PARTS, WORDS, kinds

FAMILIES = ("words", "kinds", "parts")
"""One word; one kind of word; a kind of word in one part of its clause, which no word tells."""
_RARE = 0.01


@dataclass(frozen=True, eq=False)
class Concepts:
    """Named yes or no of every word of a text: ``is_it`` bool[word, concept]."""

    names: tuple[str, ...]
    family: np.ndarray
    """int64[concept], see `FAMILIES`."""
    is_it: np.ndarray


def concepts(token: np.ndarray, kind: np.ndarray, part: np.ndarray) -> Concepts:
    """All that are true of at least one word in a hundred and of nine in ten at most."""
    names, family, rows = [], [], []

    def take(name: str, of: int, is_it: np.ndarray) -> None:
        if _RARE <= is_it.mean() <= 0.9:
            names.append(name)
            family.append(of)
            rows.append(is_it)

    for k, word in enumerate(WORDS):
        if k < len(WORDS) - 2:  # stop and comma are kinds
            take(f'"{word}"', 0, token == k)
    for k, name in enumerate(KINDS):
        take(name, 1, kind == k)
        for p in range(1, len(PARTS)):
            take(f"{name} {PARTS[p]}", 2, (kind == k) & (part == p))
    return Concepts(tuple(names), np.array(family), np.array(rows).T)


def correlations(amounts: np.ndarray, is_it: np.ndarray) -> np.ndarray:
    """float64[latent, concept]: Pearson correlation over words; 0 where a latent never varies."""

    def scored(values: np.ndarray) -> np.ndarray:
        about = values - values.mean(axis=0)
        size = np.sqrt(np.square(about).sum(axis=0))
        return about / np.where(size > 1e-12, size, np.inf)

    return scored(amounts.astype(float)).T @ scored(is_it.astype(float))


@dataclass(frozen=True, eq=False)
class Named:
    """For each concept which latent says it, and how well on words it was not chosen by."""

    latent: np.ndarray
    score: np.ndarray

    def of(self, concepts: Concepts, family: int) -> float:
        """Mean over a family."""
        return float(self.score[concepts.family == family].mean())


def named(amounts: np.ndarray, is_it: np.ndarray, *, signed: bool = False) -> Named:
    """The best latent of each concept, chosen on the first half of words, judged on the second.

    Args:
        amounts: float[word, latent].
        is_it: bool[word, concept].
        signed: a latent may also say it by being low.
    """
    half = len(amounts) // 2
    chosen = correlations(amounts[:half], is_it[:half])
    best = (np.abs(chosen) if signed else chosen).argmax(axis=0)
    held = correlations(amounts[half:], is_it[half:])
    columns = np.arange(is_it.shape[1])
    sign = np.sign(chosen[best, columns]) if signed else 1.0
    return Named(best, sign * held[best, columns])


N_DEALT = 5
"""Times that kinds are dealt to words."""


def kinds_beside(token: np.ndarray, seed: int, net: int = 0) -> np.ndarray:
    """bool[(true, dealt, dealt ...), word, kind]: kinds of several words, and the control task.

    Hewitt & Liang 2019: every word of the vocabulary keeps one kind, but which one is dealt anew,
    as many words to a kind as there are, by deals of each network's own. What says dealt kinds as
    well says words, not kinds. Deals keep how many words a kind has, not how often it is met.
    """
    of_word = kinds(np.arange(len(WORDS)))
    several = np.flatnonzero(np.bincount(of_word, minlength=len(KINDS)) > 1)
    moved = np.flatnonzero(np.isin(of_word, several))
    rng, tables = np.random.default_rng([seed % 2**32, 6, net]), [of_word]
    for _ in range(N_DEALT):
        dealt = of_word.copy()
        dealt[moved] = rng.permutation(of_word[moved])
        tables.append(dealt)
    return np.array([table[token][:, None] == several for table in tables])


def task_and_control(says: Callable[[np.ndarray], np.ndarray], beside: np.ndarray) -> np.ndarray:
    """float64[(true, dealt)]: mean score of kinds, and of kinds dealt to words.

    Args:
        says: from bool[word, kind] to how well each is said.
        beside: see `kinds_beside`.
    """
    every = np.array([says(is_it).mean() for is_it in beside])
    return np.array([every[0], every[1:].mean()])
