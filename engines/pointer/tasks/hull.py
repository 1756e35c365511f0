"""The convex hull: point at its vertices counter-clockwise, then stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.pointer.tasks.protocol import (
    Solution,
    Violation,
    repeated,
    same_cycle,
    trimmed,
)


@dataclass(frozen=True)
class Hull:
    """Strict vertices; a point on an edge is none.

    ``canonical`` answers start at the lowest point, which a network that knows no order can see;
    those of Vinyals et al. 2015 start at the lowest index.
    """

    canonical: bool = True

    name = "hull"
    title = "convex hull"
    drawing = "polygon"
    n_min = 3
    n_given = 0
    d_features = 2
    has_stop = True
    is_symmetric = True
    quality = "area"

    def generate(self, rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
        """Uniform points in the unit square."""
        return rng.random((n_instances, n, 2))

    def features(self, points: np.ndarray) -> np.ndarray:
        """The coordinates."""
        return points

    def labels(self, points: np.ndarray) -> np.ndarray:
        """Exact hulls."""
        from engines.pointer.kernels.hulls import hulls

        found = hulls(np.ascontiguousarray(points))
        found = found[:, : int((found >= 0).sum(axis=1).max(initial=1))]
        return found if self.canonical else _from_lowest_index(found)

    def solve(self, points: np.ndarray) -> Solution:
        """Exact hulls."""
        return Solution(self.labels(points), exact=True, name="monotone chain")

    def n_steps(self, n: int) -> int:
        """Every point may be a vertex."""
        return n + 1

    def allowed(self, points: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Whatever leaves a polygon that can be closed without meeting itself."""
        from engines.pointer.kernels.hulls import closable

        allowed = np.zeros((len(points), points.shape[1] + 1), bool)
        closable(np.ascontiguousarray(points), np.ascontiguousarray(chosen), allowed)
        # Only points on one line leave nothing to choose; then stopping is all there is.
        allowed[~allowed.any(axis=1), -1] = True
        return allowed

    def cost(self, _points: np.ndarray, answers: np.ndarray) -> np.ndarray:
        """Nothing: an answer is right or not."""
        return np.full(len(answers), np.nan)

    def check(self, points: np.ndarray, answer: np.ndarray) -> tuple[Violation, ...]:
        """A simple polygon: three distinct vertices or more, and no two edges meet."""
        from engines.pointer.kernels.hulls import is_simple

        answer = trimmed(answer)
        if len(answer) < 3:
            return (Violation("a polygon needs three points", tuple(map(int, answer))),)
        again = repeated(answer)
        if again or is_simple(points, answer):
            return again
        return (Violation("the polygon crosses itself", tuple(map(int, answer))),)

    def score(
        self, points: np.ndarray, answers: np.ndarray, references: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Exactly the hull, and the share of its area; nan for a polygon that crosses itself."""
        accuracy, area = np.zeros(len(points)), np.full(len(points), np.nan)
        for b, here in enumerate(points):
            answer, reference = trimmed(answers[b]), trimmed(references[b])
            accuracy[b] = same_cycle(answer, reference)
            whole = abs(signed_area(here[reference]))
            if accuracy[b]:
                area[b] = 1.0 if whole else np.nan
            elif whole and not self.check(here, answer):
                area[b] = abs(signed_area(here[answer])) / whole
        return {"accuracy": accuracy, "area": area}


def signed_area(polygon: np.ndarray) -> float:
    """Area of polygon[vertex, 2], positive when counter-clockwise."""
    x, y = polygon.T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def _from_lowest_index(found: np.ndarray) -> np.ndarray:
    turned = np.full_like(found, -1)
    for row, hull in zip(turned, found, strict=True):
        kept = trimmed(hull)
        row[: len(kept)] = np.roll(kept, -int(np.argmin(kept)))
    return turned
