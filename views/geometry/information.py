"""The information plane: pick a group of networks and two estimators, over the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import panel as pn

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.geometry.model import ARMS, ESTIMATORS, SHOWN, InformationFrame, InformationRun
from views.kit.components import Facts
from views.kit.generic import GenericView

_LISTS = (
    ("Networks", "Let these be drawn", ARMS),
    ("Read with", "Read the layers of the first plane like this", ESTIMATORS),
    ("Beside it", "Read the layers of the plane beside it like this", ESTIMATORS),
)


@dataclass(frozen=True, eq=False)
class _Picked(Frame):
    """A moment seen through other estimators."""

    moment: InformationFrame | InformationRun
    shown: tuple[int, int, int]

    def pictures(self) -> tuple[Picture, ...]:
        """Of the run, so seen."""
        return self.moment.pictures(self.shown)


class InformationView(GenericView):
    """Two planes over one run; a press switches the estimator, and nothing is run again."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.list = Facts(self._pressed, sections=[], sizing_mode="stretch_width")
        self.shown = SHOWN
        self._now: InformationFrame | InformationRun | None = None
        super().__init__(*args, **named)
        self._list()

    def inspector(self) -> list[Any]:
        """What is drawn, provenance and files."""
        return [self.list, pn.Spacer(height=12), *super().inspector()]

    def selection(self) -> dict[str, Any]:
        """What is drawn, where it is not what the page opens with."""
        return {"shown": list(self.shown)} if self.shown != SHOWN else {}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore what is drawn."""
        asked = selection.get("shown")
        if (
            isinstance(asked, list)
            and len(asked) == len(_LISTS)
            and all(
                type(k) is int and 0 <= k < len(names)
                for k, (_, _, names) in zip(asked, _LISTS, strict=True)
            )
        ):
            self._pick((asked[0], asked[1], asked[2]))

    def _pressed(self, action: str) -> None:
        place, _, asked = action.partition(":")
        shown = list(self.shown)
        shown[int(place)] = int(asked)
        self._pick((shown[0], shown[1], shown[2]))

    def _pick(self, shown: tuple[int, int, int]) -> None:
        self.shown = shown
        self._list()
        if self._now is not None:
            self._draw(self._now)
        self.mark()

    def _draw(self, moment: Frame | Result) -> None:
        if isinstance(moment, InformationFrame | InformationRun):
            self._now = moment
            if self.shown != SHOWN:
                moment = _Picked(moment, self.shown)
        super()._draw(moment)

    def _list(self) -> None:
        self.list.sections = [
            {
                "title": title,
                "rows": [
                    [{"text": name, "action": f"{place}:{k}", "current": k == self.shown[place],
                      "title": told}]
                    for k, name in enumerate(names)
                ],
            }
            for place, (title, told, names) in enumerate(_LISTS)
        ]  # fmt: skip


VIEW = InformationView
