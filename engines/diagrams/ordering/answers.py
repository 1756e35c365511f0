"""Known answers: how many orders there are, and their polytopes by brute force."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Published counts, vertices by brute force, volumes by Qhull."""
    from engines.lab.data.posets import kinds, labelled

    return (
        KnownAnswer("partial orders of four named points", "OEIS A001035", 219.0, 0.0,
                    lambda: float(len(labelled(4)))),
        KnownAnswer("kinds of partial orders of four points", "OEIS A000112", 16.0, 0.0,
                    lambda: float(len(kinds(labelled(4))[0]))),
        KnownAnswer("partial orders of five named points", "OEIS A001035", 4231.0, 0.0,
                    lambda: float(len(labelled(5)))),
        KnownAnswer("kinds of four points whose order polytope has other corners than ideals",
                    "every four walls that meet in a point, solved (Stanley 1986)", 0.0, 0.0,
                    other_corners),
        KnownAnswer("volume of an order polytope of four points less extensions / 24, largest",
                    "scipy.spatial.ConvexHull (Qhull) of the ideals", 0.0, 1e-12, volume_miss),
    )  # fmt: skip


def other_corners(n: int = 4) -> float:
    """Kinds for which brute force finds another set of corners than filters of the order."""
    from engines.lab.data.posets import ideals, kinds, labelled

    odd = 0
    for less in kinds(labelled(n))[0]:
        ours = {tuple(row) for row in 1 - ideals(less)}
        odd += ours != corners(less)
    return float(odd)


def corners(less: np.ndarray) -> set[tuple[int, ...]]:
    """Corners of all x in the unit cube with x_i <= x_j where i lies below j."""
    n = len(less)
    eye = np.eye(n)
    walls = [(-eye[k], 0.0) for k in range(n)] + [(eye[k], 1.0) for k in range(n)]
    walls += [(eye[i] - eye[j], 0.0) for i, j in zip(*np.nonzero(less), strict=True)]
    matrix, level = np.array([w for w, _ in walls]), np.array([v for _, v in walls])
    found = set()
    for chosen in combinations(range(len(walls)), n):
        part = matrix[list(chosen)]
        if abs(np.linalg.det(part)) < 0.5:  # whole numbers: 0 or at least 1
            continue
        point = np.linalg.solve(part, level[list(chosen)])
        if (matrix @ point <= level + 1e-9).all():
            found.add(tuple(int(v) for v in point.round()))
    return found


def volume_miss(n: int = 4) -> float:
    """Of all kinds."""
    from scipy.spatial import ConvexHull

    from engines.lab.data.posets import extensions, ideals, kinds, labelled

    return max(
        abs(ConvexHull(ideals(less)).volume - extensions(less) / factorial(n))
        for less in kinds(labelled(n))[0]
    )
