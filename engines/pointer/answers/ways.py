"""What is known of tours where there and back differ."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from engines.contract import KnownAnswer

_SEED = 20_17
BR17 = """NAME: br17
TYPE: ATSP
COMMENT: 17 city problem (Repetto)
DIMENSION: 17
EDGE_WEIGHT_TYPE: EXPLICIT
EDGE_WEIGHT_FORMAT: FULL_MATRIX
EDGE_WEIGHT_SECTION
 9999 3 5 48 48 8 8 5 5 3 3 0 3 5 8 8 5
 3 9999 3 48 48 8 8 5 5 0 0 3 0 3 8 8 5
 5 3 9999 72 72 48 48 24 24 3 3 5 3 0 48 48 24
 48 48 74 9999 0 6 6 12 12 48 48 48 48 74 6 6 12
 48 48 74 0 9999 6 6 12 12 48 48 48 48 74 6 6 12
 8 8 50 6 6 9999 0 8 8 8 8 8 8 50 0 0 8
 8 8 50 6 6 0 9999 8 8 8 8 8 8 50 0 0 8
 5 5 26 12 12 8 8 9999 0 5 5 5 5 26 8 8 0
 5 5 26 12 12 8 8 0 9999 5 5 5 5 26 8 8 0
 3 0 3 48 48 8 8 5 5 9999 0 3 0 3 8 8 5
 3 0 3 48 48 8 8 5 5 0 9999 3 0 3 8 8 5
 0 3 5 48 48 8 8 5 5 3 3 9999 3 5 8 8 5
 3 0 3 48 48 8 8 5 5 0 0 3 9999 3 8 8 5
 5 3 0 72 72 48 48 24 24 3 3 5 3 9999 48 48 24
 8 8 50 6 6 0 0 8 8 8 8 8 8 50 9999 0 8
 8 8 50 6 6 0 0 8 8 8 8 8 8 50 0 9999 8
 5 5 26 12 12 8 8 0 0 5 5 5 5 26 8 8 9999
EOF
"""
"""Repetto's 17 cities in TSPLIB (Reinelt 1991); its page gives 39 as the optimum."""


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
            "Twenty tables with two hidden cycles: cost of their join above the least, at most",
            "brute force",
            0.0,
            1e-9,
            of_two_cycles,
        ),
        KnownAnswer("Cost of the tour of br17", "TSPLIB (Reinelt 1991)", 39.0, 0.0, of_br17),
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


def of_two_cycles() -> float:
    """Most that a tour costs above the cheapest join of two cycles that cost nothing."""
    from engines.pointer.kernels import tours
    from engines.pointer.ways.methods import patched

    most = 0.0
    for k, between in enumerate(_tables(8, 20)):
        order = np.random.Generator(np.random.Philox(key=[_SEED, 100 + k])).permutation(8)
        one, other = order[:4], order[4:]
        after_one, after_other = np.roll(one, -1), np.roll(other, -1)
        between[one, after_one] = between[other, after_other] = 0.0
        least = (between[np.ix_(one, after_other)] + between[np.ix_(other, after_one)].T).min()
        most = max(most, abs(tours.tour_length(between, patched(between)) - least))
    return most


def of_br17() -> float:
    """Cost of the best tour found."""
    from engines.pointer.instances.atsp import read_ways
    from engines.pointer.kernels import one_way, tours

    between = read_ways(BR17, n_max=17).between
    return float(tours.tour_length(between, one_way.search(between, 10)))


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
