"""A tour that repairs itself: cities are dragged in the picture."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import panel_material_ui as pmui
from bokeh.events import Pan, PanEnd, PanStart

from engines.contract import Frame, Result
from engines.contract.pictures import Curves
from engines.pointer.repairing.asked import MOVES_MAX, Move, RepairSpec
from engines.pointer.repairing.results import RepairFrame, Repairs
from engines.running.compute import Job
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView

_EVERY_S = 0.05
"""Between two repairs while a city is dragged."""


class RepairView(GenericView):
    """The generic view, with cities that are dragged."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._dragged: int | None = None
        self._before: tuple[Move, ...] = ()
        self._asked = 0.0
        self.back = pmui.Button(
            label="Back to where they were", variant="outlined", size="small", margin=(4, 0),
            visible=bool(self.controls.moves), sizing_mode="stretch_width",
        )  # fmt: skip
        self.back.on_click(self._forget)
        self.controls.param.watch(self._moves_changed, ["moves"])
        self.controls.param.watch(self._other_cities, ["n_cities", "distribution", "seed"])

    def extra_controls(self) -> dict[str, list[Any]]:
        """The way back."""
        return {"Move": [self.back]}

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, Repairs) and self._dragged is None:
            last = result.last
            share = 100 * (last.length / last.anew_length - 1)
            self.heading.title = f"{len(last.tour):,} cities, {len(last.moved):,} moved"
            took = f"repaired in {1e3 * last.seconds[0]:.1f} ms"
            self.heading.detail = f"drag a city; {took}, {share:+.2f} % to solving anew"
        super().show_result(result, job)

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.kind is Curves and drawn.aspect:
            drawn.figure.on_event(PanStart, self._begin)
            drawn.figure.on_event(Pan, self._drag)
            drawn.figure.on_event(PanEnd, self._drop)
        return drawn

    def _begin(self, event: Any) -> None:
        run = self._shown.last if isinstance(self._shown, Repairs) else self._shown
        if isinstance(run, RepairFrame):
            away = np.hypot(*(run.points - (event.x, event.y)).T)
            self._dragged, self._asked = int(np.argmin(away)), 0.0
            self._before = tuple(self.controls.moves)

    def _drag(self, event: Any) -> None:
        """Ask for the repair with the city here; only the picture follows until it is dropped."""
        if self._dragged is not None and time.monotonic() - self._asked > _EVERY_S:
            self._asked = time.monotonic()
            spec = self.controls.spec_or_none()
            if isinstance(spec, RepairSpec):
                self.runner.hush(True)
                moves = self._moves_to(self._dragged, event)
                if self.runner.run(spec.replace(moves=moves, n_trials=0)) is None:
                    self._asked = math.inf  # refused once is enough for this drag

    def _drop(self, event: Any) -> None:
        self.runner.hush(False)
        if self._dragged is None:
            return
        moves = self._moves_to(self._dragged, event)
        self._dragged = None
        self.controls.param.update(moves=moves)
        self.run()

    def _moves_to(self, city: int, event: Any) -> tuple[Move, ...]:
        x, y = (float(np.clip(v, 0.0, 1.0)) for v in (event.x, event.y))
        return (*self._before, (city, x, y, float(self.controls.reach)))[-MOVES_MAX:]

    def _draw(self, moment: Frame | Result) -> None:
        """While a city is dragged only the tour is drawn anew."""
        if self._dragged is None or not self._figures:
            super()._draw(moment)
            return
        self._shown = moment
        self._figures[0].update(moment.pictures()[0])

    def _moves_changed(self, _event: Any) -> None:
        self.back.visible = bool(self.controls.moves)

    def _other_cities(self, _event: Any) -> None:
        """Moves belong to the cities they were made with."""
        self._dragged = None
        self.runner.hush(False)
        if self.controls.moves:
            self.controls.param.update(moves=())

    def _forget(self, _event: Any) -> None:
        self.controls.param.update(moves=())
        self.run()


VIEW = RepairView
