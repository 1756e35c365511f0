"""A slider of resolution: the same weights on another grid, and another field of the exam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import panel as pn
import panel_material_ui as pmui

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.diagrams.operators.asked import GRIDS, TRAINED
from engines.diagrams.operators.results import OperatorResult
from views.kit.generic import GenericView

_OPENS_WITH = 2 * TRAINED


@dataclass(frozen=True, eq=False)
class _Chosen:
    """The result on one grid, with one field."""

    result: OperatorResult
    grid: int
    field: int

    def pictures(self) -> tuple[Picture, ...]:
        return self.result.pictures(self.grid, self.field)


class OperatorView(GenericView):
    """Declared pictures; over the first the choice of a grid and of a field."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        wide: dict[str, Any] = {"size": "small", "sizing_mode": "stretch_width"}
        self.grid = pmui.RadioButtonGroup(
            label="Points of the grid", options=list(GRIDS), value=_OPENS_WITH, **wide
        )
        self.field = pmui.IntSlider(label="Field of the exam", start=1, end=8, value=1, **wide)
        self.chosen = pn.Row(
            self.grid, self.field, margin=(4, 8), visible=False, sizing_mode="stretch_width"
        )
        for widget in (self.grid, self.field):
            widget.param.watch(lambda _event: self._look(), "value")
        self._result: OperatorResult | None = None

    def stage(self) -> list[Any]:
        """Grid and field, the pictures, the table."""
        return [self.chosen, *super().stage()]

    def selection(self) -> dict[str, Any]:
        """Grid and field, where they are not what the page opens with."""
        chosen = {"grid": (self.grid.value, _OPENS_WITH), "field": (self.field.value, 1)}
        return {name: value for name, (value, usual) in chosen.items() if value != usual}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore them."""
        grid, field = selection.get("grid", _OPENS_WITH), selection.get("field", 1)
        if grid in GRIDS:
            self.grid.value = grid
        if type(field) is int and 1 <= field <= self.field.end:
            self.field.value = field

    def _look(self) -> None:
        if self._result is not None:
            self._draw(self._result)
        self.mark()

    def _draw(self, moment: Frame | Result) -> None:
        self._result = moment if isinstance(moment, OperatorResult) else None
        self.chosen.visible = self._result is not None
        if self._result is not None:
            self.field.end = len(self._result.start)
            chosen = _Chosen(self._result, self.grid.value, self.field.value - 1)
            moment = chosen  # type: ignore[assignment]
        super()._draw(moment)


VIEW = OperatorView
