"""From a swap log to a trajectory: everything that follows from the log alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.sorting.kernels import state
from engines.sorting.kernels.traces import (
    find_detours,
    follow,
    total_same,
    trace_same,
)
from engines.sorting.motion.start import Start
from engines.sorting.motion.swap_log import SwapLog
from engines.sorting.settings.spec import SortSpec, measured_descending
from engines.sorting.trajectory.traits import TraitLog, regrouping_steps, traits_at
from engines.sorting.trajectory.trajectory import KEYFRAME_EVERY, StopReason, Trajectory


@dataclass(frozen=True, eq=False)
class Recording:
    """What a run leaves behind while it moves: its start, its swaps, its counts and its changes."""

    spec: SortSpec
    start: Start
    log: SwapLog
    numbers: np.ndarray
    """int64[number], as in `kernels.state`."""
    edit_steps: np.ndarray
    """int64[edit]."""
    traits: TraitLog


@dataclass(frozen=True, eq=False)
class _Traces:
    errors: np.ndarray
    same_type: np.ndarray
    keyframes: np.ndarray
    moves: np.ndarray


def keyframe_every(n_cells: int) -> int:
    """Swaps between keyframes; large arrays keep fewer, for one costs as much as 2n swaps."""
    return max(KEYFRAME_EVERY, 4 * n_cells)


def traced(run: Recording, stop: StopReason) -> Trajectory:
    """The trajectory of what a run has done so far."""
    spec, start, log, counts = run.spec, run.start, run.log, run.numbers
    traces = _traces(run)
    cycle = (int(counts[state.CYCLE_START]), int(counts[state.CYCLE_PERIOD]))
    return Trajectory(
        spec=spec,
        value=start.value,
        rank=start.rank,
        label=start.label,
        algotype=start.algotype,
        descending=start.descending,
        frozen=start.frozen,
        left=log.left(),
        right=log.right(),
        activation=log.activation(),
        errors=traces.errors,
        same_type=traces.same_type,
        keyframe_swaps=np.arange(len(traces.keyframes)) * keyframe_every(spec.n_cells),
        keyframes=traces.keyframes,
        moves=traces.moves,
        detours=detours_of(traces.errors),
        hand_swaps=np.array(log.hand_swaps, np.int64),
        edit_steps=run.edit_steps.copy(),
        trait_changes=run.traits.rows(),
        measured_descending=measured_descending(spec),
        n_paper_steps=int(counts[state.PAPER_STEPS]),
        n_reads=int(counts[state.READS]),
        n_activations=int(counts[state.ACTIVATIONS]),
        stop=stop,
        cycle=cycle if stop == "livelock" else (0, 0),
    )


def detours_of(errors: np.ndarray) -> np.ndarray:
    """int32[event, 3]: start, trough and end of every delayed-gratification event."""
    most = np.empty((len(errors) // 2, 3), np.int32)  # an event takes two steps or more
    return most[: find_detours(errors, most)].copy()


def _traces(run: Recording) -> _Traces:
    spec = run.spec
    n, last, every = spec.n_cells, int(run.numbers[state.STEP]), keyframe_every(spec.n_cells)
    count_type = np.int16 if n < 2**15 else np.int32
    same = np.full(last + 1, max(n - 1, 0), count_type)
    order = np.arange(n, dtype=np.int32)
    keyframes = np.zeros((last // every + 1, n), np.int32)
    keyframes[0] = order
    moves = np.zeros(n, np.int64)
    changes = run.traits.rows()
    mixed = len(np.unique(run.start.algotype)) > 1 or len(changes) > 0
    for first, left, right in _pieces(run, regrouping_steps(changes)):
        if mixed:
            kinds = _kinds_at(run, changes, first)[order]
            local = np.full(len(left) + 1, total_same(kinds), np.int32)
            trace_same(kinds, left, right, local)
            same[first : first + len(left) + 1] = local
        follow(order, left, right, moves, first, every, keyframes)
    same[last] = total_same(_kinds_at(run, changes, last)[order])
    errors = run.log.errors()
    return _Traces(errors, same, keyframes.astype(_cell_type(n)), moves)


def _cell_type(n_cells: int) -> type:
    return np.uint16 if n_cells <= 65_536 else np.uint32


def _pieces(run: Recording, borders: set[int]) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """The log in pieces within which no algotype changes: first step, left, right."""
    first = 0
    for left, right in run.log.blocks():
        inside = sorted(step for step in borders if first < step < first + len(left))
        for start, end in zip([first, *inside], [*inside, first + len(left)], strict=True):
            part = slice(start - first, end - first)
            yield start, left[part], right[part]
        first += len(left)


def _kinds_at(run: Recording, changes: np.ndarray, step: int) -> np.ndarray:
    """uint8[cell]: algotypes at a step, changes at that step included."""
    start = run.start
    return traits_at(changes, step, start.algotype, start.descending, start.frozen)[0]
