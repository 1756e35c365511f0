"""What a task is: examples to learn from, examples to be examined on, and what chance gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Task:
    """Inputs and targets, and the score that needs no input at all.

    ``loss`` is a name of `engines.lab.training.losses`; the score that belongs to it is a share of
    right answers, or R² for squared error.
    """

    name: str
    x: np.ndarray
    """float32[example, feature] to learn from; int64 where inputs are tokens."""
    y: np.ndarray
    """int64[example], or float32[example, output] for squared error and logistic loss."""
    x_test: np.ndarray
    y_test: np.ndarray
    loss: str
    n_outputs: int
    chance: float
    """Score on the exam of the best answer that looks at no input."""
    chance_because: str
    """Where that number comes from, a sentence."""
    ceiling: float = 1.0
    """Score that the best reader of the input can reach, where it is known."""
    n_tokens: int = 0
    """Different tokens there are where inputs are tokens, else 0."""

    @property
    def n_examples(self) -> int:
        """Examples to learn from."""
        return len(self.x)

    @property
    def n_features(self) -> int:
        """Numbers per example."""
        return self.x.shape[1]


Maker = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]
"""A generator and how many to inputs and targets."""


def rng_of(seed: int, place: int = 0) -> np.random.Generator:
    """A generator of its own for each use of a seed: same bits on every machine."""
    return np.random.Generator(np.random.Philox(key=seed % 2**64, counter=[0, 0, 0, place]))


def seed_of(seed: int, k: int) -> int:
    """A seed of 63 bits for the k-th of something: runs with neighbouring seeds share none."""
    return int(np.random.SeedSequence([seed % 2**64, k]).generate_state(1, np.uint64)[0] >> 1)


def majority(y: np.ndarray, y_test: np.ndarray) -> float:
    """Score of always giving the label that is most frequent in what was learnt from."""
    labels, counts = np.unique(y, return_counts=True)
    return float(np.mean(y_test == labels[counts.argmax()]))


def split_task(
    name: str, x: np.ndarray, y: np.ndarray, n_test: int, n_outputs: int, because: str, seed: int
) -> Task:
    """Labelled examples dealt into those to learn from and those of the exam."""
    order = rng_of(seed, 1).permutation(len(y))
    x, y = x[order].astype(np.float32), y[order].astype(np.int64)
    exam, learnt = slice(0, n_test), slice(n_test, None)
    chance = majority(y[learnt], y[exam])
    return Task(name, x[learnt], y[learnt], x[exam], y[exam], "cross-entropy", n_outputs, chance,
                because)  # fmt: skip
