"""From a spec to the integers a kernel reads, and which kernel may run it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from engines.sorting import rng
from engines.sorting.kernels import state
from engines.sorting.kernels.words import geometric_digits
from engines.sorting.spec import SortSpec, measured_descending

_ROUNDS = {
    "sweep": state.SWEEP,
    "round robin": state.ROUND_ROBIN,
    "synchronous": state.SYNCHRONOUS,
}


def _kinds(algotype: np.ndarray, down: np.ndarray) -> list[list[int]]:
    """Cells of every [algotype][direction]."""
    return np.bincount(2 * algotype.astype(np.int64) + down, minlength=6).reshape(3, 2).tolist()


def engine_for(spec: SortSpec, kinds: list[list[int]], frozen: np.ndarray) -> int:
    """The kernel: event-driven where that is exact, else the plain loop of the scheduler."""
    if spec.control == "traditional":
        return state.TRADITIONAL
    if spec.scheduler in _ROUNDS:
        return _ROUNDS[spec.scheduler]
    if spec.scheduler != "uniform" and spec.mean_burst != 1.0:
        return state.SERIAL
    n_cells, direction = len(frozen), int(measured_descending(spec))
    events = {state.BUBBLE: state.BUBBLE_EVENTS, state.INSERTION: state.INSERTION_EVENTS}
    for algotype, engine in events.items():
        if n_cells and kinds[algotype][direction] == n_cells:
            return state.SERIAL if (frozen == state.MOVABLE).any() else engine
    return state.SERIAL


def new_state(spec: SortSpec) -> np.ndarray:
    """int64[number]: all zero but for the random stream; the knobs are set by `set_knobs`."""
    fixed = np.zeros(state.DIGITS, np.int64)
    fixed[state.COUNTER] = np.uint64(rng.stream_start(spec.seed, rng.SCHEDULE)).astype(np.int64)
    return np.concatenate([fixed, _digits(spec.n_cells)])


def set_knobs(
    numbers: np.ndarray,
    spec: SortSpec,
    algotype: np.ndarray,
    down: np.ndarray,
    frozen: np.ndarray,
) -> None:
    """Write into ``numbers`` what stays fixed between two edits."""
    kinds, direction = _kinds(algotype, down), int(measured_descending(spec))
    numbers[state.ENGINE] = engine_for(spec, kinds, frozen)
    numbers[state.MAX_SWAPS] = spec.max_swaps
    numbers[state.MAX_ACTIVATIONS] = spec.max_activations
    numbers[state.LONGEST_BURST], numbers[state.LONGER_ODDS] = burst_lengths(spec)
    numbers[state.QUIRK] = spec.selection_frozen_quirk
    numbers[state.DESCENDING] = direction
    numbers[state.ONE_DIRECTION] = not any(row[1 - direction] for row in kinds)
    up, falling = kinds[state.INSERTION]
    numbers[state.HAS_INSERTION] = (1 if up else 0) + (2 if falling else 0)
    numbers[state.WINDOW] = max(1000, 20 * spec.n_cells)


def burst_lengths(spec: SortSpec) -> tuple[int, int]:
    """Lengths are uniform on 1..L, or with the odds (of 2**32) on 1..L+1; their mean is exact."""
    if spec.scheduler != "burst":
        return 1, 0
    longest = 2.0 * spec.mean_burst - 1.0
    whole = math.floor(longest)
    return whole, int((longest - whole) * 2**32)


_digits = lru_cache(maxsize=64)(geometric_digits)
