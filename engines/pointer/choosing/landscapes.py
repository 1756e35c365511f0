"""NK landscapes (Kauffman & Weinberger 1989): sites whose worth depends on other sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Landscape:
    """Words of letters, each worth the mean of what its sites give."""

    neighbours: np.ndarray
    """int64[site, 1 + K]: the site itself and those it depends on."""
    tables: np.ndarray
    """float64[site, letters ** (1 + K)]: what a site gives, uniform in [0, 1)."""
    n_letters: int

    @property
    def n_sites(self) -> int:
        """Letters of a word."""
        return len(self.neighbours)

    def worth(self, words: np.ndarray) -> np.ndarray:
        """float64[word] of int64[word, site]."""
        powers = self.n_letters ** np.arange(self.neighbours.shape[1])
        rows = words[:, self.neighbours] @ powers
        return self.tables[np.arange(self.n_sites), rows].mean(axis=1)


def landscape(n_sites: int, n_letters: int, n_others: int, seed: int) -> Landscape:
    """A landscape whose sites depend on as many others, drawn without repeats."""
    rng = np.random.Generator(np.random.Philox(key=[seed, n_sites]))
    rows = []
    for site in range(n_sites):
        others = np.delete(np.arange(n_sites), site)
        rows.append([site, *rng.choice(others, n_others, replace=False)])
    tables = rng.random((n_sites, n_letters ** (1 + n_others)))
    return Landscape(np.array(rows, np.int64), tables, n_letters)


def best_of_all(of: Landscape) -> float:
    """The worth of the best word, by trying all; for small landscapes."""
    n_words = of.n_letters**of.n_sites
    if n_words > 2_000_000:
        raise ValueError(f"all {n_words:,} words are too many to try")
    powers = of.n_letters ** np.arange(of.n_sites)
    words = np.arange(n_words)[:, None] // powers % of.n_letters
    return float(of.worth(words).max())
