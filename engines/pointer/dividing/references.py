"""What a tour is held against: a published optimum, LKH, or the best that was found."""

from __future__ import annotations

import importlib.util

import numpy as np

from engines.pointer.dividing.asked import LKH_MAX, ThousandsSpec
from engines.pointer.dividing.instances import Cities

A280_OPTIMUM = 2579.0
"""TSPLIB95, "Best known solutions for symmetric TSPs"."""
LKH_LENGTHS: dict[tuple[str, int], tuple[float, ...]] = {
    ("uniform", 200): (
        10.843455,
        10.637428,
        10.797393,
        10.831290,
        10.545087,
        10.566177,
        10.981993,
        10.688325,
        10.614008,
        10.511567,
    ),
    ("clustered", 1_000): (
        11.429438,
        11.539448,
        9.902269,
        11.142135,
        11.627723,
    ),
    ("uniform", 1_000): (
        23.123701,
        22.936987,
        22.817756,
        23.114160,
        23.396021,
        23.072927,
        22.988455,
        23.128051,
        22.646766,
        22.780609,
        22.952518,
        23.308156,
        23.216153,
        22.915640,
        22.971454,
        22.945307,
        23.280790,
        23.035613,
        23.100377,
        22.845886,
    ),
}
"""By distribution and size, of seeds 0, 1, 2 ...: elkai 2.0.1, one run each; not proven optimal."""
BEST_FOUND = "the shortest tour found here"


def known_length(spec: ThousandsSpec, k: int) -> tuple[float, str] | None:
    """Length of instance ``k`` that somebody else found, and who; None where nobody has."""
    if spec.points:
        return None
    if spec.distribution == "a280":
        return A280_OPTIMUM, "the published optimum"
    lengths = LKH_LENGTHS.get((spec.distribution, spec.n_cities), ())
    if spec.seed + k < len(lengths):
        return lengths[spec.seed + k], "LKH, one run"
    return None


def lkh_is_here() -> bool:
    """Whether elkai is installed."""
    return importlib.util.find_spec("elkai") is not None


def lkh_length(cities: Cities) -> float:
    """Length of the tour of one run of LKH; it cannot be stopped on its way."""
    import elkai  # type: ignore[import-not-found]

    points, scale = cities.points, 1e6 if cities.metric == "plane" else 1.0
    scale /= max(float(np.ptp(points, axis=0).max()), 1e-300) if scale > 1.0 else 1.0
    between = [np.rint(scale * row).astype(np.int64).tolist() for row in _rows(cities)]
    tour = elkai.DistanceMatrix(between).solve_tsp(runs=1)[:-1]
    return cities.length(np.array(tour, np.int64))


def _rows(cities: Cities) -> list[np.ndarray]:
    from engines.pointer.instances.tsplib import edge_lengths

    points = cities.points
    return [edge_lengths(np.broadcast_to(p, points.shape), points, cities.metric) for p in points]


def why_no_lkh(spec: ThousandsSpec, n: int) -> str:
    """Why LKH is not asked although it could be, or empty."""
    if not spec.lkh:
        return ""
    if not lkh_is_here():
        return "LKH is not installed here (pip install elkai); tours are held against the best"
    if n > LKH_MAX:
        return f"LKH is asked to {LKH_MAX:,} cities; there are {n:,}"
    return ""
