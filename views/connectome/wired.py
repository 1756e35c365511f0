"""What every view of one wiring shares: its pictures, the selection, lesions made by hand."""

from __future__ import annotations

from typing import Any, ClassVar

from engines.connectome.model import (
    Drawing,
    LayoutSpec,
    Paths,
    PathSpec,
    Wiring,
    WiringSpec,
)
from engines.contract import Spec
from engines.running.compute import Compute, Job, Status
from views.connectome import facts, lesions
from views.connectome.components import Stage
from views.connectome.payloads import drawing_payload, wiring_payload
from views.kit.camera import lenses
from views.kit.components import Facts
from views.kit.runner import Asker
from views.kit.text import label
from views.kit.workbench import ExperimentView

_LINKED_NEURONS = 12
PICTURES = ("graph", "matrix", "body")
"""Those with a camera."""
LESIONS_KEPT = 50
"""Steps back."""


class WiringView(ExperimentView):
    """One wiring on stage, whatever is computed of it; subclasses say what their result shows."""

    stage_type: ClassVar[type[Stage]]
    questions: ClassVar[tuple[str, ...]] = ()
    """Names of what a subclass asks the engine besides its run."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.canvas = self.stage_type(**wide)
        self.facts = Facts(self._act, sections=[facts.EMPTY], **wide)
        self.wiring: Wiring | None = None
        self.paths: Paths | None = None
        self._wanted: list[str] = []
        """Names to select when the wiring comes."""
        self._askers = {
            what: Asker(compute, self.owner, f"{name}#{what}", self._hear)
            for what in ("wiring", "drawing", "paths", *self.questions)
        }
        self._lesions: list[str] = []
        self._stepping_back = False
        self.controls.param.watch(self._lesioned, "lesion")
        self.controls.param.watch(self._forget_lesions, ["dataset", "own", "only", "node"])
        self.controls.param.watch(self._rewire, list(WiringSpec.model_fields))
        self.canvas.param.watch(self._selected, "selected")
        self.canvas.param.watch(self.mark, ["layout", "order", "colour", "camera"])

    # What subclasses say -------------------------------------------------------------------

    def hear(self, job: Job) -> None:
        """An answer to one of the subclass's own questions."""

    def more_sections(self) -> list[facts.Section]:
        """Sections of the inspector between the selection and the dataset's card."""
        return []

    def rewired(self) -> None:
        """Layers, threshold or lesions have changed."""

    # What they inherit ---------------------------------------------------------------------

    def run(self) -> Job | None:
        """Run what the controls say; the pictures come first when they have not come yet."""
        if self._askers["wiring"].job is None:
            self.ask_wiring()
        return super().run()

    def _rewire(self, *_events: Any) -> None:
        self.ask_wiring()
        self.rewired()

    def ask_wiring(self) -> None:
        """Ask for what the controls say, and for drawings when the dataset is another."""
        spec = self.controls.spec_or_none()
        if not isinstance(spec, WiringSpec):
            return
        wiring = WiringSpec(**{name: getattr(spec, name) for name in WiringSpec.model_fields})
        self._askers["wiring"].ask(wiring)
        whole = wiring.replace(lesion="", lesion_fraction=0.0, component="all")
        drawing = LayoutSpec(wiring=whole)
        asked = self._askers["drawing"].job
        if asked is None or asked.spec != drawing:
            self._askers["drawing"].ask(drawing)

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
                self.describe()
            case _:
                self.hear(job)

    def _complain(self, sentence: str) -> None:
        # Wiring, measures and the run stumble over the same wrong name; once is enough.
        if sentence not in [notice["text"] for notice in self.notices.notices[-3:]]:
            super()._complain(sentence)

    def _take_wiring(self, wiring: Wiring) -> None:
        fresh = self.wiring is None or self.wiring.neurons != wiring.neurons
        self.wiring = wiring
        clear = {"selected": [], "lit": [], "paths": {}, "numbers": b""} if fresh else {}
        self.canvas.param.update(wiring=wiring_payload(wiring), **clear)
        self.heading.title = label(wiring.provenance.title)
        self.heading.detail = f"{wiring.n_left:,} neurons, {wiring.n_edges:,} directed edges"
        if self._wanted:
            self._select_names(self._wanted)
            self._wanted = []
        self._ask_paths()
        self.describe()

    # Selecting -----------------------------------------------------------------------------

    def chosen(self) -> list[int]:
        """Places of the selected neurons."""
        n = self.wiring.n_neurons if self.wiring else 0
        return [k for k in self.canvas.selected if isinstance(k, int) and 0 <= k < n]

    def _select_names(self, names: list[str]) -> None:
        if self.wiring is not None:
            places = {name: k for k, name in enumerate(self.wiring.neurons)}
            self.canvas.selected = [places[name] for name in names if name in places]

    def _selected(self, _event: Any) -> None:
        self.paths = None
        self.canvas.paths = {}
        self._ask_paths()
        self.describe()
        self.mark()

    def _ask_paths(self) -> None:
        chosen = self.chosen()
        if self.wiring is not None and len(chosen) == 2:
            first, second = chosen
            asked = PathSpec(wiring=self.wiring.spec, source=first, target=second)
            self._askers["paths"].ask(asked)

    def describe(self) -> None:
        """Fill the inspector with what is known now."""
        if self.wiring is None:
            return
        chosen = self.chosen()
        match len(chosen):
            case 0:
                top = [facts.EMPTY]
            case 1:
                top = facts.neuron_sections(self.wiring, chosen[0])
            case 2:
                top = facts.pair_sections(self.wiring, chosen[0], chosen[1], self.paths)
            case _:
                top = facts.many_sections(self.wiring, chosen)
        lesion = facts.lesion_section(self.wiring, len(self._lesions))
        card = facts.card_section(self.wiring)
        self.facts.sections = [*top, *lesion, *self.more_sections(), card]

    def _act(self, action: str) -> None:
        if self.wiring is None:
            return
        chosen = self.chosen()
        kind, _, rest = action.partition(" ")
        match kind:
            case "pick":
                self.canvas.selected = [int(rest)]
            case "hop":
                self.canvas.selected = facts.reached(self.wiring, chosen[0], int(rest))
            case "turn":
                self.canvas.selected = chosen[::-1]
            case "undo":
                self._step_back()
            case "lesion" | "restore" | "cut" | "heal":
                self.controls.lesion = lesions.changed(kind, self.wiring, chosen)
            case "show" if self.paths is not None:
                columns = [list(column) for column in self.paths.columns]
                self.canvas.paths = {"columns": columns, "edges": self.paths.edges.tolist()}

    def _lesioned(self, event: Any) -> None:
        """Remember what the lesion was before, unless a step back brought it."""
        if not self._stepping_back:
            self._lesions = [*self._lesions, event.old][-LESIONS_KEPT:]

    def _forget_lesions(self, *_events: Any) -> None:
        """Another wiring has other neurons."""
        self._lesions = []

    def _step_back(self) -> None:
        """The lesion before the last change of it."""
        if not self._lesions:
            return
        *self._lesions, before = self._lesions
        self._stepping_back = True
        try:
            self.controls.lesion = before
        finally:
            self._stepping_back = False

    # What a link keeps ---------------------------------------------------------------------

    def selection(self) -> dict[str, Any]:
        """Selected neurons by name, layout, order, colour, and from where one looks."""
        now = {k: getattr(self.canvas, k) for k in ("layout", "order", "colour")}
        now["camera"] = lenses(self.canvas.camera, PICTURES)
        base = {k: self.canvas.param[k].default for k in now}
        kept: dict[str, Any] = {k: v for k, v in now.items() if v != base[k]}
        names = self._wanted
        if self.wiring is not None:
            names = [self.wiring.neurons[k] for k in self.chosen()]
        return {**kept, "neurons": names[:_LINKED_NEURONS]} if names else kept

    def unselected(self) -> dict[str, Any]:
        """The usual layout, order, colour and place to look from, and no neuron."""
        usual = {k: self.canvas.param[k].default for k in ("layout", "order", "colour", "camera")}
        return {**usual, "neurons": []}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore a selection; what does not fit is left as it is."""
        for key in ("layout", "order", "colour"):
            if isinstance(selection.get(key), str):
                setattr(self.canvas, key, selection[key][:40])
        if "camera" in selection:
            self.canvas.camera = lenses(selection["camera"], PICTURES)
        names = selection.get("neurons")
        if isinstance(names, list):
            self._wanted = [name for name in names if isinstance(name, str)]
            self._select_names(self._wanted)
