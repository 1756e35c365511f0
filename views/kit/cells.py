"""Maps whose cells can be picked: a click tells a cell's numbers and leads to what is behind it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from bokeh.events import Tap

from engines.contract import Frame, Result
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView


class CellPicker(GenericView):
    """The generic view, with a map whose cells can be picked."""

    invitation: ClassVar[str]
    """What is said while no cell is picked."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._cell: tuple[int, int] | None = None
        self._tell()

    @abstractmethod
    def about_cell(self, column: int, row: int) -> dict[str, Any] | None:
        """What the facts say of a cell; None where the shown map has no such cell."""

    def selection(self) -> dict[str, Any]:
        """The picked cell."""
        return {} if self._cell is None else {"cell": list(self._cell)}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore the picked cell."""
        cell = selection.get("cell")
        if isinstance(cell, list) and len(cell) == 2 and all(type(k) is int for k in cell):
            self._cell = (cell[0], cell[1])
            self._tell()

    def _draw(self, moment: Frame | Result) -> None:
        super()._draw(moment)
        self._tell()

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _tap(self, event: Any) -> None:
        self._cell = (int(event.x), int(event.y))
        self._tell()
        self.mark()

    def _tell(self) -> None:
        about = None if self._cell is None else self.about_cell(*self._cell)
        self.facts.sections = [
            about or {"title": "No cell selected", "note": self.invitation},
            self._provenance(),
        ]
