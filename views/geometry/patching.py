"""Through a transformer: two clicks say from where to where, and nothing is run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.geometry.transformers.patching import (
    LEVELS,
    PICKED,
    PLACES,
    PatchingRun,
    Place,
    named,
    picked_at,
)
from engines.running.compute import Job
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView

_HINT = "click a place of the first picture to take what stands there, then where to put it"


@dataclass(frozen=True, eq=False)
class _Picked:
    """The run with other places picked."""

    run: PatchingRun
    picked: tuple[Place, Place]

    def pictures(self) -> tuple[Picture, ...]:
        return self.run.pictures(self.picked)


class PatchingView(GenericView):
    """The first click takes, the second puts; a third begins anew."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.picked: tuple[Place, Place] = PICKED
        self.taken: Place | None = None
        self._run: PatchingRun | None = None
        super().__init__(*args, **named)

    def selection(self) -> dict[str, Any]:
        """From where to where, where it is not what the page opens with."""
        return {} if self.picked == PICKED else {"picked": [list(one) for one in self.picked]}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore from where to where."""
        asked = selection.get("picked")
        if isinstance(asked, list) and len(asked) == 2 and all(map(_is_place, asked)):
            (a, b), (c, d) = asked
            self._pick(((a, b), (c, d)))

    def show_result(self, result: Result, job: Job) -> None:
        """Say what a click does."""
        self.heading.detail = _HINT
        super().show_result(result, job)

    def _draw(self, moment: Frame | Result) -> None:
        self._run = moment if isinstance(moment, PatchingRun) else None
        if self._run is not None:
            moment = _Picked(self._run, self.picked)  # type: ignore[assignment]
        super()._draw(moment)

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.has_lines_over:
            drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _tap(self, event: Any) -> None:
        if self._run is None:
            return
        place = picked_at(event.x, event.y)
        if self.taken is None:
            self.taken = place
            self.heading.detail = f"taken from {named(place)}; click where to put it"
            self._pick((place, place))
        else:
            source, self.taken = self.taken, None
            self.heading.detail = _HINT
            self._pick((source, place))

    def _pick(self, picked: tuple[Place, Place]) -> None:
        self.picked = picked
        if self._run is not None:
            self._draw(self._run)
        self.mark()


def _is_place(one: Any) -> bool:
    """Whether a part of an address is a level and a place."""
    ends = (len(LEVELS), len(PLACES))
    return (
        isinstance(one, list)
        and len(one) == 2
        and all(type(k) is int and 0 <= k < n for k, n in zip(one, ends, strict=True))
    )


VIEW = PatchingView
