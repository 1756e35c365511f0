"""Known answers of knapsacks: brute force, a linear programme, and two exact methods."""

from __future__ import annotations

from functools import partial

import numpy as np

from engines.contract import KnownAnswer
from engines.pointer.packing.asked import KnapsackSpec

_SHARES = {50: (12.5, 99.4), 100: (25.0, 99.8), 200: (25.0, 99.9)}
"""By items: capacity, and what of the bound greed reached in plain Python, on other sets."""


_P01 = "10 165\n92 23\n57 31\n49 29\n68 44\n60 53\n43 38\n67 63\n84 85\n87 89\n72 82"
_F1 = "10 269\n55 95\n10 4\n47 60\n5 32\n4 23\n50 72\n8 80\n61 62\n85 65\n87 46"
PUBLIC = (
    ("P01", 165, "KNAPSACK_01 data sets (Burkardt), published optimum", 309.0, _P01),
    ("f1", 269, "Zou et al. 2011, Applied Soft Computing 11, published optimum", 295.0, _F1),
)
"""Public instances: name, capacity, source, optimum, and the text of the file."""


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
        KnownAnswer(f"best value of {name}, ten items, capacity {capacity}", source, best, 0.0,
                    partial(best_value, text))
        for name, capacity, source, best, text in PUBLIC
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


def best_value(text: str) -> float:
    """The best value of a public instance's text that branch and bound proves."""
    from engines.pointer.instances.items import items_from_upload
    from engines.pointer.packing.solvers import by_ratio, searched

    read = items_from_upload("the instance", text.encode(), n_max=10)
    order = by_ratio(read.weight, read.value)
    taken, proven = searched(read.weight, read.value, order, read.capacity or 0.0)
    return float(read.value[taken].sum()) if proven else float("nan")


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
