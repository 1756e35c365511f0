"""What is known of tours where there and back differ."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from engines.contract import KnownAnswer

_SEED = 20_17


def ways_answers() -> tuple[KnownAnswer, ...]:
    """Against all orders, a tour that costs nothing, and a bound below every tour."""
    return (
        KnownAnswer(
            "Ten tables of seven stops: the search against all 720 orders, worst difference",
            "brute force",
            0.0,
            1e-9,
            from_all_orders,
        ),
        KnownAnswer(
            "Twenty tables with a hidden tour that costs nothing: how much is found to cost",
            "closed form",
            0.0,
            1e-9,
            of_a_hidden_tour,
        ),
        KnownAnswer(
            "Twenty cities of ten stops: how far the assignment bound lies above the best tour",
            "Every tour is an assignment (Balas & Toth 1985)",
            0.0,
            1e-9,
            bound_above_best,
        ),
    )


def _tables(n: int, n_tables: int) -> np.ndarray:
    rng = np.random.Generator(np.random.Philox(key=[_SEED, n]))
    return rng.uniform(1.0, 2.0, (n_tables, n, n))


def from_all_orders() -> float:
    """Worst difference of costs."""
    from engines.pointer.kernels import one_way, tours

    orders = np.array([(0, *rest) for rest in permutations(range(1, 7))])
    most = 0.0
    for between in _tables(7, 10):
        best = between[orders, np.roll(orders, -1, axis=1)].sum(axis=1).min()
        found = tours.tour_length(between, one_way.search(between, 7))
        most = max(most, abs(found - best))
    return most


def of_a_hidden_tour() -> float:
    """Most that a tour found costs."""
    from engines.pointer.kernels import tours
    from engines.pointer.ways.methods import patched

    most = 0.0
    for k, between in enumerate(_tables(30, 20)):
        hidden = np.random.Generator(np.random.Philox(key=[_SEED, k])).permutation(30)
        between[hidden, np.roll(hidden, -1)] = 0.0
        most = max(most, tours.tour_length(between, patched(between)))
    return most


def bound_above_best() -> float:
    """0 where the bound is never above the best tour."""
    from engines.pointer.kernels import tours
    from engines.pointer.ways.asked import WaysSpec, asked
    from engines.pointer.ways.methods import assigned

    most = 0.0
    for instance in asked(WaysSpec(n_stops=10)):
        best = tours.tour_length(instance.between, tours.held_karp(instance.between))
        most = max(most, assigned(instance.between)[1] - best)
    return most
