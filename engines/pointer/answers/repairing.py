"""Known answers of repairs: every place tried, and nothing left to do."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer

_SEED = 21


def repairing_answers() -> tuple[KnownAnswer, ...]:
    """Cheapest insertion, and a move back."""
    return (
        KnownAnswer(
            "a moved city is put where it costs least: largest difference over 40 moves",
            "every place of the tour tried", 0.0, 1e-12, insertion_difference,
        ),
        KnownAnswer(
            "a tour whose city goes nowhere grows by",
            "2-opt and Or-opt shorten or leave it", 0.0, 0.0, growth_without_a_move,
        ),
    )  # fmt: skip


def insertion_difference(n: int = 60, n_moves: int = 40) -> float:
    """Largest difference between the tour after `put_back` and the best of all places."""
    from engines.pointer.dividing.neighbours import neighbour_lists
    from engines.pointer.dividing.search import length_of
    from engines.pointer.repairing.mending import put_back

    rng, most = np.random.default_rng(_SEED), 0.0
    for _ in range(n_moves):
        points, tour = rng.random((n, 2)), rng.permutation(n)
        city = int(rng.integers(n))
        found = put_back(points, neighbour_lists(points, n - 1), tour, np.array([city]))
        rest = tour[tour != city]
        best = min(length_of(points, np.insert(rest, k, city)) for k in range(n))
        most = max(most, abs(length_of(points, found) - best))
    return most


def growth_without_a_move(n: int = 80, n_tours: int = 20) -> float:
    """The most by which a repair lengthens a tour none of whose cities has moved."""
    from engines.pointer.dividing.neighbours import neighbour_lists
    from engines.pointer.dividing.search import improve, length_of
    from engines.pointer.repairing.mending import repaired

    rng, most = np.random.default_rng(_SEED), 0.0
    for _ in range(n_tours):
        points = rng.random((n, 2))
        near, tour = neighbour_lists(points), np.arange(n)
        improve(points, near, tour, -1, -1)
        found = repaired(points, near, tour, rng.choice(n, 3, replace=False))
        most = max(most, length_of(points, found) - length_of(points, tour) - 1e-9)
    return max(most, 0.0)
