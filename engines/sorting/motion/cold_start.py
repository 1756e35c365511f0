"""The first run ever on a machine: the plain loop shows it while the kernels are compiled.

Compiling takes some seconds, once per version of the code. Since the plain loop makes the very
same swaps, the kernels take over in the middle of the run and nobody can tell.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Generator

import numpy as np

from engines.sorting.motion.plain_python import PlainArray
from engines.sorting.settings.spec import SortSpec, measured_descending
from engines.sorting.trajectory.moments import SortFrame

FRAME_S = 1 / 60
MOST_CELLS = 300
"""Larger arrays wait for the kernels."""

_ready = threading.Event()


def is_cold() -> bool:
    """Whether this version's kernels have neither been used here nor been compiled before."""
    if _ready.is_set():
        return False
    from engines.sorting.kernels.jit import cache_folder

    if any(cache_folder().rglob("*.nbi")):
        _ready.set()
    return not _ready.is_set()


def plain_loop_fits(spec: SortSpec) -> bool:
    """Whether the plain loop makes the kernels' swaps, and fast enough to look at."""
    events = spec.scheduler == "uniform" or (spec.scheduler == "burst" and spec.mean_burst == 1.0)
    small = spec.n_cells <= MOST_CELLS
    return small and not events and not spec.edits and spec.control == "cell view"


def warm_up(spec: SortSpec) -> None:
    """Compile, or read from disk, every kernel that this kind of run needs."""
    from engines.sorting.motion.simulation import Simulation

    Simulation(spec.replace(max_swaps=min(spec.max_swaps, 10))).finish()
    _ready.set()


def cold_frames(
    spec: SortSpec, swaps_per_second: float = math.inf
) -> Generator[SortFrame, None, int]:
    """Moments of the run until the kernels are ready; returns the step that was reached."""
    compiler = threading.Thread(target=warm_up, args=(spec,), daemon=True)
    compiler.start()
    array = PlainArray(spec)
    array.begin()
    fits, due, last = plain_loop_fits(spec), 0.0, time.monotonic()
    yield _frame(array)
    while compiler.is_alive():
        now = time.monotonic()
        due += min(now - last, 4 * FRAME_S) * swaps_per_second
        last = now
        while fits and not array.run.stop and len(array.run.swaps) < due:
            array.next_turns()
            if time.monotonic() > now + FRAME_S / 2:
                break
        yield _frame(array)
        time.sleep(max(0.0, FRAME_S - (time.monotonic() - now)))
    return len(array.run.swaps)


def _frame(array: PlainArray) -> SortFrame:
    run, n = array.run, array.n
    small = np.uint16 if n <= 65_536 else np.uint32
    order, rank = np.array(run.order, small), np.array(array.rank, small)
    kinds = np.array(array.algotype, np.uint8)
    steps = np.diff(rank[order].astype(np.int64))
    error = int((steps > 0 if measured_descending(array.spec) else steps < 0).sum())
    alike = int((kinds[order][1:] == kinds[order][:-1]).sum())
    first_cell = 0 if array.spec.sortedness_no_plus1 else 1
    return SortFrame(
        step=len(run.swaps),
        order=order,
        rank=rank,
        algotype=kinds,
        frozen=np.array(array.frozen, np.uint8),
        error=error,
        sortedness=100.0 * (n - 1 + first_cell - error) / n if n else 100.0,
        aggregation=alike / n if n > 1 else math.nan,
        n_swaps=len(run.swaps),
        n_paper_steps=run.n_paper_steps,
        n_reads=run.n_reads,
        n_activations=run.n_activations,
    )
