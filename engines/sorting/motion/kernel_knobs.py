"""From a spec to the integers a kernel reads, and which kernel may run it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from engines.sorting.chance import rng
from engines.sorting.kernels import state
from engines.sorting.kernels.words import geometric_digits
from engines.sorting.settings.spec import SortSpec, measured_descending

_ROUNDS = {
    "sweep": state.SWEEP,
    "round robin": state.ROUND_ROBIN,
    "synchronous": state.SYNCHRONOUS,
}

_NEVER = 2**62


def _kinds(algotype: np.ndarray, down: np.ndarray) -> list[list[int]]:
    """Cells of every [algotype][direction]."""
    return np.bincount(2 * algotype.astype(np.int64) + down, minlength=6).reshape(3, 2).tolist()


def engine_for(spec: SortSpec, kinds: list[list[int]], frozen: np.ndarray) -> int:
    """The kernel: event-driven where that is exact, else the plain loop of the scheduler."""
    if spec.control == "traditional":
        return state.TRADITIONAL
    if spec.scheduler in _ROUNDS:
        return _ROUNDS[spec.scheduler]
    if spec.is_faulty:
        return state.SERIAL
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
    fixed[state.COUNTER] = _bits(rng.stream_start(spec.seed, rng.SCHEDULE))
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
    present = (1 if up else 0) + (2 if falling else 0)
    # Cells that become insertion cells in the middle of a round need its prefixes from the start.
    numbers[state.HAS_INSERTION] = 3 if _may_become_insertion(spec) else present
    switch_is_due = numbers[state.STEP] < spec.switch_at
    # By an error, or by a switch, a state that comes back may yet be left for good.
    endless = bool(spec.sensing_noise) or switch_is_due
    numbers[state.WINDOW] = _NEVER if endless else max(1000, 20 * spec.n_cells)
    _set_faults(numbers, spec)


def _may_become_insertion(spec: SortSpec) -> bool:
    switched = spec.switch_at > 0 and spec.switch_to == "insertion"
    return switched or any(edit.algotype == "insertion" for edit in spec.edits)


def _set_faults(numbers: np.ndarray, spec: SortSpec) -> None:
    numbers[state.FAULTY] = spec.is_faulty
    numbers[state.NUDGES_NEEDED] = spec.nudges_to_unfreeze
    numbers[state.FAILURE_ODDS] = _bits(int(spec.action_failure * 2.0**64))
    numbers[state.FAILURE_STREAM] = _bits(rng.stream_start(spec.seed, rng.FAILURE))
    numbers[state.NOISE_ODDS] = _bits(int(spec.sensing_noise * 2.0**64))
    numbers[state.NOISE_STREAM] = _bits(rng.stream_start(spec.seed, rng.NOISE))


def _bits(word: int) -> np.int64:
    """A 64-bit word as the signed integer with the same bits."""
    return np.uint64(word).astype(np.int64)


def burst_lengths(spec: SortSpec) -> tuple[int, int]:
    """Lengths are uniform on 1..L, or with the odds (of 2**32) on 1..L+1; their mean is exact."""
    if spec.scheduler != "burst":
        return 1, 0
    longest = 2.0 * spec.mean_burst - 1.0
    whole = math.floor(longest)
    return whole, int((longest - whole) * 2**32)


_digits = lru_cache(maxsize=64)(geometric_digits)
