"""One run of an ensemble: nothing is kept but a row of numbers and three curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.sorting.chance import rng
from engines.sorting.kernels import state, summary
from engines.sorting.kernels.run import kernel_for, prepare
from engines.sorting.motion.kernel_knobs import new_state, set_knobs
from engines.sorting.motion.start import Start, start_of
from engines.sorting.motion.switching import switch
from engines.sorting.settings.spec import SortSpec

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


@dataclass(frozen=True, eq=False)
class Outcome:
    """A run at its end. The log lies in the scratch and is good until the next run."""

    start: Start
    code: int
    """Why it stopped, as a kernel says it."""
    kinds: np.ndarray
    """uint8[2, cell]: algotypes at the start and at the end."""
    numbers: np.ndarray
    log: np.ndarray
    switched_at: int
    """Step of the switch of algotype, -1 without one."""


def sorted_run(spec: SortSpec, scratch: Scratch) -> Outcome:
    """Run ``spec`` to its end."""
    start = start_of(spec)
    cells = state.new_cells(start.rank, start.algotype, start.descending, start.frozen)
    values = new_state(spec)
    code, switched_at, until_step = _ready(spec, cells, values), -1, spec.switch_at or _FOREVER
    while code == state.RUNNING:
        if values[state.LOGGED] == scratch.log.shape[1]:
            scratch.double()
        code = kernel_for(values)(cells, values, scratch.log, until_step, _FOREVER)
        if code == state.RUNNING and values[state.STEP] >= until_step:
            switch(spec, cells, values)
            code, switched_at, until_step = _ready(spec, cells, values), until_step, _FOREVER
    kinds = np.stack([start.algotype, cells[state.ALGOTYPE].astype(np.uint8)])
    log = scratch.log[:, : values[state.LOGGED]]
    return Outcome(start, code, kinds, values, log, switched_at)


def _ready(spec: SortSpec, cells: np.ndarray, values: np.ndarray) -> int:
    set_knobs(values, spec, cells[state.ALGOTYPE], cells[state.DOWN], cells[state.FROZEN])
    return prepare(cells, values)


def summarized(spec: SortSpec, run: Outcome, numbers: np.ndarray, curves: np.ndarray) -> float:
    """Fill the rows of a run that has ended, and answer its delayed gratification (net)."""
    numbers[summary.STOP] = run.code
    return summary.summarize(
        run.start.rank,
        run.kinds,
        rng.shuffled(spec.seed, rng.LABELS, spec.n_cells),
        run.switched_at,
        run.numbers,
        run.log,
        spec.dg_early_return,
        numbers,
        curves,
    )
