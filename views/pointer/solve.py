"""The instance canvas: points moved by hand, answered at once, step by step."""

from __future__ import annotations

import time
import uuid
from typing import Any, ClassVar

import panel as pn
import panel_material_ui as pmui

from engines.contract import ExplorerError, InputError, Result, Spec
from engines.pointer.answering.results import Answer
from engines.pointer.instances.distance_matrices import condensed
from engines.pointer.instances.tour_files import tour_from_upload, tour_text
from engines.pointer.instances.tsplib import tsplib_from_upload
from engines.running.compute import Compute, Job
from views.kit.components import Downloads, Facts, Timeline, Upload
from views.kit.generic import SAVES, npz_from_tables, picture_tables, zipped_csv
from views.kit.text import label
from views.kit.workbench import ExperimentView
from views.pointer.choices import WeightsChoice
from views.pointer.components import PointerStage, Rows
from views.pointer.facts import sections
from views.pointer.scene import scene
from views.pointer.thousands import TOUR

_WORDS_EVERY_S = 0.25


class SolveView(ExperimentView):
    """Points, pointers, the reference, and what makes an answer none."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"TSPLIB file"})
    own_controls: ClassVar[tuple[str, ...]] = ("points", "weights")

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        clock = uuid.uuid4().hex
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.canvas = PointerStage(self._edited, self._selected, clock_id=clock, **wide)
        self.clock = Timeline(
            clock_id=clock, steppers=[{"id": "step", "label": "step"}], unit="step", **wide
        )
        self.reference = pmui.Switch(label="Show the reference", value=True, margin=(8, 0))
        self.reference.jslink(self.canvas, value="reference")
        self.facts = Facts(sections=[], **wide)
        self.saves = Downloads(self._save, items=[*SAVES[:2], *SAVES[3:], TOUR], **wide)
        self.weights = WeightsChoice(self.controls)
        self.upload = Upload(
            self._brought,
            label="TSPLIB file",
            placeholder="NAME : mine\nTYPE : TSP\n…",
            accept=".tsp",
            **wide,
        )
        self.tour = Upload(
            self._toured, label="TSPLIB tour of these points", placeholder="TOUR_SECTION\n1\n3\n2",
            accept=".tour,.txt", **wide,
        )  # fmt: skip
        self.own = pmui.Button(
            label="Back to random points", variant="outlined", size="small", visible=False,
            margin=(4, 0), **wide,
        )  # fmt: skip
        self.own.on_click(self._forget)
        self._by_hand = self._held = False
        self._described_s = -_WORDS_EVERY_S
        self._start_at = -1
        """Where the cursor goes with the next answer, if set."""
        self._step = -1
        """The step the cursor rests at, -1 for the end."""
        self._shown_notices: tuple[str, ...] = ()
        self.clock.param.watch(self._moved, "position")
        self.canvas.param.watch(lambda _event: self.mark(), "head")
        names = ("task", "weights", "distribution", "n_points", "seed", "points")
        self.controls.param.watch(self._instance_changed, list(names))
        answering = ("decoder", "width", "samples", "temperature", "mask", "starts")
        self.controls.param.watch(
            self._again, [*answering, "symmetries", "polish", "maps", *names[:5]]
        )

    def stage(self) -> list[Any]:
        """The plane beside the heat map."""
        return [self.canvas]

    def inspector(self) -> list[Any]:
        """Scores, violations, the selected point, files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    def timeline(self) -> list[Any]:
        """Steps of decoding."""
        return [self.clock]

    def extra_controls(self) -> dict[str, list[Any]]:
        """Weights, TSPLIB files and the switch of the reference."""
        return {
            "Decoding": [self.weights.widget],
            "Points": [self.own],
            "Picture": [self.reference],
            "TSPLIB file": [self.upload, self.tour],
        }

    # Running -------------------------------------------------------------------------------

    def show_result(self, result: Result, job: Job) -> None:
        """Send the scene once; the browser goes through its steps."""
        del job
        if not isinstance(result, Answer):
            return
        shown = None if self._by_hand else self._start_at
        self.canvas.scene = scene(result) if shown == -1 else scene(result, shown)
        self._by_hand, self._start_at = False, -1
        exact = "exact" if result.exact else "best known"
        self.heading.title = f"{result.title.capitalize()}, {len(result.points)} points"
        self.heading.detail = f"{result.network}; reference: {result.reference_name}, {exact}"
        # While a point is dragged, words come a few times a second and the picture every time.
        if not self._held or time.monotonic() - self._described_s > _WORDS_EVERY_S:
            self._describe(result)
        for note in result.notices:
            if note not in self._shown_notices:
                self.notices.post(note)
        self._shown_notices = result.notices

    def _describe(self, answer: Answer) -> None:
        self._described_s = time.monotonic()
        self.facts.sections = sections(answer, self.experiment.card, self.canvas.selected)

    def _again(self, *_events: Any) -> None:
        """Answers take milliseconds, so a knob answers at once."""
        if self.result is not None and self.controls.spec_or_none() is not None:
            self.run()

    def _moved(self, event: Any) -> None:
        n_steps = len(self.result.choices) if isinstance(self.result, Answer) else 0
        self._step = event.new if event.new < n_steps else -1
        self.mark()

    # Points by hand ------------------------------------------------------------------------

    def _edited(self, rows: Rows, held: bool) -> None:
        """Points were moved, added or deleted; the metric of a file no longer fits them."""
        self._by_hand, self._held = True, held
        self.runner.hush(held)
        self.controls.param.update(points=rows, metric="plane", distances=(), origin="")
        self.run()

    def _selected(self, _point: int) -> None:
        self._held = False
        self.runner.hush(False)
        if isinstance(self.result, Answer):
            self._describe(self.result)
        self.mark()

    def _instance_changed(self, *_events: Any) -> None:
        self.own.visible = bool(self.controls.points)

    def _forget(self, _event: Any) -> None:
        self.controls.param.update(points=(), metric="plane", distances=(), origin="")
        self.run()

    def _brought(self, name: str, data: bytes) -> None:
        """A TSPLIB file: its cities become the points of a tour, measured as it says."""
        try:
            brought = tsplib_from_upload(name, data)
        except ExplorerError as error:
            self.upload.note = label(error, 300)
            self._complain(str(error))
            return
        rows = tuple((float(x), float(y)) for x, y in brought.points)
        self.upload.note = f"{len(rows)} cities of {brought.name}, {brought.metric}"
        matrix = () if brought.matrix is None else condensed(brought.matrix)
        self.controls.param.update(
            task="tour", weights="", points=rows, metric=brought.metric, distances=matrix, origin=""
        )
        self.run()

    def _toured(self, name: str, data: bytes) -> None:
        """How long somebody else's tour of these points is, beside ours."""
        try:
            if not isinstance(self.result, Answer) or not self.result.lengths:
                raise InputError("there is no tour on stage; choose the task Tour first")
            tour = tour_from_upload(name, data, len(self.result.kept))
            told = [("yours", self.result.length_of(tour)), *self.result.lengths]
        except ExplorerError as error:
            self.tour.note = label(error, 300)
            self._complain(str(error))
            return
        self.tour.note = "; ".join(f"{who} {length:,.6g}" for who, length in told)

    # Links and files -----------------------------------------------------------------------

    def selection(self) -> dict[str, Any]:
        """The selected point and the step."""
        chosen: dict[str, Any] = {}
        if self.canvas.selected >= 0:
            chosen["point"] = self.canvas.selected
        if not self.reference.value:
            chosen["reference"] = False
        if self.canvas.head >= 0:
            chosen["head"] = self.canvas.head
        if self._step >= 0:
            chosen["step"] = self._step
        return chosen

    def select(self, selection: dict[str, Any]) -> None:
        """Restore a selection, or go to a ``step``."""
        point, step = selection.get("point"), selection.get("step")
        self.canvas.selected = point if type(point) is int else -1
        head = selection.get("head")
        self.canvas.head = head if type(head) is int else -1
        self.reference.value = selection.get("reference", True) is not False
        if type(step) is int and step >= 0:
            self._step = self._start_at = step
            self.clock.seek_to = -1
            self.clock.seek_to = step

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if self.result is None:
            self._complain("There is nothing to save yet; press Run first.")
            return None
        spec = self.result.spec if isinstance(self.result, Answer) else self.spec()
        name, tables = f"pointer-{spec.digest()[:8]}", picture_tables(self.result.pictures())
        match kind:
            case "tour":
                return self._tour_file(f"{name}.tour")
            case "csv":
                return f"{name}.zip", zipped_csv(tables)
            case "npz":
                return f"{name}.npz", npz_from_tables(tables)
            case _:
                return f"{name}.json", spec.to_json().encode()

    def _tour_file(self, name: str) -> tuple[str, bytes] | None:
        """The shortest tour of the network and its polish, or else the reference."""
        if not isinstance(self.result, Answer) or not self.result.lengths:
            self._complain("Only tours are saved as tour files; choose the task Tour.")
            return None
        tour, length = self.result.shortest
        if len(self.result.kept) != len(self.result.points):
            self._complain("Points that were merged have no place on a tour file; move them apart.")
            return None
        return name, tour_text(self.result.title, tour, length).encode()


VIEW = SolveView
