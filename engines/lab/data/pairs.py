"""Items with labels, two of them in context, and one item again: what was its label?

Sequences of items and labels in turn, closed by a query, as in few-shot learning (Chan et al. 2022;
Singh et al. 2024). Where labels are dealt anew in every sequence, only the context knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError


@dataclass(frozen=True)
class Pairs:
    """The kind of sequences; labels are tokens 0, 1 ..., items come after them."""

    n_labels: int = 5
    n_items: int = 50
    n_shown: int = 2
    """Pairs in context; each has another item and another label."""
    relabelled: bool = True
    """Whether labels are dealt anew in every sequence; else item k has label k mod labels."""

    def __post_init__(self) -> None:
        """Check that there are enough of them.

        Raises:
            InputError: fewer labels or items than are shown.
        """
        if not 1 <= self.n_shown <= min(self.n_labels, self.n_items):
            raise InputError(
                f"{self.n_shown} pairs of different items and labels cannot be drawn from "
                f"{self.n_items} items and {self.n_labels} labels; show fewer or have more"
            )

    @property
    def n_places(self) -> int:
        """Tokens of a sequence."""
        return 2 * self.n_shown + 1

    def sequences(
        self, rng: np.random.Generator, n: int, *, first: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Tokens int64[sequence, place] and the right label int64[sequence].

        ``first`` shifts the items, so that sequences of items that were never learnt are drawn.
        """
        labels = _different(rng, n, self.n_labels, self.n_shown)
        items = _different(rng, n, self.n_items, self.n_shown)
        if not self.relabelled:
            # One item of each label, so that labels in context differ here as well.
            of_label = (self.n_items - 1 - labels) // self.n_labels + 1
            items = labels + self.n_labels * (rng.random(labels.shape) * of_label).astype(np.int64)
        asked = rng.integers(0, self.n_shown, n)
        tokens = np.empty((n, self.n_places), np.int64)
        tokens[:, :-1:2] = self.n_labels + first + items
        tokens[:, 1::2] = labels
        rows = np.arange(n)
        tokens[:, -1] = tokens[rows, 2 * asked]
        return tokens, labels[rows, asked]


def _different(rng: np.random.Generator, n: int, n_kinds: int, n_drawn: int) -> np.ndarray:
    """int64[sequence, drawn]: so many different ones of so many, every order alike."""
    return np.argsort(rng.random((n, n_kinds)), axis=1)[:, :n_drawn]
