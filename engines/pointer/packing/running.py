"""One run: every method on every set of items, and rounding at every number of steps."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from engines.pointer.packing.asked import N_WHOLE, KnapsackSpec
from engines.pointer.packing.results import GREEDY, KnapsackFrame, Knapsacks, method_names
from engines.pointer.packing.results import STEPS_SHOWN as STEPS
from engines.pointer.packing.solvers import (
    by_ratio,
    fractional_bound,
    greedy,
    programmed,
    rounded,
    searched,
)

_N_SWEPT = 10
"""Sets of items with which all numbers of steps are tried."""


def items_of(spec: KnapsackSpec, k: int = 0) -> tuple[np.ndarray, np.ndarray, float]:
    """Weights and values float64[item] of set ``k``, and the capacity in the same unit."""
    if spec.items:
        weight, value = np.array(spec.items).T
        return weight.copy(), value.copy(), spec.capacity
    rng = np.random.Generator(np.random.Philox(key=[spec.seed + k, spec.n_items]))
    weight, value = rng.random((2, spec.n_items))
    weight = np.maximum(weight, 1e-9)
    if spec.weights == "whole":
        return np.ceil(N_WHOLE * weight), value, float(np.floor(N_WHOLE * spec.capacity))
    return weight, value, spec.capacity


def n_sets(spec: KnapsackSpec) -> int:
    """How many sets of items a run has."""
    return 1 if spec.items else spec.n_instances


def answers(spec: KnapsackSpec, k: int) -> Iterator[tuple[str, np.ndarray, float, bool]]:
    """Each method's items bool[item], its milliseconds, and whether they are proven best."""
    weight, value, capacity = items_of(spec, k)
    for name in method_names(spec):
        began, proven = time.thread_time(), False
        order = by_ratio(weight, value)
        if name == GREEDY:
            taken = greedy(weight, order, capacity)
        elif name.startswith("branch"):
            taken, proven = searched(weight, value, order, capacity)
        elif name.startswith("dynamic"):
            taken, proven = programmed(weight.astype(np.int64), value, int(capacity)), True
        else:
            taken = rounded(weight, value, capacity, spec.n_steps)
        yield name, taken, 1e3 * (time.thread_time() - began), proven


def frames_of(spec: KnapsackSpec) -> Iterator[KnapsackFrame | Knapsacks]:
    """A frame for every set of items, and one for every number of steps."""
    warm()
    names, sets = method_names(spec), n_sets(spec)
    values, ms = np.full((len(names), sets), np.nan), np.full((len(names), sets), np.nan)
    bounds, proven = np.full(sets, np.nan), np.zeros(sets, bool)
    weight, value, capacity = items_of(spec)
    first = np.zeros((len(names), len(weight)), bool)
    rounding = np.full((len(STEPS), min(sets, _N_SWEPT)), np.nan)
    for k in range(sets):
        w, v, c = items_of(spec, k)
        bounds[k] = fractional_bound(w, v, by_ratio(w, v), c)
        for row, (_name, taken, spent, sure) in enumerate(answers(spec, k)):
            values[row, k], ms[row, k] = v[taken].sum(), spent
            proven[k] |= sure
            if k == 0:
                first[row] = taken
        yield KnapsackFrame(spec, weight, value, capacity, first, bounds.copy(), values.copy(),
                            rounding.copy(), fraction=0.7 * (k + 1) / sets)  # fmt: skip
    for j, n_steps in enumerate(STEPS):
        for k in range(rounding.shape[1]):
            w, v, c = items_of(spec, k)
            rounding[j, k] = v[rounded(w, v, c, n_steps)].sum()
        yield KnapsackFrame(spec, weight, value, capacity, first, bounds.copy(), values.copy(),
                            rounding.copy(), fraction=0.7 + 0.3 * (j + 1) / len(STEPS))  # fmt: skip
    told = () if proven.all() else (
        f"In {int((~proven).sum())} of {sets} sets the search ended before a proof: their gaps "
        "are to the bound, and the optimum is not known",
    )  # fmt: skip
    yield Knapsacks(
        spec, weight, value, capacity, first, bounds, values, rounding, ms, proven, told
    )


def warm() -> None:
    """Compile what is run."""
    weight, value = np.array([0.5, 0.4, 0.3]), np.array([0.1, 0.9, 0.5])
    order = by_ratio(weight, value)
    greedy(weight, order, 0.8)
    fractional_bound(weight, value, order, 0.8)
    searched(weight, value, order, 0.8)
    rounded(weight, value, 0.8, 10)
