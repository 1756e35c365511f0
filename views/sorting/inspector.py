"""The inspector: the selected cell and why it acts or rests, the ledgers, the provenance."""

from __future__ import annotations

from collections.abc import Callable

from engines.running.compute import Compute, Job
from engines.sorting.model import (
    CellReport,
    CellSpec,
    CellTrace,
    Cycle,
    Ensemble,
    EnsembleSpec,
    TraceSpec,
    Trajectory,
    cycle_of,
)
from views.kit.components import Facts
from views.kit.runner import Asker
from views.sorting import facts
from views.sorting.cell_facts import EMPTY_CELL, cell_section, moves_section

N_RUNS = 100
"""Runs behind the ledger's means: as many as the paper's."""

Shown = tuple[tuple[str, Trajectory], ...]
"""Titles and trajectories of the arrays on stage."""


class Inspector:
    """Asks the engine about one cell at one step, and about many runs when somebody wants."""

    def __init__(
        self, compute: Compute, owner: str, view: str, on_action: Callable[[str], None]
    ) -> None:
        """``on_action`` is told what it cannot do itself: freeze, swap with, undo, at, cycle."""
        self.facts = Facts(self._act, sizing_mode="stretch_width")
        self.cell, self.step = -1, 0
        self.report: CellReport | None = None
        self.trace: CellTrace | None = None
        self.ensemble: Ensemble | None = None
        self.cycle: Cycle | None = None
        self.cycle_is_shown = False
        self._shown: Shown = ()
        self._lane = 0
        self._on_action = on_action
        self._cells = Asker(compute, owner, f"{view}#cell", self._hear_report)
        self._traces = Asker(compute, owner, f"{view}#trace", self._hear_trace)
        self._many = Asker(compute, owner, f"{view}#ensemble", self._hear_ensemble)
        self.describe()

    @property
    def trajectory(self) -> Trajectory | None:
        """The run it speaks of."""
        return self._shown[self._lane][1] if self._shown else None

    def show(self, shown: Shown, lane: int) -> None:
        """Speak of these arrays, and of one lane's cells."""
        if shown != self._shown or lane != self._lane:
            self.cycle = cycle_of(shown[lane][1])
        self._shown, self._lane = shown, lane
        self.describe()

    def look(self, cell: int, step: int) -> None:
        """Ask what a cell wants at a step; no cell, no question."""
        self.cell = cell
        if self.trajectory is None or not 0 <= cell < self.trajectory.n_cells:
            self.report = self.trace = None
            self.describe()
            return
        self.step = max(0, min(step, self.trajectory.n_steps))
        self._cells.ask(CellSpec(run=self.trajectory.spec, cell=cell, step=self.step))
        self._follow(cell, self.trajectory)

    def _follow(self, cell: int, trajectory: Trajectory) -> None:
        """Ask for a cell's whole way, once."""
        wanted = TraceSpec(run=trajectory.spec, cell=cell, n_steps=trajectory.n_steps)
        asked = self._traces.job
        if self.trace is not None and self.trace.spec == wanted:
            return
        self.trace = None
        if asked is None or asked.spec != wanted or asked.state.status.final:
            self._traces.ask(wanted)

    def describe(self) -> None:
        """Say what is known now."""
        self.facts.sections = [
            *self._cell(),
            *self._cycle(),
            *self._numbers(),
            *self._provenance(),
        ]

    def _cell(self) -> list[facts.Section]:
        if not self._shown:
            return []
        if self.report is None:
            return [EMPTY_CELL]
        value = self.report.label or f"{self.report.value:g}"
        of_cell = [cell_section(self.report, shown_value=value)]
        if self.trace is not None and self.trace.spec.cell == self.report.spec.cell:
            of_cell.append(moves_section(self.trace, self.report.step))
        return of_cell

    def _cycle(self) -> list[facts.Section]:
        if self.cycle is None:
            return []
        return [facts.cycle_section(self.cycle, is_shown=self.cycle_is_shown)]

    def _numbers(self) -> list[facts.Section]:
        if self.trajectory is None:
            return []
        if len(self._shown) > 1:
            return [facts.comparison_section(dict(self._shown))]
        many = self.ensemble
        if many is not None and many.spec.run != self.trajectory.spec.replace(edits=()):
            many = None
        return [
            facts.ledger_section(self.trajectory, many),
            *facts.paper_sections(many),
            facts.gratification_section(self.trajectory),
        ]

    def _provenance(self) -> list[facts.Section]:
        return [facts.provenance_section(self.trajectory)]

    def _act(self, action: str) -> None:
        if action == "ensemble" and self.trajectory is not None:
            base = self.trajectory.spec.replace(edits=())
            self._many.ask(EnsembleSpec(run=base, n_runs=N_RUNS, control=False))
        else:
            self._on_action(action)

    def _hear_report(self, job: Job) -> None:
        if isinstance(job.result, CellReport):
            self.report = job.result
            self.describe()

    def _hear_trace(self, job: Job) -> None:
        if isinstance(job.result, CellTrace):
            self.trace = job.result
            self.describe()

    def _hear_ensemble(self, job: Job) -> None:
        if isinstance(job.result, Ensemble):
            self.ensemble = job.result
            self.describe()
