"""The main view: one wiring in five linked pictures, lesions by hand, measures against nulls."""

from __future__ import annotations

from typing import Any, ClassVar

import panel as pn
import panel_material_ui as pmui

from engines.compute import Compute, Job, Status
from engines.connectome.model import (
    Drawing,
    Instances,
    InstancesSpec,
    LayoutSpec,
    Measured,
    Measures,
    MeasuresFrame,
    MeasuresSpec,
    Paths,
    PathSpec,
    Wiring,
    WiringSpec,
)
from engines.contract import Frame, Result, Spec
from views.connectome import exports, facts, lesions
from views.connectome.components import WiringStage
from views.connectome.measures import MeasuresPanel
from views.connectome.payloads import drawing_payload, numbers_payload, wiring_payload
from views.kit.components import Downloads, Facts
from views.kit.runner import Asker
from views.kit.text import label
from views.kit.workbench import ExperimentView

TABS = ("Wiring", "Measures")
_LINKED_NEURONS = 12


class ExploreView(ExperimentView):
    """Pick a neuron once and see it everywhere; lesion it and see what every number does."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Conventions", "Lesions"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.canvas = WiringStage(**wide)
        self.facts = Facts(self._act, **wide)
        self.saves = Downloads(self._save, items=list(exports.ITEMS), **wide)
        self.tab = pmui.RadioButtonGroup(
            options=list(TABS), value=TABS[0], size="small", margin=(0, 0, 10, 0)
        )
        self.measuring = MeasuresPanel(self._light_up)
        self.measuring.panel.visible = False
        self.wiring: Wiring | None = None
        self.measures: Measures | None = None
        self.before: Measures | None = None
        self.paths: Paths | None = None
        self._wanted: list[str] = []
        """Names to select when the wiring comes."""
        self._askers = {
            what: Asker(compute, self.owner, f"{name}#{what}", self._hear)
            for what in ("wiring", "drawing", "paths", "instances", "quick", "before")
        }
        self._connect()

    def _connect(self) -> None:
        self.controls.param.watch(self._rewire, list(WiringSpec.model_fields))
        self.canvas.param.watch(self._selected, "selected")
        self.canvas.param.watch(self.mark, ["layout", "order", "colour"])
        self.tab.param.watch(self._turn, "value")
        self.facts.sections = [facts.EMPTY]

    # Regions -------------------------------------------------------------------------------

    def stage(self) -> list[Any]:
        """Two pages: the linked pictures, and the measures."""
        return [self.tab, self.canvas, self.measuring.panel]

    def inspector(self) -> list[Any]:
        """The selection, headline numbers, the dataset's card, files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    # Asking and hearing --------------------------------------------------------------------

    def restore_run(self) -> Job | None:
        """The pictures first, then the measures."""
        self._ask_wiring()
        return self.run()

    def run(self) -> Job | None:
        """Measure what the controls say against its nulls."""
        self._ask_before()
        return super().run()

    def _rewire(self, *_events: Any) -> None:
        """Layers, thresholds and lesions act at once; nulls wait for Run."""
        self._ask_wiring()
        spec = self.controls.spec_or_none()
        if spec is not None:
            self._askers["quick"].ask(spec.replace(n_nulls=0))
            self._ask_before()

    def _ask_wiring(self) -> None:
        spec = self.controls.spec_or_none()
        if not isinstance(spec, MeasuresSpec):
            return
        self._askers["wiring"].ask(spec.wiring)
        whole = spec.wiring.replace(lesion="", lesion_fraction=0.0)
        asked = self._askers["drawing"].job
        if asked is None or asked.spec != LayoutSpec(wiring=whole):
            self._askers["drawing"].ask(LayoutSpec(wiring=whole))

    def _ask_before(self) -> None:
        spec = self.controls.spec_or_none()
        lesioned = spec is not None and (spec.lesion or spec.lesion_fraction)
        self.before = self.before if lesioned else None
        if spec is not None and lesioned:
            plain = spec.replace(lesion="", lesion_fraction=0.0, n_nulls=0)
            self._askers["before"].ask(plain)

    def _hear(self, job: Job) -> None:
        if not job.state.status.final:
            return
        if job.state.status is Status.FAILED:
            self._complain(job.state.sentence)
        match job.result:
            case Wiring():
                self._take_wiring(job.result)
            case Drawing():
                self.canvas.drawing = drawing_payload(job.result)
            case Paths():
                self.paths = job.result
                self._describe()
            case Instances():
                self._show_instances(job.result)
            case Measured() if job is self._askers["before"].job:
                self.before = job.result.measures
                self._show_measures(job.result.spec, self.measures, last=True)
            case Measured():
                self._show_measures(job.result.spec, job.result.measures, last=True)
            case _:
                pass

    def _take_wiring(self, wiring: Wiring) -> None:
        fresh = self.wiring is None or self.wiring.neurons != wiring.neurons
        self.wiring = wiring
        clear = {"selected": [], "lit": [], "paths": {}, "numbers": b""} if fresh else {}
        self.canvas.param.update(wiring=wiring_payload(wiring), **clear)
        self.heading.title = label(wiring.provenance.title)
        self.heading.detail = f"{wiring.n_left:,} neurons, {wiring.n_edges:,} directed edges"
        if self._wanted:
            places = {name: k for k, name in enumerate(wiring.neurons)}
            self.canvas.selected = [places[n] for n in self._wanted if n in places]
            self._wanted = []
        self._ask_paths()
        self._describe()

    def show_frame(self, frame: Frame) -> None:
        """Plots sharpen while nulls come."""
        if isinstance(frame, MeasuresFrame) and frame.measures is not None:
            self._show_measures(frame.spec, frame.measures, last=False)

    def show_result(self, result: Result, job: Job) -> None:
        """All nulls have come."""
        del job
        if isinstance(result, Measured):
            self._show_measures(result.spec, result.measures, last=True)

    def show_stopped(self, job: Job) -> None:
        """What had come of a stopped run stays, drawn in full."""
        if isinstance(job.frame, MeasuresFrame) and job.frame.measures is not None:
            self._show_measures(job.frame.spec, job.frame.measures, last=True)

    def _show_measures(self, spec: MeasuresSpec, measures: Measures | None, *, last: bool) -> None:
        if measures is None:
            return
        self.measures = measures
        self.measuring.show(spec, measures, self.before, last=last)
        if last and self.wiring is not None and measures.per_neuron:
            n = self.wiring.n_neurons
            if len(measures.members) <= n:
                self.canvas.numbers = numbers_payload(n, measures.members, measures.per_neuron)
        if last:
            self._describe()

    # Selecting -----------------------------------------------------------------------------

    def _chosen(self) -> list[int]:
        n = self.wiring.n_neurons if self.wiring else 0
        return [k for k in self.canvas.selected if isinstance(k, int) and 0 <= k < n]

    def _selected(self, _event: Any) -> None:
        self.paths = None
        self.canvas.paths = {}
        self._ask_paths()
        self._describe()
        self.mark()

    def _ask_paths(self) -> None:
        chosen = self._chosen()
        if self.wiring is not None and len(chosen) == 2:
            first, second = chosen
            asked = PathSpec(wiring=self.wiring.spec, source=first, target=second)
            self._askers["paths"].ask(asked)

    def _describe(self) -> None:
        if self.wiring is None:
            return
        chosen = self._chosen()
        match len(chosen):
            case 0:
                top = [facts.EMPTY]
            case 1:
                top = facts.neuron_sections(self.wiring, chosen[0])
            case 2:
                top = facts.pair_sections(self.wiring, chosen[0], chosen[1], self.paths)
            case _:
                top = facts.many_sections(self.wiring, chosen)
        numbers = facts.number_section(self.measures, self.before)
        self.facts.sections = [*top, *numbers, facts.card_section(self.wiring)]

    def _act(self, action: str) -> None:
        if self.wiring is None:
            return
        chosen = self._chosen()
        kind, _, rest = action.partition(" ")
        match kind:
            case "pick":
                self.canvas.selected = [int(rest)]
            case "hop":
                self.canvas.selected = facts.reached(self.wiring, chosen[0], int(rest))
            case "turn":
                self.canvas.selected = chosen[::-1]
            case "lesion":
                self.controls.lesion = lesions.with_neurons(self.wiring, chosen)
            case "restore":
                self.controls.lesion = lesions.without_neurons(self.wiring, chosen)
            case "cut":
                self.controls.lesion = lesions.with_edges(self.wiring, chosen)
            case "show" if self.paths is not None:
                columns = [list(column) for column in self.paths.columns]
                self.canvas.paths = {"columns": columns, "edges": self.paths.edges.tolist()}

    def _light_up(self, motif: str) -> None:
        if self.wiring is not None:
            self._askers["instances"].ask(InstancesSpec(wiring=self.wiring.spec, motif=motif))  # type: ignore[arg-type]

    def _show_instances(self, found: Instances) -> None:
        self.tab.value = TABS[0]
        self.canvas.param.update(selected=[], lit=found.places.ravel().tolist(), paths={})
        n, motif = len(found.places), found.spec.motif
        most = " (the first of them)" if n == found.spec.most else ""
        said = f"{n:,} instances of {motif}{most} are lit" if n else f"there is no {motif} here"
        self.notices.post(f"{said[:1].upper()}{said[1:]}.")

    # What a link keeps ---------------------------------------------------------------------

    def _turn(self, _event: Any) -> None:
        measures = self.tab.value == TABS[1]
        self.canvas.visible, self.measuring.panel.visible = not measures, measures
        self.mark()

    def selection(self) -> dict[str, Any]:
        """Selected neurons by name, layout, order, colour and page."""
        now = {k: getattr(self.canvas, k) for k in ("layout", "order", "colour")}
        base = {k: self.canvas.param[k].default for k in now}
        chosen: dict[str, Any] = {k: v for k, v in now.items() if v != base[k]}
        if self.wiring is not None and self._chosen():
            names = [self.wiring.neurons[k] for k in self._chosen()[:_LINKED_NEURONS]]
            chosen["neurons"] = names
        if self.tab.value != TABS[0]:
            chosen["page"] = self.tab.value
        return chosen

    def select(self, selection: dict[str, Any]) -> None:
        """Restore a selection; what does not fit is left as it is."""
        for key in ("layout", "order", "colour"):
            if isinstance(selection.get(key), str):
                setattr(self.canvas, key, selection[key][:40])
        if selection.get("page") in TABS:
            self.tab.value = selection["page"]
        names = selection.get("neurons")
        if isinstance(names, list):
            self._wanted = [n for n in names if isinstance(n, str)]
            if self.wiring is not None:
                places = {name: k for k, name in enumerate(self.wiring.neurons)}
                self.canvas.selected = [places[n] for n in self._wanted if n in places]

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if self.wiring is None:
            self._complain("There is nothing to save yet; the wiring has not come.")
            return None
        made = exports.saved(kind, self.wiring, self.measures, self.controls.spec().to_json())
        if made is None:
            self._complain("There are no measures to save yet; press Run first.")
        return made


VIEW = ExploreView
