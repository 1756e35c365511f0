"""Thousands of cities: a click opens a window, a file brings own cities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import panel_material_ui as pmui
from bokeh.events import Tap

from engines.contract import ExplorerError, Frame, Result
from engines.contract.pictures import Curves
from engines.pointer.dividing.asked import CITIES_MAX
from engines.pointer.dividing.results import StageFrame, Thousands
from engines.pointer.instances.coordinates import cities_from_upload
from engines.pointer.instances.tour_files import tour_from_upload
from engines.running.compute import Job
from views.kit.components import Downloads, Upload
from views.kit.figures import PictureFigure
from views.kit.generic import SAVES, GenericView
from views.kit.text import label

TOUR = {"id": "tour", "label": "TOUR", "title": "The last tour as a TSPLIB tour file"}


class ThousandsView(GenericView):
    """The generic view, with windows that open at a click and cities from files."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Own cities"})

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._window = 0
        """What was clicked, counted from 1; 0 for what the spec says."""
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.upload = Upload(
            self._brought, label="TSPLIB file, or rows of x and y",
            placeholder="0.1, 0.7\n0.4, 0.2", accept=".tsp,.csv,.tsv,.txt", **wide,
        )  # fmt: skip
        self.saves = Downloads(self._save, items=[*SAVES, TOUR], **wide)
        self.tour = Upload(
            self._toured, label="TSPLIB tour of these cities", placeholder="TOUR_SECTION\n1\n3\n2",
            accept=".tour,.txt", **wide,
        )  # fmt: skip
        self.back = pmui.Button(
            label="Back to drawn cities", variant="outlined", size="small", margin=(4, 0),
            visible=bool(self.controls.points), **wide,
        )  # fmt: skip
        self.back.on_click(self._forget)
        self.controls.param.watch(self._cities_changed, ["points"])
        drawing = ["n_cities", "seed", "distribution", "points"]
        self.controls.param.watch(self._drop_tour, drawing)
        self.controls.param.watch(self._unpick, ["shown"])

    def extra_controls(self) -> dict[str, list[Any]]:
        """Files, and the way back from them."""
        return {"Cities": [self.back], "Own cities": [self.upload, self.tour]}

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, Thousands):
            courses = result.courses
            gap = f"{100 * result.gap:.2f} %" if np.isfinite(result.gap) else "–"
            self.heading.title = result.title
            self.heading.detail = f"as asked: {gap} above {courses.reference_name}"
        super().show_result(result, job)

    def selection(self) -> dict[str, Any]:
        """The window that was clicked."""
        return {"window": self._window} if self._window else {}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore it."""
        window = selection.get("window")
        self._window = window if type(window) is int and 0 < window <= CITIES_MAX else 0

    def _draw(self, moment: Frame | Result) -> None:
        super()._draw(self._opened(moment))

    def _opened(self, moment: Frame | Result) -> Frame | Result:
        """The moment with the clicked window."""
        if not self._window:
            return moment
        if isinstance(moment, StageFrame):
            return replace(moment, shown=self._window)
        if isinstance(moment, Thousands):
            return replace(moment, spec=moment.spec.model_copy(update={"shown": self._window}))
        return moment

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.kind is Curves and drawn.aspect:
            drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _tap(self, event: Any) -> None:
        """Open the window of the nearest city."""
        shown = self._shown
        if isinstance(shown, Thousands):
            shown = shown.moment(len(shown.names) - 1)
        if isinstance(shown, StageFrame):
            self._window = window_at(shown, event.x, event.y)
            self._moved_to()
            self.mark()

    def _moved_to(self) -> None:
        """Draw the moment under the cursor again."""
        if self.moments:
            self._draw(self.moments[max(0, min(self.clock.position, len(self.moments) - 1))])

    def _unpick(self, _event: Any) -> None:
        self._window = 0

    def _cities_changed(self, _event: Any) -> None:
        self.back.visible = bool(self.controls.points)

    def _drop_tour(self, *_events: Any) -> None:
        """A tour of other cities means nothing."""
        if self.controls.own_tour:
            start = "greedy edge" if self.controls.start == "own tour" else self.controls.start
            self.controls.param.update(own_tour=(), start=start)

    def _toured(self, name: str, data: bytes) -> None:
        n = len(self.result.points) if isinstance(self.result, Thousands) else 0
        try:
            cities = tuple(tour_from_upload(name, data, n).tolist())
        except ExplorerError as error:
            self.tour.note = label(error, 300)
            self._complain(str(error))
            return
        self.tour.note = f"{label(name, 60)}: where windows begin"
        self.controls.param.update(own_tour=cities, start="own tour")
        self.run()

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if kind == "tour" and isinstance(self.result, Thousands):
            name = f"thousands-{self.result.spec.digest()[:8]}.tour"
            return name, self.result.tour_file.encode()
        return super()._save(kind)

    def _forget(self, _event: Any) -> None:
        self.controls.param.update(points=(), metric="plane")
        self.run()

    def _brought(self, name: str, data: bytes) -> None:
        try:
            brought = cities_from_upload(name, data, n_max=CITIES_MAX)
            rows = tuple((float(x), float(y)) for x, y in brought.points)
            self.spec().replace(points=rows, metric=brought.metric)
        except ExplorerError as error:
            self.upload.note = label(error, 300)
            self._complain(str(error))
            return
        self.upload.note = f"{len(rows):,} cities of {label(brought.name, 60)}, {brought.metric}"
        self.controls.param.update(points=rows, metric=brought.metric)
        self.run()


def window_at(frame: StageFrame, x: float, y: float) -> int:
    """The window of the city nearest to a place, counted from 1."""
    away = np.hypot(frame.points[:, 0] - x, frame.points[:, 1] - y)
    place = int(np.flatnonzero(frame.after == int(np.argmin(away)))[0])
    ahead = (place - frame.begins[0]) % len(frame.after)
    begins = (frame.begins - frame.begins[0]) % len(frame.after)
    return int(np.searchsorted(begins, ahead, side="right"))


VIEW = ThousandsView
