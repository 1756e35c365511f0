"""The Delaunay triangulation: point at the corners of its triangles, three by three, then stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.pointer.tasks.hull import signed_area
from engines.pointer.tasks.protocol import Solution, Violation, trimmed


@dataclass(frozen=True)
class Triangulation:
    """Triangles in the order of their incentres, as Vinyals et al. 2015.

    ``canonical`` triangles go counter-clockwise from their lowest corner; those of 2015 name their
    corners in ascending order.
    """

    canonical: bool = True

    name = "delaunay"
    title = "Delaunay triangulation"
    drawing = "triangles"
    n_min = 3
    n_given = 0
    d_features = 2
    has_stop = True
    is_symmetric = True
    quality = "coverage"

    def generate(self, rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
        """Uniform points in the unit square."""
        return rng.random((n_instances, n, 2))

    def features(self, points: np.ndarray) -> np.ndarray:
        """The coordinates."""
        return points

    def labels(self, points: np.ndarray) -> np.ndarray:
        """Exact triangulations by qhull."""
        from scipy.spatial import Delaunay

        found = [self._ordered(here, Delaunay(here).simplices) for here in points]
        answers = np.full((len(points), max(map(len, found))), -1, np.int64)
        for row, flat in zip(answers, found, strict=True):
            row[: len(flat)] = flat
        return answers

    def solve(self, points: np.ndarray) -> Solution:
        """Exact triangulations by qhull."""
        return Solution(self.labels(points), exact=True, name="qhull")

    def _ordered(self, points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
        """Corners int64[3 * triangle], triangles by incentre, corners in their own order."""
        corners = points[triangles]
        sides = np.linalg.norm(np.roll(corners, -1, 1) - np.roll(corners, -2, 1), axis=2)
        incentre = (sides[..., None] * corners).sum(1) / sides.sum(1, keepdims=True)
        order = np.lexsort((incentre[:, 1], incentre[:, 0]))
        if not self.canonical:
            return np.sort(triangles[order], axis=1).astype(np.int64).ravel()
        return np.concatenate([_counter_clockwise(points, t) for t in triangles[order]])

    def n_steps(self, n: int) -> int:
        """At most 2 n - 5 triangles (Euler), and the stop."""
        return 3 * max(1, 2 * n - 5) + 1

    def allowed(self, points: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Three distinct corners of a triangle that is not there yet; stopping only between."""
        n, n_triangles = points.shape[1], max(1, 2 * points.shape[1] - 5)
        allowed = np.zeros((len(points), n + 1), bool)
        for row, there in zip(allowed, chosen, strict=True):
            flat = trimmed(there)
            done, part = flat[: len(flat) // 3 * 3].reshape(-1, 3), flat[len(flat) // 3 * 3 :]
            row[:n] = _possible(n, [frozenset(map(int, t)) for t in done], part)
            if not len(part):
                row[n] = len(done) > 0
                row[:n] &= len(done) < n_triangles
        return allowed

    def cost(self, _points: np.ndarray, answers: np.ndarray) -> np.ndarray:
        """Nothing: an answer is right or not."""
        return np.full(len(answers), np.nan)

    def check(self, _points: np.ndarray, answer: np.ndarray) -> tuple[Violation, ...]:
        """Whole triangles of distinct corners, none twice; whether they overlap is its score."""
        answer = trimmed(answer)
        if not len(answer) or len(answer) % 3:
            return (Violation("the last triangle has not three corners"),)
        sets = [frozenset(map(int, t)) for t in answer.reshape(-1, 3)]
        flat = next((s for s in sets if len(s) < 3), None)
        if flat is not None:
            return (Violation("a triangle names a corner twice", tuple(flat)),)
        again = next((s for k, s in enumerate(sets) if s in sets[:k]), None)
        return () if again is None else (Violation("a triangle comes twice", tuple(again)),)

    def score(
        self, points: np.ndarray, answers: np.ndarray, references: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Exactly the triangulation, and the share of its triangles that were found."""
        accuracy, coverage = np.zeros(len(points)), np.zeros(len(points))
        for b, (answer, reference) in enumerate(zip(answers, references, strict=True)):
            ours, right = _triangles(answer), _triangles(reference)
            coverage[b] = len(ours & right) / len(right) if right else np.nan
            accuracy[b] = ours == right and len(trimmed(answer)) == len(trimmed(reference))
        return {"accuracy": accuracy, "coverage": coverage}


def _counter_clockwise(points: np.ndarray, triangle: np.ndarray) -> np.ndarray:
    turned = triangle if signed_area(points[triangle]) > 0 else triangle[::-1]
    lowest = min(range(3), key=lambda k: (points[turned[k], 1], points[turned[k], 0]))
    return np.roll(turned, -lowest).astype(np.int64)


def _possible(n: int, done: list[frozenset[int]], part: np.ndarray) -> np.ndarray:
    """Corners after which the triangle begun can still become one that is not done: bool[point]."""
    begun = set(map(int, part))
    possible = np.ones(n, bool)
    for corner in range(n):
        now = begun | {corner}
        n_open = n - 2 if len(now) == 2 else (n - 1) * (n - 2) // 2 if len(now) == 1 else 1
        taken = sum(now <= triangle for triangle in done)
        possible[corner] = corner not in begun and taken < n_open
    return possible


def _triangles(answer: np.ndarray) -> set[frozenset[int]]:
    answer = trimmed(answer)
    whole = answer[: len(answer) // 3 * 3].reshape(-1, 3)
    return {frozenset(map(int, triangle)) for triangle in whole}
