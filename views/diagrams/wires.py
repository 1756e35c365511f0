"""A text, its drawing with something under every wire, and sliders that say which."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import panel as pn
import panel_material_ui as pmui

from engines.contract import Spec
from engines.contract.pictures import Picture, Table
from engines.diagrams.drawing.picture import mistakes
from engines.diagrams.language.check import judged
from engines.diagrams.specs.drawing import Drawing
from engines.running.compute import Compute
from views.diagrams.base import DiagramView
from views.diagrams.components import DiagramEditor
from views.kit.figures import PictureFigure

WIDE: dict[str, Any] = {"sizing_mode": "stretch_width"}
_CHOICES_MAX = 10_000
"""A link that names more is none of ours."""


class WireView(DiagramView):
    """The drawing on stage; a press on an operation opens its pictures. Subclasses say of what."""

    own_controls: ClassVar[tuple[str, ...]] = ("text", "collapsed", "sizes")
    redraw_on: ClassVar[tuple[str, ...]] = ("width",)

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.editor = DiagramEditor(
            self._write, text=self.controls.text, link_id=self.link_id, **WIDE
        )
        self.sliders = {key: _slider(label) for key, label in self.chosen_by().items()}
        self.choices = pn.Row(*self.sliders.values(), margin=(4, 8), **WIDE)
        self._figures: list[PictureFigure] = []
        self.controls.param.watch(self._follow, ["text"])
        for one in self.sliders.values():
            one.param.watch(lambda _event: self.look(), "value")

    # What subclasses say -------------------------------------------------------------------

    @abstractmethod
    def chosen_by(self) -> dict[str, str]:
        """Sliders over the drawing: the words of links and the labels."""

    @abstractmethod
    def look(self) -> None:
        """Draw what is chosen now."""

    @abstractmethod
    def pictures_of_wire(self, path: str) -> tuple[Picture, ...]:
        """Of the operation that was pressed."""

    # Assembly ------------------------------------------------------------------------------

    def stage(self) -> list[Any]:
        """The diagram with what its wires hold, what is chosen, the pictures of one wire."""
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

    def resized(self) -> None:
        """Arrays of other sizes hold other numbers."""
        self.run()

    # Choosing ------------------------------------------------------------------------------

    def offer(self, key: str, n: int) -> None:
        """How many there are to choose from; a slider of one is not shown."""
        slider = self.sliders[key]
        slider.param.update(end=max(2, n), visible=n > 1, value=min(slider.value, max(1, n)))

    def chosen(self, key: str, n: int) -> int:
        """Which one of ``n``, from 0; a link may ask for more than have come."""
        return min(self.sliders[key].value, n) - 1

    def _hear(self, message: dict[str, Any]) -> None:
        super()._hear(message)
        if message["kind"] == "pick" and self.drawn is not None:
            self._plot(self.drawn)

    def _plot(self, result: Drawing) -> None:
        del result
        every = self.pictures_of_wire(self._picked)
        pictures = [picture for picture in every if not isinstance(picture, Table)]
        pairs = list(zip(self._figures, pictures, strict=False))
        if len(self._figures) == len(pictures) and all(figure.fits(new) for figure, new in pairs):
            for figure, new in pairs:
                figure.update(new)
            return
        self._figures = [PictureFigure(picture) for picture in pictures]
        self.curves.lay_out(self._figures)

    # State ---------------------------------------------------------------------------------

    def selection(self) -> dict[str, Any]:
        """The picked operation and what the sliders say."""
        said = {key: slider.value for key, slider in self.sliders.items()}
        return {**super().selection(), **{key: k for key, k in said.items() if k != 1}}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore them."""
        super().select(selection)
        for key, slider in self.sliders.items():
            value = selection.get(key, 1)
            if type(value) is int and 1 <= value <= _CHOICES_MAX:
                slider.param.update(end=max(slider.end, value), value=value)


def _slider(label: str) -> pmui.IntSlider:
    shape: dict[str, Any] = {"start": 1, "end": 2, "value": 1, "visible": False, **WIDE}
    return pmui.IntSlider(label=label, size="small", **shape)
