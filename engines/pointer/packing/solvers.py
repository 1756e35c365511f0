"""Who fills a knapsack: greed by ratio, Dantzig's bound, a search with it, dynamic programming."""

from __future__ import annotations

import numpy as np
from numba import njit

NODES_MAX = 5_000_000
"""After so many branches the search says its bound instead of an optimum."""
_SLACK = 1e-12
"""Sums round: a share of the capacity, and of the most that is known."""


def by_ratio(weight: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Items with most value for their weight first: int64[item]."""
    return np.argsort(-value / weight, kind="stable")


@njit(cache=True, nogil=True)
def greedy(weight: np.ndarray, order: np.ndarray, capacity: float) -> np.ndarray:
    """Every item in this order that still fits: bool[item]."""
    taken, load = np.zeros(len(weight), np.bool_), 0.0
    for k in order:
        if load + weight[k] <= capacity * (1.0 + _SLACK):
            taken[k] = True
            load += weight[k]
    return taken


@njit(cache=True, nogil=True)
def fractional_bound(
    weight: np.ndarray, value: np.ndarray, order: np.ndarray, capacity: float
) -> float:
    """Value where the first item that does not fit may be cut (Dantzig 1957): none is above.

    Items that are heavier than the capacity are in no answer, and in no part of this.
    """
    left, total = capacity, 0.0
    for k in order:
        if weight[k] > capacity * (1.0 + _SLACK):
            continue
        if weight[k] > left:
            return float(total + value[k] * left / weight[k])
        left -= weight[k]
        total += value[k]
    return float(total)


@njit(cache=True, nogil=True)
def searched(
    weight: np.ndarray, value: np.ndarray, order: np.ndarray, capacity: float
) -> tuple[np.ndarray, bool]:
    """The best items bool[item] by branch and bound (Horowitz & Sahni 1974), and whether proven.

    Items are taken in the order of their ratio; a branch whose bound is no better is left.
    """
    n = len(weight)
    w, v, capacity = weight[order], value[order], capacity * (1.0 + _SLACK)
    best = greedy(w, np.arange(n), capacity)
    most, chosen = v[best].sum(), np.zeros(n, np.bool_)
    left, total, k, n_nodes = capacity, 0.0, 0, 0
    while n_nodes < NODES_MAX:
        n_nodes += 1
        bound, room = total, left
        for j in range(k, n):
            if w[j] > room:
                bound += v[j] * room / w[j]
                break
            bound += v[j]
            room -= w[j]
        if bound > most * (1.0 + _SLACK):
            while k < n and w[k] <= left:
                chosen[k] = True
                left -= w[k]
                total += v[k]
                k += 1
            if k < n:
                k += 1  # this one does not fit: go on without it
                continue
            if total > most:
                most = total
                best[:] = chosen
        k -= 1
        while k >= 0 and not chosen[k]:
            k -= 1
        if k < 0:
            return _in_place(best, order), True
        chosen[k] = False
        left += w[k]
        total -= v[k]
        k += 1
    return _in_place(best, order), False


@njit(cache=True, nogil=True)
def _in_place(chosen: np.ndarray, order: np.ndarray) -> np.ndarray:
    taken = np.zeros(len(order), np.bool_)
    for k in range(len(order)):
        taken[order[k]] = chosen[k]
    return taken


@njit(cache=True, nogil=True)
def programmed(weight: np.ndarray, value: np.ndarray, capacity: int) -> np.ndarray:
    """The best items bool[item] of whole weights int64[item] (Bellman 1957), O(n capacity)."""
    n = len(weight)
    best, used = np.zeros(capacity + 1), np.zeros((n, capacity + 1), np.bool_)
    for k in range(n):
        for load in range(capacity, weight[k] - 1, -1):
            with_it = best[load - weight[k]] + value[k]
            if with_it > best[load]:
                best[load] = with_it
                used[k, load] = True
    taken, load = np.zeros(n, np.bool_), capacity
    for k in range(n - 1, -1, -1):
        if used[k, load]:
            taken[k] = True
            load -= weight[k]
    return taken


def rounded(weight: np.ndarray, value: np.ndarray, capacity: float, n_steps: int) -> np.ndarray:
    """The best items bool[item] of weights rounded up to a step, so that they surely fit."""
    steps = np.ceil(weight * n_steps / capacity * (1.0 - 1e-15)).astype(np.int64)
    return programmed(np.minimum(steps, n_steps + 1), value, n_steps)
