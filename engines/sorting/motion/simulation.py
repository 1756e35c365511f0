"""One array in motion, as an object: move it on, look at it, turn it into a trajectory.

Importing this module loads numba; everything a page needs lies in `model`.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.kernels import state
from engines.sorting.kernels.run import kernel_for, prepare, swap_by_hand
from engines.sorting.kernels.traces import total_error
from engines.sorting.motion.kernel_knobs import new_state, set_knobs
from engines.sorting.motion.start import start_of
from engines.sorting.motion.swap_log import SwapLog
from engines.sorting.motion.switching import switch
from engines.sorting.motion.tracing import Recording, traced
from engines.sorting.settings.edits import Edit
from engines.sorting.settings.shares import ALGOTYPES
from engines.sorting.settings.spec import (
    IMMOVABLE,
    MOVABLE,
    NOT_FROZEN,
    SortSpec,
    measured_descending,
)
from engines.sorting.trajectory.moments import SortFrame
from engines.sorting.trajectory.traits import BY_NUDGE, BY_SWITCH, TraitLog
from engines.sorting.trajectory.trajectory import StopReason, Trajectory

SLICE_SWAPS = 16_384
SLICE_ACTIVATIONS = 1_000_000
"""Limits of one call into a kernel: a few tens of milliseconds, so a run can be stopped."""

_STOPS: dict[int, StopReason] = {
    state.SORTED: "sorted",
    state.QUIESCENT: "quiescent",
    state.LIVELOCK: "livelock",
    state.BUDGET: "budget",
}


class Simulation:
    """A run that can be moved on in pieces; the pieces never change what it does."""

    def __init__(self, spec: SortSpec) -> None:
        """The array at the start of ``spec``, with edits at swap 0 made."""
        self.spec = spec
        self.start = start_of(spec)
        self.stop: StopReason | None = None
        down = int(measured_descending(spec))
        self._first_error = total_error(self.start.rank, down)
        self.log = SwapLog(spec.n_cells, self._first_error)
        self.edit_steps = np.full(len(spec.edits), -1, np.int64)
        self.traits = TraitLog()
        self._n_edits_made = 0
        self._is_switch_due = spec.switch_at > 0
        self._buffer = state.new_log(min(SLICE_SWAPS, max(1, spec.max_swaps + len(spec.edits))))
        start = self.start
        self.cells = state.new_cells(start.rank, start.algotype, start.descending, start.frozen)
        self.numbers = new_state(spec)
        self._prepare()

    @property
    def step(self) -> int:
        """Swaps in the log so far."""
        return int(self.numbers[state.STEP])

    def move_on(self, until_step: int = 2**62) -> None:
        """One slice: to ``until_step``, a stop, or a few tens of milliseconds of work."""
        if self.stop is not None or self.step >= until_step:
            return
        goal = min(until_step, self._next_change_step())
        until_activation = int(self.numbers[state.ACTIVATIONS]) + SLICE_ACTIVATIONS
        advance = kernel_for(self.numbers)
        frozen = self.cells[state.FROZEN].copy()
        code = advance(self.cells, self.numbers, self._buffer, goal, until_activation)
        self._harvest()
        self._note_thawed(frozen)
        self._settle(code)

    def finish(self) -> Trajectory:
        """Run to the end."""
        while self.stop is None:
            self.move_on()
        return self.trajectory()

    def frame(self) -> SortFrame:
        """This moment."""
        cells, numbers, n = self.cells, self.numbers, self.spec.n_cells
        small = np.uint16 if n <= 65_536 else np.uint32
        kinds = cells[state.ALGOTYPE, cells[state.ORDER]]
        alike = int(np.count_nonzero(kinds[1:] == kinds[:-1]))
        error = int(self.numbers[state.N_BAD])
        first_cell = 0 if self.spec.sortedness_no_plus1 else 1
        return SortFrame(
            step=self.step,
            order=cells[state.ORDER].astype(small),
            rank=cells[state.RANK].astype(small),
            algotype=cells[state.ALGOTYPE].astype(np.uint8),
            frozen=cells[state.FROZEN].astype(np.uint8),
            error=error,
            sortedness=100.0 * (n - 1 + first_cell - error) / n if n else 100.0,
            aggregation=alike / n if n > 1 else float("nan"),
            n_swaps=int(self.numbers[state.SWAPS]),
            n_paper_steps=int(self.numbers[state.PAPER_STEPS]),
            n_reads=int(numbers[state.READS]),
            n_activations=int(self.numbers[state.ACTIVATIONS]),
            fraction=self._fraction(error),
        )

    def trajectory(self) -> Trajectory:
        """All that has happened; a run that is not over is marked cancelled."""
        recording = Recording(
            self.spec, self.start, self.log, self.numbers, self.edit_steps, self.traits
        )
        return traced(recording, self.stop or "cancelled")

    def _prepare(self) -> None:
        """After the start and after edits: make due edits, derive what is derived."""
        if self.spec.n_cells == 0:
            self.stop = "empty"
            return
        while self.step >= self._next_edit_step():
            self._make_edit()
        if self._is_switch_due and self.step >= self.spec.switch_at:
            self._is_switch_due = False
            self._note_traits(switch(self.spec, self.cells, self.numbers), BY_SWITCH)
        kinds = (self.cells[row] for row in (state.ALGOTYPE, state.DOWN, state.FROZEN))
        set_knobs(self.numbers, self.spec, *kinds)
        self._settle(prepare(self.cells, self.numbers))

    def _settle(self, code: int) -> None:
        """Note a stop, unless edits wait for the run to come to rest."""
        waiting = self._n_edits_made < len(self.spec.edits)
        if code != state.RUNNING and (code == state.BUDGET or not waiting):
            self.stop = _STOPS[code]
        elif code != state.RUNNING or self.step >= self._next_change_step():
            self._prepare_after_rest(at_rest=code != state.RUNNING)

    def _prepare_after_rest(self, *, at_rest: bool) -> None:
        if at_rest:
            self._make_edit()
        self._prepare()

    def _next_change_step(self) -> int:
        switch_step = self.spec.switch_at if self._is_switch_due else 2**62
        return min(self._next_edit_step(), switch_step)

    def _next_edit_step(self) -> int:
        if self._n_edits_made == len(self.spec.edits):
            return 2**62
        return self.spec.edits[self._n_edits_made].at_swap

    def _make_edit(self) -> None:
        edit = self.spec.edits[self._n_edits_made]
        if edit.kind == "swap" and edit.other is not None:
            self.log.note_hand_swap(self.step)
            swap_by_hand(self.cells, self.numbers, self._buffer, edit.cell, edit.other)
            self._harvest()
        elif edit.kind == "algotype" and edit.algotype is not None:
            self._change_algotype(edit)
        elif edit.kind == "unfreeze":
            self._freeze(edit.cell, NOT_FROZEN)
        else:
            self._freeze(edit.cell, MOVABLE if edit.frozen_kind == "movable" else IMMOVABLE)
        self._note_traits(np.array([edit.cell]), self._n_edits_made)
        self.edit_steps[self._n_edits_made] = self.step
        self._n_edits_made += 1

    def _change_algotype(self, edit: Edit) -> None:
        cells = self.cells
        cells[state.ALGOTYPE, edit.cell] = ALGOTYPES.index(edit.algotype or "bubble")
        cells[state.DOWN, edit.cell] = edit.descending
        cells[state.IDEAL, edit.cell] = self.spec.n_cells - 1 if edit.descending else 0

    def _freeze(self, cell: int, frozen: int) -> None:
        self.cells[state.FROZEN, cell] = frozen
        self.cells[state.NUDGES, cell] = 0

    def _note_traits(self, changed: np.ndarray, cause: int, step: int | None = None) -> None:
        kinds, down, frozen = self.cells[[state.ALGOTYPE, state.DOWN, state.FROZEN]]
        at = self.step if step is None else step
        self.traits.add(at, changed, kinds, down, frozen, cause)

    def _note_thawed(self, frozen_before: np.ndarray) -> None:
        thawed = np.flatnonzero(frozen_before > self.cells[state.FROZEN])
        at = self.cells[state.THAWED_AT]
        for cell in sorted(thawed.tolist(), key=lambda cell: int(at[cell])):
            self._note_traits(np.array([cell]), BY_NUDGE, int(at[cell]))

    def _harvest(self) -> None:
        n_swaps = int(self.numbers[state.LOGGED])
        self.log.add(*self._buffer[:, :n_swaps])
        self.numbers[state.LOGGED] = 0

    def _fraction(self, error: int) -> float:
        """Errors mended so far, as a share: nobody can know more."""
        return min(1.0, max(0.0, 1.0 - error / max(self._first_error, 1)))
