"""The view of two diagrams: one above the other, what differs marked in both."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from engines.contract import Result, Spec
from engines.diagrams.specs.comparing import ComparedDrawings
from engines.running.compute import Compute, Job
from views.diagrams.components import DiagramEditor, DiagramStage
from views.diagrams.facts import provenance
from views.kit.components import Facts
from views.kit.workbench import ExperimentView


class CompareView(ExperimentView):
    """Two texts, two drawings, the differences."""

    own_controls: ClassVar[tuple[str, ...]] = ("text", "other")

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.editors, self.stages = {}, {}
        for field in self.own_controls:
            link = uuid.uuid4().hex
            text = getattr(self.controls, field)
            self.editors[field] = DiagramEditor(
                self._writer(field), text=text, link_id=link, **wide
            )
            self.stages[field] = DiagramStage(
                lambda _message: None, link_id=link, foldable=False, **wide
            )
        self.facts = Facts(sections=[], **wide)
        self.controls.param.watch(self._follow, list(self.own_controls))
        self.controls.param.watch(lambda _event: self.run(), ["width"])

    def _writer(self, field: str) -> Any:
        def write(text: str) -> None:
            if text != getattr(self.controls, field):
                setattr(self.controls, field, text)
                self.run()

        return write

    def _follow(self, _event: Any) -> None:
        for field, editor in self.editors.items():
            if editor.text != getattr(self.controls, field):
                editor.text = getattr(self.controls, field)

    def stage(self) -> list[Any]:
        """First above second."""
        return list(self.stages.values())

    def inspector(self) -> list[Any]:
        """The differences."""
        return [self.facts]

    def extra_controls(self) -> dict[str, list[Any]]:
        """An editor for each."""
        return {"First": [self.editors["text"]], "Second": [self.editors["other"]]}

    def show_result(self, result: Result, job: Job) -> None:
        """Both drawings and what differs."""
        del job
        if not isinstance(result, ComparedDrawings):
            return
        for field, drawing in (("text", result.first), ("other", result.second)):
            self.editors[field].mistakes = [vars(m) for m in drawing.mistakes]
            stage = self.stages[field]
            note = " ".join(drawing.notes) or ("" if drawing.scene else "Mend the text first.")
            stage.param.update(note=note, alt=field, cards=drawing.cards, scene=drawing.scene)
        self.facts.sections = _sections(result, self.experiment.card)


def _sections(result: ComparedDrawings, card: Any) -> list[dict[str, Any]]:
    tones = {"added": "good", "removed": "bad", "changed": "warning"}
    rows = [
        [{"text": what, "tone": tones[what]}, {"text": f"{operation} ({where})", "tone": "text"}]
        for what, operation, where in result.differences
    ]
    empty = "" if rows else "The two diagrams have the same operations, wires and sizes."
    found: list[dict[str, Any]] = [{"title": "Differences", "rows": rows, "sentence": empty}]
    if result.wires:
        wires = [[path, f"{before} → {after}"] for path, before, after in result.wires]
        found.append({"title": "Wires that changed", "rows": wires})
    delta = [[name, {"text": poly, "tone": "text"}] for name, poly in result.delta]
    note = "" if delta else "Both cost the same."
    found.append({"title": "The second costs more by", "rows": delta, "note": note})
    return [*found, provenance(card)]


VIEW = CompareView
