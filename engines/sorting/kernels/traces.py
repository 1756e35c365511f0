"""What a swap log says: error and clusters after every swap, detours, curves."""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels.exchange import wrong
from engines.sorting.kernels.jit import inlined, kernel


@inlined
def _same_at(kind_at: np.ndarray, edge: int) -> int:
    if edge < 0 or edge >= len(kind_at) - 1:
        return 0
    return 1 if kind_at[edge] == kind_at[edge + 1] else 0


@kernel
def total_error(rank_at: np.ndarray, down: int) -> int:
    """Neighbours in the wrong order."""
    total = 0
    for edge in range(len(rank_at) - 1):
        total += 1 if wrong(rank_at[edge], rank_at[edge + 1], down) else 0
    return total


@kernel
def total_same(kind_at: np.ndarray) -> int:
    """Neighbours of one algotype."""
    total = 0
    for edge in range(len(kind_at) - 1):
        total += _same_at(kind_at, edge)
    return total


@kernel
def trace_same(kind_at: np.ndarray, left: np.ndarray, right: np.ndarray, same: np.ndarray) -> None:
    """Replay swaps on ``kind_at`` [position]; ``same[0]`` is given, the rest is filled in."""
    alike = np.int64(same[0])
    for index in range(len(left)):
        a, b = np.int64(left[index]), np.int64(right[index])
        if kind_at[a] != kind_at[b]:
            alike -= _same_at(kind_at, a - 1) + _same_at(kind_at, b)
            if b > a + 1:
                alike -= _same_at(kind_at, a) + _same_at(kind_at, b - 1)
            kind_at[a], kind_at[b] = kind_at[b], kind_at[a]
            alike += _same_at(kind_at, a - 1) + _same_at(kind_at, b)
            if b > a + 1:
                alike += _same_at(kind_at, a) + _same_at(kind_at, b - 1)
        same[index + 1] = alike


@kernel
def follow(
    order: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    moves: np.ndarray,
    first_step: int,
    every: int,
    keyframes: np.ndarray,
) -> None:
    """Replay swaps on the order; count each cell's moves and keep every ``every``-th order."""
    step = first_step
    for index in range(len(left)):
        a, b = left[index], right[index]
        order[a], order[b] = order[b], order[a]
        moves[order[a]] += 1
        moves[order[b]] += 1
        step += 1
        if step % every == 0:
            for place in range(len(order)):
                keyframes[step // every, place] = order[place]


@kernel
def find_detours(errors: np.ndarray, events: np.ndarray) -> int:
    """Delayed-gratification events: ``events[event] = start, trough, end``; answers how many.

    The start of the run is not looked at, as in the paper's code.
    """
    n_events, rising, begun = 0, False, False
    start, trough, end = 0, 0, 0
    for step in range(2, len(errors) + 1):
        change = errors[step] - errors[step - 1] if step < len(errors) else 1
        if change > 0:
            if begun and not rising:
                events[n_events, 0], events[n_events, 1] = start, trough
                events[n_events, 2] = end
                n_events += 1
            if not rising:
                start, rising, begun = step - 1, True, True
            trough = step
        elif change < 0:
            rising = False
            end = step
    return n_events


@kernel
def gratification(errors: np.ndarray, early_return: bool) -> float:
    """Delayed gratification (net): mean over events of (gain - drop) / drop; 0 without events.

    ``early_return``: the sum instead of the mean when the run ends while the error grows.
    """
    total, n_events, rising, begun = 0.0, 0, False, False
    drop, gain = 0.0, 0.0
    for step in range(2, len(errors)):
        change = errors[step] - errors[step - 1]
        if change > 0:
            if not rising:
                if begun:
                    total += (gain - drop) / drop
                    n_events += 1
                drop, gain, rising, begun = 0.0, 0.0, True, True
            drop += change
        elif change < 0:
            rising = False
            gain -= change
    if begun and not rising:
        total += (gain - drop) / drop
        n_events += 1
    if n_events == 0 or (rising and early_return):
        return total
    return total / n_events
