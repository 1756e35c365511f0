"""The main view: one wiring in five linked pictures, lesions by hand, measures against nulls."""

from __future__ import annotations

from typing import Any, ClassVar

import panel as pn
import panel_material_ui as pmui

from engines.connectome.model import (
    Instances,
    InstancesSpec,
    Measured,
    Measures,
    MeasuresFrame,
    MeasuresSpec,
)
from engines.contract import Frame, Result, Spec
from engines.running.compute import Compute, Job
from views.connectome import exports, facts
from views.connectome.components import Stage, WiringStage
from views.connectome.measures import MeasuresPanel
from views.connectome.own import OwnConnectome
from views.connectome.payloads import numbers_payload
from views.connectome.wired import WiringView
from views.kit.components import Downloads

TABS = ("Wiring", "Measures")


class ExploreView(WiringView):
    """Pick a neuron once and see it everywhere; lesion it and see what every number does."""

    folded_groups: ClassVar[frozenset[str]] = frozenset(
        {"Conventions", "Filter", "Lesions", "Own connectome"}
    )
    stage_type: ClassVar[type[Stage]] = WiringStage
    questions: ClassVar[tuple[str, ...]] = ("instances", "quick", "before")

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        items = list(exports.ITEMS)
        self.saves = Downloads(self._save, items=items, sizing_mode="stretch_width")
        self.own = OwnConnectome(self._take_own, self._complain)
        self.tab = pmui.RadioButtonGroup(
            options=list(TABS), value=TABS[0], size="small", margin=(0, 0, 10, 0)
        )
        self.tab.param.watch(self._turn, "value")
        self.controls.param.watch(lambda _event: self._take_own(""), "dataset")
        self.measuring = MeasuresPanel(self._light_up)
        self.measures: Measures | None = None
        self.before: Measures | None = None

    def stage(self) -> list[Any]:
        """Two pages: the linked pictures, and the measures."""
        return [self.tab, self.canvas, self.measuring.panel]

    def inspector(self) -> list[Any]:
        """The selection, headline numbers, the dataset's card, files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    def extra_controls(self) -> dict[str, list[Any]]:
        """A connectome of one's own."""
        return {"Own connectome": [self.own.panel]}

    def _take_own(self, digest: str) -> None:
        if digest == self.controls.own:
            return
        self.controls.param.update(own=digest, lesion="", origin="")
        self.run()

    def more_sections(self) -> list[facts.Section]:
        """The headline numbers."""
        return facts.number_section(self.measures, self.before)

    # Measuring -----------------------------------------------------------------------------

    def run(self) -> Job | None:
        """Measure what the controls say against its nulls."""
        self._ask_before()
        return super().run()

    def rewired(self) -> None:
        """All numbers follow at once; nulls wait for Run."""
        spec = self.controls.spec_or_none()
        if spec is not None:
            self._askers["quick"].ask(spec.replace(n_nulls=0))
            self._ask_before()

    def _ask_before(self) -> None:
        spec = self.controls.spec_or_none()
        lesioned = spec is not None and (spec.lesion or spec.lesion_fraction)
        self.before = self.before if lesioned else None
        if spec is not None and lesioned:
            plain = spec.replace(lesion="", lesion_fraction=0.0, n_nulls=0)
            self._askers["before"].ask(plain)

    def hear(self, job: Job) -> None:
        """Measures without nulls, measures without the lesion, instances of a motif."""
        match job.result:
            case Instances():
                self._show_instances(job.result)
            case Measured() if job is self._askers["before"].job:
                self.before = job.result.measures
                self._show(job.result.spec, self.measures, last=True)
            case Measured():
                self._show(job.result.spec, job.result.measures, last=True)
            case _:
                pass

    def show_frame(self, frame: Frame) -> None:
        """Plots sharpen while nulls come."""
        if isinstance(frame, MeasuresFrame) and frame.measures is not None:
            self._show(frame.spec, frame.measures, last=False)

    def show_result(self, result: Result, job: Job) -> None:
        """All nulls have come."""
        del job
        if isinstance(result, Measured):
            self._show(result.spec, result.measures, last=True)

    def show_stopped(self, job: Job) -> None:
        """What had come of a stopped run stays, drawn in full."""
        if isinstance(job.frame, MeasuresFrame) and job.frame.measures is not None:
            self._show(job.frame.spec, job.frame.measures, last=True)

    def _show(self, spec: MeasuresSpec, measures: Measures | None, *, last: bool) -> None:
        if measures is None:
            return
        self.measures = measures
        self.measuring.show(spec, measures, self.before, last=last)
        if not last:
            return
        n = self.wiring.n_neurons if self.wiring else 0
        if measures.per_neuron and measures.members.max(initial=-1) < n:
            self.canvas.numbers = numbers_payload(n, measures.members, measures.per_neuron)
        self.describe()

    def _light_up(self, motif: str) -> None:
        if self.wiring is not None:
            base = InstancesSpec(wiring=self.wiring.spec)
            self._askers["instances"].ask(base.replace(motif=motif))

    def _show_instances(self, found: Instances) -> None:
        self.tab.value = TABS[0]
        self.canvas.param.update(selected=[], lit=found.places.ravel().tolist(), paths={})
        n, motif = len(found.places), found.spec.motif
        most = " (the first of them)" if n == found.spec.most else ""
        said = f"{n:,} instances of {motif}{most} are lit" if n else f"There is no {motif} here"
        self.notices.post(f"{said}.")

    # What a link keeps ---------------------------------------------------------------------

    def _turn(self, _event: Any) -> None:
        measures = self.tab.value == TABS[1]
        self.canvas.visible = not measures
        self.measuring.turn(visible=measures)
        self.mark()

    def selection(self) -> dict[str, Any]:
        """The wiring's selection and the page."""
        page = {"page": self.tab.value} if self.tab.value != TABS[0] else {}
        return {**super().selection(), **page}

    def unselected(self) -> dict[str, Any]:
        """The wiring's usual choices and the first page."""
        return {**super().unselected(), "page": TABS[0]}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore a selection; what does not fit is left as it is."""
        super().select(selection)
        if selection.get("page") in TABS:
            self.tab.value = selection["page"]

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if self.wiring is None:
            self._complain("There is nothing to save yet; the wiring has not come.")
            return None
        made = exports.saved(kind, self.wiring, self.measures, self.controls.spec().to_json())
        if made is None:
            self._complain("There are no measures to save yet; press Run first.")
        return made


VIEW = ExploreView
