"""The view of an imported model: its diagram, what was understood, how it compares."""

from __future__ import annotations

from typing import Any, ClassVar

from engines.contract import Result, Spec
from engines.diagrams.learning.spec import TEXT_MAX as RACE_TEXT_MAX
from engines.diagrams.learning.spec import race_of
from engines.diagrams.specs.drawing import TEXT_MAX, Drawing, DrawSpec
from engines.diagrams.specs.importing import ImportedDrawing, ImportSpec
from engines.running.compute import Compute, Job
from views.diagrams.base import DiagramView
from views.kit.runner import Asker


class ImportView(DiagramView):
    """A model's diagram, with a report and a comparison beside it."""

    own_controls: ClassVar[tuple[str, ...]] = ("collapsed", "sizes")

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.imported: ImportedDrawing | None = None
        self._redraws = Asker(compute, self.owner, f"{name}#redraw", self._redrawn)

    def redraw(self) -> None:
        """From the text of the import: the model need not be read again."""
        spec = self.controls.spec_or_none()
        if self.imported is None or not isinstance(spec, ImportSpec):
            self.run()
        elif len(self.imported.text) <= TEXT_MAX:
            self._redraws.ask(spec.draw_spec(self.imported.text))

    def _redrawn(self, job: Job) -> None:
        if isinstance(job.result, Drawing) and job.result.scene:
            self.show_drawing(job.result)

    def show_result(self, result: Result, job: Job) -> None:
        """The drawing and its report."""
        del job
        if isinstance(result, ImportedDrawing):
            self.imported = result
            self.show_drawing(result.drawing)

    def first_sections(self) -> list[dict[str, Any]]:
        """Comparison and report."""
        if self.imported is None:
            return []
        return [_verdict(self.imported), self._understood(self.imported)]

    def _understood(self, imported: ImportedDrawing) -> dict[str, Any]:
        short = len(imported.text) <= TEXT_MAX
        edit = self.link("diagrams/write", DrawSpec(text=imported.text)) if short else ""
        fits = len(imported.text) <= RACE_TEXT_MAX
        raced = self.link("diagrams/race", race_of(imported.text)) if fits else ""
        offers = (("Open as a text to edit", edit), ("Race it", raced))
        links = [(said, where) for said, where in offers if where]
        opaque = "; ".join(imported.opaque[:6])
        return {
            "title": "Import",
            "rows": [[name, value] for name, value in imported.report],
            "sentence": f"Run but not known: {opaque}" if opaque else "",
            "links": links,
            "note": "Axes of one length are kept apart: an axis is known by where it comes from.",
        }


def _verdict(imported: ImportedDrawing) -> dict[str, Any]:
    if not imported.checks:
        return {}
    rows = [
        [what, {"text": "equal" if holds else f"differs by {error:.1e}",
                "tone": "good" if holds else "bad", "title": f"{error:.2e}, at most {bound:g}"}]
        for what, error, bound, holds in imported.checks
    ]  # fmt: skip
    good = all(holds for *_, holds in imported.checks)
    sentence = _SENTENCES["differs" if not good else "opaque" if imported.opaque else "equal"]
    verdict = imported.verdict or ("equal" if good else "differs")
    return {"title": f"Compared with the model: {verdict}", "rows": rows, "sentence": sentence,
            "tone": "" if good else "warning"}  # fmt: skip


_SENTENCES = {
    "equal": "Both gave the same numbers on ordinary inputs, zeros, edges and large ones. That is "
    "a sample and no proof: where no input was drawn they may differ.",
    "opaque": "Both gave the same numbers, but the operations that are not known were called "
    "through torch: of those the comparison says nothing.",
    "differs": "The diagram does not compute what the model computes; do not trust it.",
}

VIEW = ImportView
