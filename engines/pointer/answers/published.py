"""Numbers of Vinyals, Fortunato and Jaitly 2015, Pointer networks (arXiv 1506.03134)."""

from __future__ import annotations

from collections.abc import Mapping

HULL_5_TO_50: Mapping[int, tuple[float, float]] = {
    5: (0.920, 0.996),
    10: (0.870, 0.998),
    50: (0.696, 0.999),
    100: (0.503, 0.999),
    200: (0.221, 0.999),
    500: (0.013, 0.992),
}
"""Table 1: sequence accuracy and area covered of the Ptr-Net trained on 5 to 50 points, by n."""
DELAUNAY: Mapping[int, tuple[float, float]] = {
    5: (0.807, 0.930),
    10: (0.226, 0.813),
    50: (0.0, 0.528),
}
"""Accuracy and triangle coverage, each trained at the n it is tested at."""
TOUR_5_TO_20: Mapping[int, tuple[float, float]] = {
    5: (2.12, 2.12),
    10: (2.87, 2.87),
    20: (3.88, 3.83),
    50: (7.66, 5.69),
}
"""Table 2: mean tour length of the Ptr-Net trained on 5 to 20 cities, and the optimal one; at 50
cities the optimum is not in the table, 5.69 is the usual value for uniform cities."""
TOUR_OPTIMUM: Mapping[int, tuple[float, float]] = {
    5: (2.12604, 0.0003),
    10: (2.8664, 0.0014),
    20: (3.8322, 0.0030),
}
"""Mean optimal length of uniform tours, and its standard error, from 2 million, 60 and 10 thousand
instances by Held-Karp (local search at 20); the paper prints 2.12, 2.87 and 3.83."""


def markers(task: str) -> Mapping[int, tuple[float, float]]:
    """Accuracy (nan where not printed) and quality by number of points; empty without any."""
    match task:
        case "hull":
            return HULL_5_TO_50
        case "delaunay":
            return DELAUNAY
        case "tour":
            return {n: (float("nan"), ours / best - 1) for n, (ours, best) in TOUR_5_TO_20.items()}
        case _:
            return {}
