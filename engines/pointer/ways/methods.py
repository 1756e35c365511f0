"""Ways to a tour where there and back differ, and a bound that no tour goes below."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import linear_sum_assignment

from engines.pointer.kernels import one_way, tours
from engines.pointer.ways.asked import BY_MEAN, EXACT, EXACT_MAX, EXCHANGED, NEAREST, PATCHED

Method = Callable[[np.ndarray], np.ndarray]


def methods(n_stops: int, n_starts: int) -> dict[str, Method]:
    """What finds a tour int64[place] for costs float64[from, to], by name."""
    found: dict[str, Method] = {
        NEAREST: one_way.best_nearest,
        PATCHED: patched,
        BY_MEAN: lambda between: by_mean(between, n_starts),
        EXCHANGED: lambda between: one_way.search(between, n_starts),
    }
    if n_stops <= EXACT_MAX:
        found[EXACT] = tours.held_karp
    return found


def assigned(between: np.ndarray) -> tuple[np.ndarray, float]:
    """The cheapest successor int64[stop] of every stop, no two the same, and what it costs.

    Every tour is such a choice, so none costs less (Kuhn 1955, Balas and Toth 1985).
    """
    barred = between.copy()
    np.fill_diagonal(barred, between.sum() + 1.0)
    rows, following = linear_sum_assignment(barred)
    return following, float(between[rows, following].sum())


def patched(between: np.ndarray) -> np.ndarray:
    """The assignment's cycles, always the two longest joined where that costs least (Karp 1979)."""
    following, _ = assigned(between)
    cycles = sorted(_cycles(following), key=len)
    while len(cycles) > 1:
        one, other = cycles.pop(), cycles.pop()
        ends, starts = np.roll(one, -1), np.roll(other, -1)
        # One stop of each goes on to where the other's went on to.
        cost = between[one][:, starts] + between[other][:, ends].T
        cost -= between[one, ends][:, None] + between[other, starts][None]
        i, j = np.unravel_index(cost.argmin(), cost.shape)
        cycles.append(np.concatenate([np.roll(one, -i - 1), np.roll(other, -j - 1)]))
        cycles.sort(key=len)
    return cycles[0]


def by_mean(between: np.ndarray, n_starts: int) -> np.ndarray:
    """What the same search finds with the mean of there and back, in its better direction."""
    tour = one_way.search(0.5 * (between + between.T), n_starts)
    back = tour[::-1].copy()
    there, again = (tours.tour_length(between, each) for each in (tour, back))
    return tour if there <= again else back


def _cycles(following: np.ndarray) -> list[np.ndarray]:
    left = np.ones(len(following), bool)
    found = []
    for start in range(len(following)):
        cycle, here = [], start
        while left[here]:
            left[here] = False
            cycle.append(here)
            here = int(following[here])
        if cycle:
            found.append(np.array(cycle))
    return found
