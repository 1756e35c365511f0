"""Searches through nested networks; what they cost is counted, or the time that they took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import panel as pn
import panel_material_ui as pmui

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.diagrams.guided.results import GuidedResult
from views.kit.generic import GenericView

_COUNTED, _MEASURED = "FLOP", "milliseconds"


@dataclass(frozen=True, eq=False)
class _Measured(Result):
    """The result with the times of its run in place of what is counted."""

    result: GuidedResult

    def pictures(self) -> tuple[Picture, ...]:
        """Times in place of counts."""
        return self.result.pictures_by_time()


class GuidedView(GenericView):
    """Declared pictures; over them whether networks lie by what is counted or what was measured."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.cost = pmui.RadioButtonGroup(
            label="Cost of a network", options=[_COUNTED, _MEASURED], value=_COUNTED, size="small"
        )
        self.chosen = pn.Row(self.cost, margin=(4, 8), visible=False)
        self.cost.param.watch(lambda _event: self._look(), "value")
        self._result: GuidedResult | None = None

    def stage(self) -> list[Any]:
        """The choice, the pictures, the table."""
        return [self.chosen, *super().stage()]

    def selection(self) -> dict[str, Any]:
        """Whether times are shown."""
        return {"cost": _MEASURED} if self.cost.value == _MEASURED else {}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore it."""
        if selection.get("cost") in (_COUNTED, _MEASURED):
            self.cost.value = selection["cost"]

    def _look(self) -> None:
        if self._result is not None:
            self._draw(self._result)
        self.mark()

    def _draw(self, moment: Frame | Result) -> None:
        self._result = moment if isinstance(moment, GuidedResult) else None
        self.chosen.visible = self._result is not None
        if self._result is not None and self.cost.value == _MEASURED:
            moment = _Measured(self._result)
        super()._draw(moment)


VIEW = GuidedView
