"""The map of settings: a click on a cell tells its numbers and opens its runs."""

from __future__ import annotations

from typing import Any

from engines.sorting.ensembles.results import EnsembleSpec
from engines.sorting.ensembles.sweeps import KNOBS, Sweep, SweepFrame
from views.kit.cells import CellPicker
from views.sorting.many import ManyView


class SweepView(CellPicker, ManyView):
    """A cell is one pair of settings; behind it are the runs that were made with it."""

    invitation = "Click a cell of the map to see its numbers and to open its runs."

    def about_cell(self, column: int, row: int) -> dict[str, Any] | None:
        """The two settings, and the measure's mean and standard error over the cell's runs."""
        shown = self._shown
        if not isinstance(shown, Sweep | SweepFrame):
            return None
        if not (0 <= row < shown.mean.shape[0] and 0 <= column < shown.mean.shape[1]):
            return None
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
