"""The main view of the sorting workbench: one array, or several side by side, and their why."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, TypeGuard

import panel as pn

from engines.contract import ExplorerError, Frame, Result, Spec
from engines.running.compute import Compute, Job, Status
from engines.sorting.experiments.arrays.compare import CompareSpec, Comparison
from engines.sorting.model import Edit, LiveSpec, SortFrame, SortSpec, Trajectory
from engines.sorting.motion.simulate import estimated_swaps
from views.kit.components import Timeline
from views.kit.runner import Asker
from views.kit.workbench import ExperimentView
from views.sorting.branches import algotype_edit, branch, frozen_edit, without_last_edit
from views.sorting.components import SortingStage
from views.sorting.inspector import Inspector
from views.sorting.lanes import lane_payload, live_lane_payload
from views.sorting.live import LIVE_SPEED_MAX, live_bytes, live_widgets
from views.sorting.mix import mix_of
from views.sorting.moments import position_of, step_at
from views.sorting.own_values import OwnValues
from views.sorting.partial import part_until_last_frame, stopped_by_hand, whole_run
from views.sorting.saves import Saves
from views.sorting.toolbar import DEFAULTS, Toolbar
from views.sorting.variations import detail, title, variations

STEPPERS = [
    {"id": "swap", "label": "swap"},
    {"id": "activation", "label": "activation"},
    {"id": "next-detour", "label": "next detour"},
]

_END = 2**31 - 1
"""Later than any run: the cursor goes to its end."""


class SortingView(ExperimentView):
    """Arrays that sort themselves, stopped, scrubbed, broken and continued by hand."""

    own_controls: ClassVar[tuple[str, ...]] = ("algotypes", "own_values", "frozen_at", "edits")
    folded_groups: ClassVar[frozenset[str]] = frozenset({"Faithful to the paper's code", "Limits"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        clock = uuid.uuid4().hex
        wide = {"sizing_mode": "stretch_width"}
        self.canvas = SortingStage(self._click, self._no_film, clock_id=clock, **wide)
        self.clock = Timeline(clock_id=clock, steppers=STEPPERS, **wide)
        self.tools = Toolbar(self.canvas)
        self.inspect = Inspector(compute, self.owner, name, self._act)
        self.saves = Saves(
            lambda: self.inspect.trajectory,
            lambda: self.inspect.trace,
            self._record,
            self.notices.post,
            self._complain,
        )
        self.mix = mix_of(self.controls)
        self.own_values = OwnValues(self._take_values, self._complain)
        self.live, self.live_speed = live_widgets()
        self.shown: tuple[tuple[str, Trajectory], ...] = ()
        self.lane = 0
        self._lane_specs: tuple[tuple[str, SortSpec], ...] | None = None
        """The arrays side by side once one of them was changed by hand."""
        self._cells: Spec | None = None
        """Whose cells are on the canvas: one run, edits by hand left out."""
        self._titles: dict[SortSpec, str] = {}
        self._comparison = ""
        self._picked = -1
        """The first cell of a swap by hand."""
        self._restoring = False
        self._parts = Asker(compute, self.owner, f"{name}#part", self._hear_part)
        self._stopped: SortSpec | None = None
        """The run that was stopped last."""
        self._connect()

    # Assembly ------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.tools.compare.param.watch(self._compare, "value")
        self.clock.param.watch(self._moved, "position")
        self.clock.param.watch(self._loops, "loop")
        self.live.param.watch(self._toggle_live, "value")
        for widget in (*self.tools.widgets, self.live, self.live_speed):
            widget.param.watch(self.mark, "value")

    def stage(self) -> list[Any]:
        """Tools above the pictures."""
        return [self.tools.row(), self.canvas]

    def inspector(self) -> list[Any]:
        """The selected cell, the ledgers, provenance, files."""
        return [self.inspect.facts, pn.Spacer(height=12), self.saves.row]

    def timeline(self) -> list[Any]:
        """The shared clock."""
        return [self.clock]

    def extra_controls(self) -> dict[str, list[Any]]:
        """The mixture, own values and the live switch."""
        self.own_values.show_with(self.controls)
        return {
            "Algotypes": [self.mix],
            "Array": [self.own_values.panel],
            "Run": [self.live, self.live_speed],
        }

    # Running -------------------------------------------------------------------------------

    def _lanes(self) -> tuple[tuple[str, SortSpec], ...]:
        spec: SortSpec = self.controls.spec()
        return self._lane_specs or variations(spec, self.tools.compare.value)

    def spec(self) -> Spec:
        """One run, a live run or a comparison, as the tools say."""
        lanes = self._lanes()
        # Titles are those of what was asked for, wherever the knobs are when it comes.
        self._titles = {run: name for name, run in lanes}
        self._comparison = self.tools.compare.value
        runs = [run for _, run in lanes]
        if len(runs) > 1:
            return CompareSpec(runs=tuple(runs))
        if self.live.value:
            return LiveSpec(run=runs[0], swaps_per_second=float(self.live_speed.value))
        return runs[0]

    def run(self) -> Job | None:
        """Run what the controls say, from the start and without edits by hand."""
        self._lane_specs = None
        self.canvas.start_at = -1
        if self.controls.edits:
            self.controls.edits = ()
        return self._go(keep=False)

    def restore_run(self) -> Job | None:
        """Run what a link or session file says, edits by hand included."""
        return self._go(keep=True)

    def _go(self, *, keep: bool) -> Job | None:
        self.canvas.keep_position = keep
        self._warn_of_budget()
        # What is watched happens now, so it never comes from the cache.
        return self.runner.run(recompute=bool(self.live.value))

    def _warn_of_budget(self) -> None:
        spec: SortSpec | None = self.controls.spec_or_none()
        if spec is not None and (expected := estimated_swaps(spec)) > spec.max_swaps:
            self.notices.post(
                f"About {expected:,.0f} swaps are expected; the run will stop at the budget of "
                f"{spec.max_swaps:,}. Raise Swap budget under Limits to see it end."
            )

    def show_frame(self, frame: Frame) -> None:
        """A live moment goes straight to the canvas."""
        if not isinstance(frame, SortFrame) or self.runner.job is None:
            return
        cells = _without_edits(whole_run(self.runner.job) or self.runner.job.spec)
        if cells != self._cells:
            self._cells = cells
            self.canvas.lanes = [live_lane_payload(frame)]
        self.canvas.frame = live_bytes(frame)

    def show_result(self, result: Result, job: Job) -> None:
        """Send every trajectory once; the browser plays it."""
        # Not what the canvas shows: a live moment that came first has no place to stay at.
        held = self.canvas.keep_position and not self.clock.playing and bool(self.shown)
        if isinstance(result, Comparison):
            self.shown = tuple(
                (self._titles.get(t.spec, title(t.spec)), t) for t in result.trajectories
            )
        elif isinstance(result, Trajectory):
            self.shown = ((title(result.spec), result),)
        else:
            return
        self._send(_END if isinstance(job.spec, LiveSpec) else self.canvas.start_at, held=held)

    def show_stopped(self, job: Job) -> None:
        """What was seen of a stopped run stays, with its whole past."""
        part = part_until_last_frame(job)
        if part is not None and job.state.status is not Status.REPLACED:
            self._stopped = whole_run(job)
            self._parts.ask(part)

    def _hear_part(self, job: Job) -> None:
        newest = self.runner.job
        if newest is None or not newest.state.status.final or newest.result is not None:
            return  # another run is on its way, or has come
        if isinstance(job.result, Trajectory) and self._stopped is not None:
            part = stopped_by_hand(job.result, self._stopped)
            self.shown = ((title(part.spec), part),)
            self._send(_END, held=True)

    def _send(self, start_at: int, *, held: bool) -> None:
        self.lane = min(self.lane, len(self.shown) - 1)
        self._cells = _without_edits(self.shown[0][1].spec) if len(self.shown) == 1 else None
        self.canvas.param.update(
            frame=b"",
            start_at=start_at,
            autoplay=start_at < 0 and not held,
            lanes=[lane_payload(trajectory, name) for name, trajectory in self.shown],
        )
        self._describe()

    def _describe(self) -> None:
        many = len(self.shown) > 1
        base = self.controls.spec_or_none() if many else self.shown[self.lane][1].spec
        if many:
            self.heading.title = self._comparison.capitalize()
        elif base is not None:
            self.heading.title = title(base)
        if base is not None:
            self.heading.detail = detail(base)
        self.inspect.show(self.shown, self.lane)
        self.inspect.look(self.canvas.selected, self._step())

    # Selecting and editing -----------------------------------------------------------------

    def _click(self, lane: int, cell: int, step: int) -> None:
        if lane >= len(self.shown) or not 0 <= cell < self.shown[lane][1].n_cells:
            return
        if self.canvas.frame:
            self.notices.post("Cells can be looked at when their run has ended.")
            return
        if lane != self.lane:
            self.lane = lane
            self.inspect.show(self.shown, lane)
        self.canvas.selected = cell
        self.inspect.look(cell, step)
        if self._picked >= 0 or self.tools.tool.value == "swap":
            self._pick(cell)
        elif self.tools.tool.value == "freeze":
            self._act("freeze")
        self.mark()

    def _pick(self, cell: int) -> None:
        first, self._picked = self._picked, -1
        self.canvas.partner = -1
        if first < 0:
            self._picked = self.canvas.partner = cell
            self.notices.post(f"Cell {cell} is picked; click the cell to swap it with.")
        elif first != cell:
            self._edit(Edit(at_swap=self.inspect.step, kind="swap", cell=first, other=cell))

    def _act(self, action: str) -> None:
        """What the inspector's buttons and the freeze tool do to the selected cell."""
        trajectory, cell, step = self.inspect.trajectory, self.inspect.cell, self.inspect.step
        if trajectory is None:
            return
        if action == "undo":
            self._branch(without_last_edit(trajectory.spec))
        elif action in ("freeze", "unfreeze"):
            self._edit(frozen_edit(trajectory, cell, step, self.controls.frozen_kind))
        elif action.startswith("become "):
            self._edit(algotype_edit(trajectory, cell, step, action.removeprefix("become ")))
        elif action.startswith("at "):
            step = int(action.removeprefix("at "))
            self._seek(position_of(trajectory, step, self.canvas.clock_unit))
        elif action == "cycle":
            self._show_cycle(trajectory)
        elif action == "swap with":
            self._picked = -1
            self._pick(cell)

    def _show_cycle(self, trajectory: Trajectory) -> None:
        """Play one period of a livelock again and again, or end that."""
        cycle = self.inspect.cycle
        if cycle is None or self.clock.loop:
            self.clock.loop = []
            return
        unit = self.canvas.clock_unit
        ends = [position_of(trajectory, step, unit) for step in (cycle.start, cycle.end)]
        if ends[0] == ends[1]:
            self.canvas.clock_unit = "swap"
            ends = [cycle.start, cycle.end]
        self.clock.loop = ends

    def _loops(self, event: Any) -> None:
        self.inspect.cycle_is_shown = bool(event.new)
        self.inspect.describe()

    def _edit(self, edit: Edit) -> None:
        try:
            self._branch(branch(self.shown[self.lane][1].spec, edit))
        except ExplorerError as error:
            self._complain(str(error))

    def _branch(self, spec: SortSpec) -> None:
        """Run on from here as another history."""
        if len(self.shown) > 1:
            lanes = [(name, trajectory.spec) for name, trajectory in self.shown]
            lanes[self.lane] = (lanes[self.lane][0], spec)
            self._lane_specs = tuple(lanes)
        else:
            self.controls.take(spec)
        self.canvas.start_at = -1
        self._go(keep=True)

    def _step(self) -> int:
        """The step the cursor rests at, in the current lane."""
        trajectory = self.shown[self.lane][1] if self.shown else None
        if trajectory is None:
            return 0
        return step_at(trajectory, self.clock.position, self.canvas.clock_unit)

    def _moved(self, _event: Any) -> None:
        if not self.clock.playing:
            self.inspect.look(self.canvas.selected, self._step())
            self.mark()

    # What a link keeps ---------------------------------------------------------------------

    def selection(self) -> dict[str, Any]:
        """What is compared, coloured, selected, and where the cursor rests."""
        chosen: dict[str, Any] = dict(self.tools.choices())
        if self.canvas.selected >= 0:
            chosen["cell"] = self.canvas.selected
        if self.clock.position:
            chosen["at"] = self.clock.position
        if self.live.value:
            chosen["live"] = self.live_speed.value
        return chosen

    def unselected(self) -> dict[str, Any]:
        """The usual choices of the tools."""
        return dict(DEFAULTS)

    def select(self, selection: dict[str, Any]) -> None:
        """Restore a selection; what does not fit is left as it is."""
        self._restoring = True
        self.tools.choose(selection)
        self._restoring = False
        cell, at, live = (selection.get(name) for name in ("cell", "at", "live"))
        if _is_count(cell):
            self.canvas.selected = cell
        if _is_count(at):
            self._seek(at)
            self.canvas.start_at = min(at, _END)
        if isinstance(live, int | float) and live is not True and 1 <= live <= LIVE_SPEED_MAX:
            self.live_speed.value, self.live.value = float(live), True

    def _seek(self, position: int) -> None:
        self.clock.seek_to = -1
        self.clock.seek_to = position

    # Small connections ---------------------------------------------------------------------

    def _compare(self, _event: Any) -> None:
        if not self._restoring:
            self.run()

    def _take_values(self, values: tuple[Any, ...]) -> None:
        self.controls.param.update(
            value_mode="own", own_values=values, n_cells=len(values), origin=""
        )
        self.run()

    def _toggle_live(self, event: Any) -> None:
        self.live_speed.visible = bool(event.new)

    def _record(self) -> None:
        self.notices.post("The film is being recorded; it is saved in ten seconds.")
        self.canvas.n_movies += 1

    def _no_film(self) -> None:
        self._complain("This browser records no films; save the run as a GIF instead.")


def _is_count(value: object) -> TypeGuard[int]:
    """Whether a value from a link is a whole number that a browser can count to."""
    return type(value) is int and 0 <= value <= 2**53


def _without_edits(spec: Spec) -> Spec:
    return spec.replace(edits=())


VIEW = SortingView
