"""One run of an ensemble: nothing is kept but a row of numbers and three curves."""

from __future__ import annotations

import numpy as np

from engines.sorting import rng
from engines.sorting.kernels import many, state
from engines.sorting.kernels.run import KERNELS, prepare
from engines.sorting.knobs import new_state, set_knobs
from engines.sorting.spec import SortSpec
from engines.sorting.start import Start, start_of

FIRST_LOG_SWAPS = 8192
_FOREVER = 2**62


class Scratch:
    """A log buffer that the runs of one thread share; fresh memory costs more than a short run."""

    def __init__(self) -> None:
        """Room for a short run; it grows with the longest."""
        self.log = state.new_log(FIRST_LOG_SWAPS)

    def double(self) -> None:
        """Twice the room, keeping what is there."""
        longer = state.new_log(2 * self.log.shape[1])
        longer[:, : self.log.shape[1]] = self.log
        self.log = longer


def sorted_run(spec: SortSpec, scratch: Scratch) -> tuple[Start, int, np.ndarray, np.ndarray]:
    """Run ``spec`` to its end: its start, why it stopped (a kernel's code), numbers and log.

    The log lies in ``scratch`` and is good until the next run.
    """
    start = start_of(spec)
    cells = state.new_cells(start.rank, start.algotype, start.descending, start.frozen)
    values = new_state(spec)
    set_knobs(values, spec, start.algotype, start.descending, start.frozen)
    advance = KERNELS[int(values[state.ENGINE])]
    code = prepare(cells, values)
    while code == state.RUNNING:
        if values[state.LOGGED] == scratch.log.shape[1]:
            scratch.double()
        code = advance(cells, values, scratch.log, _FOREVER, _FOREVER)
    return start, code, values, scratch.log[:, : values[state.LOGGED]]


def whole_run(spec: SortSpec, scratch: Scratch, numbers: np.ndarray, curves: np.ndarray) -> float:
    """Run ``spec`` to its end, fill its rows, and answer its delayed gratification (net)."""
    start, code, values, log = sorted_run(spec, scratch)
    return summarized(spec, start, code, values, log, numbers, curves)


def summarized(
    spec: SortSpec,
    start: Start,
    code: int,
    values: np.ndarray,
    log: np.ndarray,
    numbers: np.ndarray,
    curves: np.ndarray,
) -> float:
    """Fill the rows of a run that has ended, and answer its delayed gratification (net)."""
    numbers[many.STOP] = code
    labels = start.algotype[rng.shuffled(spec.seed, rng.LABELS, spec.n_cells)]
    early_return = spec.dg_early_return
    return many.summarize(
        start.rank, start.algotype, labels, values, log, early_return, numbers, curves
    )
