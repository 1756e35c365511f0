"""The planar travelling salesman: point at the cities in the order of a short closed tour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.pointer.tasks.protocol import (
    Solution,
    Violation,
    left_over,
    repeated,
    trimmed,
)

EXACT_MAX = 12
"""Up to here Held and Karp's programme answers while somebody waits."""
EXACT_LABELS_MAX = 7
"""Up to here it is as fast as local search from every city."""


@dataclass(frozen=True)
class Tour:
    """A closed tour through every city.

    ``canonical`` tours are given their start, city 0, and go counter-clockwise; those of Vinyals
    et al. 2015 must point at city 0 themselves, and have no orientation.
    """

    canonical: bool = True

    name = "tour"
    title = "travelling salesman"
    drawing = "polygon"
    n_min = 3
    d_features = 2
    has_stop = False
    is_symmetric = True
    quality = "gap"

    @property
    def n_given(self) -> int:
        """The start city, unless it has to be learnt."""
        return int(self.canonical)

    def generate(self, rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
        """Uniform cities in the unit square."""
        return rng.random((n_instances, n, 2))

    def features(self, points: np.ndarray) -> np.ndarray:
        """The coordinates."""
        return points

    def labels(self, points: np.ndarray) -> np.ndarray:
        """Exact to 7 cities; above, the best of searches from every city (0.001 % at n = 20)."""
        return self._tours(points, EXACT_LABELS_MAX)

    def solve(self, points: np.ndarray) -> Solution:
        """Exact to 12 cities, the best known above."""
        exact = points.shape[1] <= EXACT_MAX
        name = "Held-Karp" if exact else "2-opt and Or-opt from every city, best known"
        return Solution(self._tours(points, EXACT_MAX), exact, name)

    def _tours(self, points: np.ndarray, exact_max: int) -> np.ndarray:
        from engines.pointer.kernels.tours import tours

        return tours(np.ascontiguousarray(points), exact_max)

    def n_steps(self, n: int) -> int:
        """Every city once."""
        return n

    def allowed(self, points: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Cities not visited yet."""
        return left_over(chosen, points.shape[1])

    def cost(self, points: np.ndarray, answers: np.ndarray) -> np.ndarray:
        """Tour length; nan for what is no tour."""
        from engines.pointer.kernels.tours import lengths

        n = points.shape[1]
        total = np.full(len(points), np.nan)
        whole = [not self.check(p, a) for p, a in zip(points, answers, strict=True)]
        valid = np.array(whole, bool)
        if valid.any():
            there = np.ascontiguousarray(points[valid])
            total[valid] = lengths(there, np.ascontiguousarray(answers[valid, :n]))
        return total

    def check(self, points: np.ndarray, answer: np.ndarray) -> tuple[Violation, ...]:
        """Every city exactly once."""
        return ordering_violations(points, answer)

    def score(
        self, points: np.ndarray, answers: np.ndarray, references: np.ndarray
    ) -> dict[str, np.ndarray]:
        """As short as the reference (to 1e-9), and how much longer; nan when it is no tour."""
        gap = self.cost(points, answers) / self.cost(points, references) - 1.0
        return {"accuracy": (np.nan_to_num(gap, nan=1.0) < 1e-9).astype(float), "gap": gap}


def ordering_violations(points: np.ndarray, answer: np.ndarray) -> tuple[Violation, ...]:
    """What keeps an answer from naming every point exactly once."""
    answer, n = trimmed(answer), len(points)
    missing = tuple(int(i) for i in np.setdiff1d(np.arange(n), answer))
    if not missing:
        return repeated(answer)
    shown = ", ".join(map(str, missing[:5])) + (" and others" if len(missing) > 5 else "")
    return (*repeated(answer), Violation(f"never chosen: {shown}", missing))
