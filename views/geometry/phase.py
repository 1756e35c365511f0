"""The phase diagram: a click on a cell tells its numbers and opens its networks."""

from __future__ import annotations

from typing import Any

from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.geometry.model import Phase, PhaseFrame
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView

_EMPTY = {
    "title": "No cell selected",
    "note": "Click a cell to see its numbers and to open its networks in the studio.",
}


class PhaseView(GenericView):
    """The generic view, with a map whose cells can be opened."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._cell: tuple[int, int] | None = None
        self._tell()

    def selection(self) -> dict[str, Any]:
        """The selected cell."""
        return {} if self._cell is None else {"cell": list(self._cell)}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore the selected cell."""
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
        self.facts.sections = [self._about_cell(), self._provenance()]

    def _about_cell(self) -> dict[str, Any]:
        shown = self._shown
        if self._cell is None or not isinstance(shown, Phase | PhaseFrame):
            return _EMPTY
        (column, row), spec = self._cell, shown.spec
        if not (0 <= row < len(spec.nonlinearities) and 0 <= column < spec.n_alignments):
            return _EMPTY
        rows = [
            ["nonlinearity", spec.nonlinearities[row]],
            ["alignment c / c_max", f"{spec.shares[column]:.3g}"],
        ]
        for name, values in shown.values.items():
            cell = values[row, column]
            rows.append([name, f"{cell.mean():.3f} ± {cell.std():.3f}"])
        if isinstance(shown, Phase) and spec.measure in shown.start:
            start = shown.start[spec.measure][row, column]
            rows.append([f"{spec.measure}, random start", f"{start.mean():.3f}"])
        link = self.link("geometry/studio", spec.studio(row, column))
        return {
            "title": "This cell",
            "rows": rows,
            "note": f"mean and SD of {spec.n_seeds} networks, seeds from {spec.seed}",
            "links": [("Open its networks", link)] if link else [],
        }


VIEW = PhaseView
