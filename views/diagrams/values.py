"""Values on every wire: the drawing with maps under its lines, and any wire's maps and curves."""

from __future__ import annotations

from typing import Any, ClassVar

import panel as pn
import panel_material_ui as pmui

from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Table
from engines.diagrams.drawing.picture import mistakes
from engines.diagrams.language.check import judged
from engines.diagrams.specs.drawing import Drawing
from engines.diagrams.watching.result import VANISHING, Watched, WatchFrame
from engines.diagrams.watching.showing import redrawn, with_values
from engines.running.compute import Compute, Job
from views.diagrams.base import DiagramView
from views.diagrams.components import DiagramEditor
from views.kit.figures import PictureFigure
from views.kit.generic import table_section


class ValuesView(DiagramView):
    """The drawing on stage with what flows in it; a press on an operation opens its maps."""

    own_controls: ClassVar[tuple[str, ...]] = ("text", "collapsed", "sizes")
    redraw_on: ClassVar[tuple[str, ...]] = ("width",)
    folded_groups: ClassVar[frozenset[str]] = frozenset({"Look", "What runs"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.editor = DiagramEditor(
            self._write, text=self.controls.text, link_id=self.link_id, **wide
        )
        slider: dict[str, Any] = {"start": 1, "end": 2, "value": 1, "visible": False, **wide}
        self.example = pmui.IntSlider(label="Example", size="small", **slider)
        self.turn = pmui.IntSlider(label="Turn", size="small", **slider)
        self.choices = pn.Row(self.example, self.turn, margin=(4, 8), **wide)
        self.watched: Watched | None = None
        self._figures: list[PictureFigure] = []
        self.controls.param.watch(self._follow, ["text"])
        for one in (self.example, self.turn):
            one.param.watch(lambda _event: self._look(), "value")

    # Assembly ------------------------------------------------------------------------------

    def stage(self) -> list[Any]:
        """The diagram with its values, what is chosen, the maps and curves of one wire."""
        return [self.canvas, self.choices, self.curves]

    def extra_controls(self) -> dict[str, list[Any]]:
        """The editor and the sizes."""
        return {"Text": [self.editor], "Sizes": [self.axes]}

    def _write(self, text: str) -> None:
        if text == self.controls.text:
            return
        self.controls.text = text
        diagram, problems = judged(text)
        self.editor.mistakes = [vars(mistake) for mistake in mistakes(problems)]
        if diagram is not None:
            self.run()

    def _follow(self, _event: Any) -> None:
        if self.editor.text != self.controls.text:
            self.editor.text = self.controls.text

    def redraw(self) -> None:
        """Folded or wrapped in another way; what was learnt stays."""
        if self.watched is None or not self.watched.drawing.spec.text:
            self.run()
            return
        self.watched = redrawn(self.watched, self.controls.collapsed, self.controls.width)
        self._look()

    def resized(self) -> None:
        """Arrays of other sizes hold other numbers."""
        self.run()

    # Showing -------------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Values and statistics so far."""
        if isinstance(frame, WatchFrame):
            self._show(frame.watched)

    def show_result(self, result: Result, job: Job) -> None:
        """Every value of the chosen example."""
        del job
        if isinstance(result, Watched):
            self._show(result)

    def _show(self, result: Watched) -> None:
        if result is self.watched:
            return
        self.watched = result
        for slider, n in ((self.example, result.n_examples), (self.turn, result.n_turns)):
            slider.param.update(end=max(2, n), visible=n > 1, value=min(slider.value, max(1, n)))
        if result.of(self._picked) is None:
            self._picked = result.shown_first()
        self._look()

    def _look(self) -> None:
        """Another example or turn of the same run."""
        if self.watched is not None:
            self.show_drawing(with_values(self.watched, *self._chosen(self.watched)))

    def _chosen(self, result: Watched) -> tuple[int, int]:
        """Example and turn, counted from 0; the last turn where there is no choice."""
        return self.example.value - 1, self.turn.value - 1 if result.n_turns > 1 else -1

    def _hear(self, message: dict[str, Any]) -> None:
        super()._hear(message)
        if message["kind"] == "pick" and self.drawn is not None:
            self._plot(self.drawn)

    def _plot(self, result: Drawing) -> None:
        del result
        if self.watched is None:
            self.curves.lay_out([])
            return
        every = self.watched.pictures_of(self._picked, *self._chosen(self.watched))
        pictures = [picture for picture in every if not isinstance(picture, Table)]
        pairs = list(zip(self._figures, pictures, strict=False))
        if len(self._figures) == len(pictures) and all(figure.fits(new) for figure, new in pairs):
            for figure, new in pairs:
                figure.update(new)
            return
        self._figures = [PictureFigure(picture) for picture in pictures]
        self.curves.lay_out(self._figures)

    def first_sections(self) -> list[dict[str, Any]]:
        """How well it learned, and every operation's statistics."""
        if self.watched is None:
            return []
        return [_learned(self.watched), table_section(self.watched.short_table())]

    # State ---------------------------------------------------------------------------------

    def selection(self) -> dict[str, Any]:
        """The picked operation, example and turn."""
        chosen = {"example": self.example.value, "turn": self.turn.value}
        return {**super().selection(), **{key: k for key, k in chosen.items() if k != 1}}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore them."""
        super().select(selection)
        for name, slider in (("example", self.example), ("turn", self.turn)):
            value = selection.get(name, 1)
            if isinstance(value, int) and value >= 1:
                slider.param.update(end=max(slider.end, value), value=value)


def _learned(result: Watched) -> dict[str, Any]:
    if not result.scores:
        return {}
    scores = ", ".join(f"{score:.3f}" for score in result.scores)
    small = ", ".join(result.vanishing()[:8])
    return {
        "title": f"After {result.steps[-1]:,} steps",
        "sentence": f"Score on the exam, seed by seed: {scores}.",
        "note": small and f"Gradient {VANISHING:g} times smaller than at the output: {small}.",
    }


VIEW = ValuesView
