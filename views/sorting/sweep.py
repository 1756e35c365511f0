"""The map of settings: a click on a cell tells its numbers and opens its runs."""

from __future__ import annotations

from typing import Any

from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.sorting.frames import EnsembleSpec
from engines.sorting.sweeps import KNOBS, Sweep, SweepFrame
from views.kit.figures import PictureFigure
from views.sorting.many import ManyView

_EMPTY = {
    "title": "No cell selected",
    "note": "Click a cell of the map to see its numbers and to open its runs.",
}


class SweepView(ManyView):
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
        if self._cell is None or not isinstance(shown, Sweep | SweepFrame):
            return _EMPTY
        column, row = self._cell
        if not (0 <= row < shown.mean.shape[0] and 0 <= column < shown.mean.shape[1]):
            return _EMPTY
        spec = shown.spec
        rows: list[list[str]] = [
            [name, f"{values[at]:.4g} {KNOBS[name].unit}"]
            for name, values, at in (
                (spec.x_knob, spec.values("x"), column),
                (spec.y_knob, spec.values("y"), row),
            )
        ]
        rows.append([spec.measure, f"{shown.mean[row, column]:.4g}"])
        if isinstance(shown, Sweep):
            error = shown.deviation[row, column] / spec.n_runs**0.5
            rows.append(["standard error", f"{error:.2g}"])
            rows.append(["ended sorted", f"{shown.sorted_runs[row, column]} of {spec.n_runs}"])
        run = spec.at(column, row)
        many = EnsembleSpec(run=run, n_runs=spec.n_runs)
        links = [
            ("Open its first run", self.link("sorting/run", run)),
            ("Open all its runs", self.link("sorting/ensemble", many)),
        ]
        return {"title": "This cell", "rows": rows, "links": [pair for pair in links if pair[1]]}


VIEW = SweepView
