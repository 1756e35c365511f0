"""Tasks that ask for an order of the points: sorting, undoing a permutation, applying one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.pointer.tasks.protocol import Solution, Violation, left_over
from engines.pointer.tasks.tour import ordering_violations

_TITLES = {
    "sorting": "sorting, left to right",
    "inverse": "inverse permutation",
    "permutation": "one fixed permutation",
}


@dataclass(frozen=True)
class Ordering:
    """An order of the points by what ``name`` says.

    sorting: from left to right; the height means nothing and is not read.
    inverse: points (i, P(i)) of a permutation; the answer is P's inverse, the order of heights.
    permutation: bits along a line; the answer is one permutation, fixed for each length.
    """

    name: Literal["sorting", "inverse", "permutation"] = "sorting"

    drawing = "path"
    n_min = 2
    n_given = 0
    has_stop = False
    is_symmetric = False
    quality = "agreement"

    @property
    def title(self) -> str:
        """For people."""
        return _TITLES[self.name]

    @property
    def d_features(self) -> int:
        """Sorting reads one number of each point."""
        return 1 if self.name == "sorting" else 2

    def generate(self, rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
        """Values, permutations or bits, as points of the unit square."""
        points = rng.random((n_instances, n, 2))
        if self.name == "sorting":
            return points
        shuffled = np.argsort(points[..., 0], axis=1)
        points[..., 0] = (shuffled + 0.5) / n
        if self.name == "permutation":
            points[..., 1] = np.where(points[..., 1] < 0.5, 0.25, 0.75)
        else:
            points[..., 1] = (np.argsort(points[..., 1], axis=1) + 0.5) / n
        return points

    def features(self, points: np.ndarray) -> np.ndarray:
        """What the order depends on."""
        return points[..., : self.d_features]

    def labels(self, points: np.ndarray) -> np.ndarray:
        """Exact orders; equal values in the order of their indices."""
        axis = 1 if self.name == "inverse" else 0
        order = np.argsort(points[..., axis], axis=1, kind="stable")
        if self.name == "permutation":
            return order[:, fixed_permutation(points.shape[1])]
        return order

    def solve(self, points: np.ndarray) -> Solution:
        """Exact orders."""
        return Solution(self.labels(points), exact=True, name="stable sort")

    def n_steps(self, n: int) -> int:
        """Every point once."""
        return n

    def allowed(self, points: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Points not chosen yet."""
        return left_over(chosen, points.shape[1])

    def cost(self, _points: np.ndarray, answers: np.ndarray) -> np.ndarray:
        """Nothing: an answer is right or not."""
        return np.full(len(answers), np.nan)

    def check(self, points: np.ndarray, answer: np.ndarray) -> tuple[Violation, ...]:
        """Every point exactly once."""
        return ordering_violations(points, answer)

    def score(
        self, points: np.ndarray, answers: np.ndarray, references: np.ndarray
    ) -> dict[str, np.ndarray]:
        """The whole order right, and the share of places that are."""
        n = points.shape[1]
        right = np.full(references.shape, False)
        width = min(n, answers.shape[1])
        right[:, :width] = answers[:, :width] == references[:, :width]
        return {"accuracy": right.all(axis=1).astype(float), "agreement": right.mean(axis=1)}


def fixed_permutation(n: int) -> np.ndarray:
    """The permutation of n that is to be learnt; always the same one."""
    return np.random.Generator(np.random.Philox(n)).permutation(n)
