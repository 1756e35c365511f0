"""The phase diagram: a click on a cell tells its numbers and opens its networks."""

from __future__ import annotations

from typing import Any

from engines.geometry.model import Phase, PhaseFrame
from views.kit.cells import CellPicker


class PhaseView(CellPicker):
    """A cell is one setting; behind it are the networks that were trained with it."""

    invitation = "Click a cell to see its numbers and to open its networks in the studio."

    def about_cell(self, column: int, row: int) -> dict[str, Any] | None:
        """Every measure's mean and SD over the cell's networks."""
        shown = self._shown
        if not isinstance(shown, Phase | PhaseFrame):
            return None
        spec = shown.spec
        if not (0 <= row < len(spec.nonlinearities) and 0 <= column < spec.n_alignments):
            return None
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
