"""Tours in a metric that is not the plane's: solved, scored and polished as the file measures."""

from __future__ import annotations

import numpy as np

from engines.pointer.instances.checked import Instance
from engines.pointer.instances.distance_matrices import expanded
from engines.pointer.instances.tsplib import distances
from engines.pointer.kernels import tours
from engines.pointer.model import SolveSpec
from engines.pointer.tasks.protocol import Solution, trimmed
from engines.pointer.tasks.tour import EXACT_MAX


def between_of(spec: SolveSpec, instance: Instance) -> np.ndarray | None:
    """Distances float64[city, city] between the instance's cities; None outside tours."""
    if spec.task != "tour":
        return None
    if spec.metric == "EXPLICIT":
        first = np.unique(instance.kept, return_index=True)[1]
        return expanded(spec.distances, len(instance.kept))[np.ix_(first, first)]
    return distances(instance.points, spec.metric)


def solved(points: np.ndarray, between: np.ndarray) -> Solution:
    """The best tour that is known here for these distances; exact to 12 cities."""
    n = len(between)
    exact = n <= EXACT_MAX
    tour = tours.held_karp(between) if exact else tours.local_search(between, n)
    name = "Held-Karp" if exact else "2-opt and Or-opt from every city, best known"
    return Solution(tours.canonical(points, tour)[None], exact, name)


def scored(between: np.ndarray, answer: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """Accuracy and gap as the distances measure; a gap of nan for what is no tour."""
    answer, n = trimmed(answer), len(between)
    if len(answer) != n or len(np.unique(answer)) != n:
        return {"accuracy": 0.0, "gap": float("nan")}
    least = tours.tour_length(between, reference)
    length = tours.tour_length(between, np.ascontiguousarray(answer))
    gap = length / least - 1.0 if least else 0.0
    return {"accuracy": float(gap < 1e-9), "gap": gap}
