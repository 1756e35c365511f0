"""The main view: a text and its diagram, live side by side."""

from __future__ import annotations

from typing import Any, ClassVar

from engines.contract import Result, Spec
from engines.diagrams.specs.drawing import Drawing
from engines.running.compute import Compute, Job
from views.diagrams.base import DiagramView
from views.diagrams.components import DiagramEditor


class WriteView(DiagramView):
    """A text and its diagram side by side."""

    redraw_on: ClassVar[tuple[str, ...]] = ("direction", "apart", "width", "curve_axis")

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.editor = DiagramEditor(
            self._write,
            text=self.controls.text,
            link_id=self.link_id,
            sizing_mode="stretch_width",
        )
        self.controls.param.watch(self._follow, ["text"])

    def extra_controls(self) -> dict[str, list[Any]]:
        """The editor and the sizes."""
        return {"Text": [self.editor], "Sizes": [self.axes]}

    def _write(self, text: str) -> None:
        if text != self.controls.text:
            self.controls.text = text
            self.run()

    def _follow(self, _event: Any) -> None:
        if self.editor.text != self.controls.text:
            self.editor.text = self.controls.text

    def show_result(self, result: Result, job: Job) -> None:
        """The picture, or what is wrong with the text."""
        del job
        if not isinstance(result, Drawing):
            return
        # An older answer must not undo what has been typed since.
        if result.spec.text == self.controls.text:
            self.editor.mistakes = [vars(mistake) for mistake in result.mistakes]
        if result.scene:
            self.show_drawing(result)
            return
        n = len(result.mistakes)
        mistakes = f"{n} mistake{'s' if n != 1 else ''}"
        self.canvas.note = f"The last text that fits is shown; {mistakes} to mend."
        self.canvas.scene = ""


VIEW = WriteView
