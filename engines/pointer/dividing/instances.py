"""Cities by the thousand, and lengths that others found for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from engines.pointer.dividing.asked import CITIES_MAX, ThousandsSpec
from engines.pointer.errors import InstanceError
from engines.pointer.instances.checked import rows_of_two
from engines.pointer.instances.distributions import drawn
from engines.pointer.instances.tsplib import edge_lengths, read_tsplib
from engines.pointer.model import Metric


@dataclass(frozen=True)
class Cities:
    """One instance."""

    points: np.ndarray
    """float64[city, 2], in their own coordinates."""
    metric: Metric
    name: str

    def length(self, tour: np.ndarray) -> float:
        """Of a closed tour, as the metric measures."""
        a, b = self.points[tour], self.points[np.roll(tour, -1)]
        return float(edge_lengths(a, b, self.metric).sum())


def cities_of(spec: ThousandsSpec, k: int = 0) -> Cities:
    """Instance ``k`` of a run; own cities and those of TSPLIB are one.

    Raises:
        InstanceError: rows that are no cities.
    """
    if spec.points:
        points = rows_of_two(spec.points)
        if len(points) > CITIES_MAX:
            raise InstanceError(f"at most {CITIES_MAX:,} cities, got {len(points):,}")
        return Cities(points, spec.metric, f"{len(points):,} own cities")
    if spec.distribution == "a280":
        read = read_tsplib(_a280())
        return Cities(read.points, read.metric, "a280, 280 holes of a drilled plate")
    points = drawn(spec.distribution, spec.n_cities, spec.seed + k)
    return Cities(points, "plane", f"{spec.n_cities:,} {spec.distribution} cities")


def n_instances(spec: ThousandsSpec) -> int:
    """How many sets of cities a run has."""
    one = spec.points or spec.distribution == "a280" or spec.start == "own tour"
    return 1 if one else spec.n_instances


def check_own_tour(spec: ThousandsSpec, cities: Cities) -> None:
    """An own tour goes through these cities.

    Raises:
        InstanceError: it has more or fewer.
    """
    n = len(cities.points)
    if spec.start == "own tour" and len(spec.own_tour) != n:
        raise InstanceError(
            f"the own tour has {len(spec.own_tour):,} cities, there are {n:,}; bring its cities "
            "first"
        )


_ROOT = Path(__file__).parents[3]


def asset_folder() -> Path:
    """Where files of this workbench lie: beside the packages, or inside ``explorer`` in a wheel."""
    for folder in (_ROOT / "explorer" / "assets" / "pointer", _ROOT / "assets" / "pointer"):
        if folder.exists():
            return folder
    return _ROOT / "assets" / "pointer"


@cache
def _a280() -> str:
    try:
        return (asset_folder() / "a280.tsp").read_text(encoding="utf-8")
    except OSError as error:
        raise InstanceError(f"a280.tsp is not among the assets: {error}") from error
