"""Known answers of knapsacks: brute force, a linear programme, and two exact methods."""

from __future__ import annotations

from functools import partial

import numpy as np

from engines.contract import KnownAnswer
from engines.pointer.packing.asked import KnapsackSpec

_SHARES = {50: (12.5, 99.4), 100: (25.0, 99.8), 200: (25.0, 99.9)}
"""By items: capacity, and what of the bound greed reached in plain Python, on other sets."""


def packing_answers() -> tuple[KnownAnswer, ...]:
    """Branch and bound, the bound, the programme, and greed at the usual sizes."""
    found = [
        KnownAnswer(
            "best values of 12 items, largest difference", "brute force over all 4,096 choices",
            0.0, 1e-12, brute_force_difference,
        ),
        KnownAnswer(
            "fractional bounds of 60 items, largest difference", "scipy.optimize.linprog (HiGHS)",
            0.0, 1e-8, bound_difference,
        ),
        KnownAnswer(
            "whole weights, 100 items: branch and bound less dynamic programme, largest difference",
            "two exact methods", 0.0, 1e-9, exact_difference,
        ),
    ]  # fmt: skip
    found += [
        KnownAnswer(
            f"greed by ratio at {n} items, % of the bound, mean of 100",
            "the same rule in plain Python on other sets of items", share, 0.1,
            partial(greedy_share, n),
        )
        for n, (_capacity, share) in _SHARES.items()
    ]  # fmt: skip
    return tuple(found)


def brute_force_difference(n_sets: int = 20) -> float:
    """Largest difference of branch and bound from the best of all choices of 12 items."""
    from engines.pointer.packing.running import items_of
    from engines.pointer.packing.solvers import by_ratio, searched

    chosen, most = np.array(np.meshgrid(*[[0.0, 1.0]] * 12)).reshape(12, -1).T, 0.0
    for k in range(n_sets):
        weight, value, capacity = items_of(KnapsackSpec(n_items=12, capacity=3.0), k)
        best = float((chosen @ value)[chosen @ weight <= capacity].max())
        taken, _ = searched(weight, value, by_ratio(weight, value), capacity)
        most = max(most, abs(float(value[taken].sum()) - best))
    return most


def bound_difference(n_sets: int = 5) -> float:
    """Largest difference of the bound from the knapsack whose items may be cut."""
    from scipy.optimize import linprog

    from engines.pointer.packing.running import items_of
    from engines.pointer.packing.solvers import by_ratio, fractional_bound

    most = 0.0
    for k in range(n_sets):
        weight, value, capacity = items_of(KnapsackSpec(n_items=60, capacity=12.5), k)
        theirs = linprog(-value, A_ub=weight[None], b_ub=[capacity], bounds=(0, 1)).fun
        ours = fractional_bound(weight, value, by_ratio(weight, value), capacity)
        most = max(most, abs(ours + float(theirs)))
    return most


def exact_difference(n_sets: int = 10) -> float:
    """Largest difference of branch and bound from the dynamic programme, whole weights."""
    from engines.pointer.packing.running import items_of
    from engines.pointer.packing.solvers import by_ratio, programmed, searched

    most, spec = 0.0, KnapsackSpec(n_items=100, weights="whole")
    for k in range(n_sets):
        weight, value, capacity = items_of(spec, k)
        taken, _ = searched(weight, value, by_ratio(weight, value), capacity)
        other = programmed(weight.astype(np.int64), value, int(capacity))
        most = max(most, abs(float(value[taken].sum() - value[other].sum())))
    return most


def greedy_share(n: int, n_sets: int = 100) -> float:
    """Mean value of greed over the mean bound, in per cent."""
    from engines.pointer.packing.running import items_of
    from engines.pointer.packing.solvers import by_ratio, fractional_bound, greedy

    spec, values, bounds = KnapsackSpec(n_items=n, capacity=_SHARES[n][0]), [], []
    for k in range(n_sets):
        weight, value, capacity = items_of(spec, k)
        order = by_ratio(weight, value)
        values.append(value[greedy(weight, order, capacity)].sum())
        bounds.append(fractional_bound(weight, value, order, capacity))
    return float(100 * np.mean(values) / np.mean(bounds))
