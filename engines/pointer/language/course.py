"""What writers write from cautious to bold, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

WIDTHS = (16, 32, 64)
TEMPERATURES = (0.3, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0)
"""How bold a model is."""
JUMPS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
"""How bold the walker is, which knows nothing but what was seen: chances of a jump."""


@dataclass(frozen=True, eq=False)
class Course:
    """What writers wrote from cautious to bold, over maps: nan where nothing is written yet."""

    novelty: np.ndarray
    """float64[writer, boldness, seed]: share of steps that no training path could take."""
    utility: np.ndarray
    """float64[writer, boldness, seed]: share of paths whose steps all are edges, as asked."""
    both: np.ndarray
    """float64[writer, boldness, seed]: mean product of the two."""
    n_novel: np.ndarray
    """float64[writer, boldness, seed]: steps that no training path could take."""
    n_found: np.ndarray
    """float64[writer, boldness, seed]: those that are edges of the map all the same."""
    rank: np.ndarray
    """float64[writer, seed]: Spearman's correlation of novelty and utility over all paths."""

    @classmethod
    def empty(cls, n_boldness: int, n_seeds: int) -> Course:
        """Nothing written: the widths, then the walker."""
        n = len(WIDTHS) + 1
        shape = (n, n_boldness, n_seeds)
        shapes = {"rank": (n, n_seeds)}
        return cls(**{e.name: np.full(shapes.get(e.name, shape), np.nan) for e in fields(cls)})

    def copy(self) -> Course:
        """The same numbers in memory of their own."""
        return Course(*(getattr(self, each.name).copy() for each in fields(self)))

    @property
    def found(self) -> np.ndarray:
        """float64[writer, seed]: of all new steps, the share that are edges."""
        return self.n_found.sum(axis=1) / np.maximum(self.n_novel.sum(axis=1), 1.0)
