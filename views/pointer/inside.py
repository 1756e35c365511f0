"""Inside the network: a click on the plane chooses the point that is moved."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.pointer.probing.results import Inside, InsideFrame
from engines.running.compute import Job
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView
from views.pointer.choices import WeightsChoice


class InsideView(GenericView):
    """The generic view, with points that are chosen by a click and a step per moment."""

    own_controls: ClassVar[tuple[str, ...]] = ("points", "weights")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.weights = WeightsChoice(self.controls)
        self.clock.steppers = [{"id": "frame", "label": "step"}]
        self.clock.unit = "step"

    def extra_controls(self) -> dict[str, list[Any]]:
        """The weights there are for the task."""
        return {"Task": [self.weights.widget]}

    def show_frame(self, frame: Frame) -> None:
        """Frames say how far it is; the last picture stays until there is another."""

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, Inside):
            self.heading.title = f"{result.title}, {len(result.points)} points"
            self.heading.detail = f"{result.network}; click a point to move it over the plane"
        super().show_result(result, job)

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.has_lines_over:
            drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _tap(self, event: Any) -> None:
        """Move the point nearest to a click instead."""
        run = self._shown.of if isinstance(self._shown, InsideFrame) else self._shown
        if not isinstance(run, Inside):
            return
        point = point_at(run, event.x, event.y)
        if point != run.spec.moved:
            self.controls.param.update(moved=point)
            self.run()


def point_at(run: Inside, column: float, row: float) -> int:
    """The point nearest to a place of the field."""
    place = np.array([column, run.spec.grid - row]) / run.spec.grid
    return int(np.argmin(np.hypot(*(run.points - place).T)))


VIEW = InsideView
