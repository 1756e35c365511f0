"""Task geometry: a dichotomy is picked by its name or split by hand, and the points follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from bokeh.events import Tap

from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Points
from engines.geometry.model import DichotomySpec, TaskGeometry
from engines.running.compute import Compute, Job
from views.kit.components import Facts
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView
from views.kit.text import label

_LISTED = 60
_PICKER_PX = 300
_SIDES = ("left side", "right side")


class TaskGeometryView(GenericView):
    """The picker beside the points; colours of its two sides are those of the points."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        self.picker = Facts(self._pressed, sections=[], width=_PICKER_PX)
        self.list = Facts(self._pressed, sections=[], sizing_mode="stretch_width")
        self.found: TaskGeometry | None = None
        self.right: set[int] = set()
        """Places within the result's stimuli; what the picker shows, even or not."""
        super().__init__(name, compute, owner=owner, spec=spec)

    def inspector(self) -> list[Any]:
        """Every dichotomy by name, provenance and files."""
        return [self.list, *super().inspector()]

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage; the split that the spec asks for is shown."""
        if isinstance(result, TaskGeometry):
            self.found = result
            asked = {k for k, place in enumerate(result.places) if place in result.spec.right}
            self.right = asked or set(np.flatnonzero(result.positive[result.picked]).tolist())
            self.heading.title = f"Ways to split {len(result.stimuli)} stimuli in two"
            self.heading.detail = f"{result.layer}, {len(result.names)} balanced dichotomies"
            self._offer()
        super().show_result(result, job)

    # Picking -------------------------------------------------------------------------------

    def _pressed(self, action: str) -> None:
        if self.found is None:
            return
        what, _, number = action.partition(":")
        if what == "pick":
            self.right = set(np.flatnonzero(self.found.positive[int(number)]).tolist())
        else:
            self.right ^= {int(number)}
        self._follow()

    def _tap(self, event: Any) -> None:
        """The point under the pointer changes sides."""
        if self.found is None:
            return
        far = np.linalg.norm(self.found.coords[:, :2] - [event.x, event.y], axis=1)
        if far.min() < 0.08 * max(float(np.ptp(self.found.coords[:, :2], axis=0).max()), 1e-9):
            self.right ^= {int(far.argmin())}
            self._follow()

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.kind is Points and drawn.layers == _SIDES:
            drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _lay_out(self) -> None:
        """The two sides beside the scatter."""
        self.pictures.lay_out(self._figures, self.picker)

    def _follow(self) -> None:
        """Draw a split that has been scored; ask for one that has not; wait for an uneven one."""
        found = self.found
        assert found is not None
        self._offer()
        if 2 * len(self.right) != len(found.stimuli):
            return
        spec = self._asked(found)
        self.controls.param.update(right=spec.right)
        self.mark()
        if self._known() is None:
            self.run()
        else:
            self._draw(replace(found, spec=spec))

    def _asked(self, found: TaskGeometry) -> DichotomySpec:
        places = tuple(sorted(found.places[k] for k in self.right))
        return found.spec.model_copy(update={"right": places})

    def _known(self) -> int | None:
        """The number of the split that the picker shows."""
        assert self.found is not None
        side = np.isin(np.arange(len(self.found.stimuli)), list(self.right))
        same = np.flatnonzero((self.found.positive == (side ^ side[0])).all(axis=1))
        return int(same[0]) if len(same) else None

    def _draw(self, moment: Frame | Result) -> None:
        if moment is self.found and isinstance(moment, TaskGeometry):
            even = 2 * len(self.right) == len(moment.stimuli)
            moment = replace(moment, spec=self._asked(moment)) if even else moment
        super()._draw(moment)

    # Showing -------------------------------------------------------------------------------

    def _offer(self) -> None:
        found = self.found
        assert found is not None
        sides: tuple[list[Any], list[Any]] = ([], [])
        for k, name in enumerate(found.stimuli):
            side = int(k in self.right)
            to = _SIDES[1 - side]
            sides[side].append({"text": label(name, 24), "action": f"move:{k}", "series": side,
                                "title": f"{label(name, 60)}: move to the {to}"})  # fmt: skip
        n = max(len(side) for side in sides)
        rows = [[side[k] if k < len(side) else "" for side in sides] for k in range(n)]
        half = len(found.stimuli) // 2
        note = (
            "Click a stimulus, here or in the scatter, to move it to the other side."
            if len(self.right) == half
            else f"{len(sides[0])} left, {len(sides[1])} right: a dichotomy has {half} on each side"
        )
        self.picker.sections = [
            {"title": "Split the stimuli", "columns": list(_SIDES), "rows": rows, "note": note}
        ]
        self._list()

    def _list(self) -> None:
        found, known = self.found, self._known()
        assert found is not None
        rows = [
            [
                {"text": label(name, 34), "action": f"pick:{k}", "current": k == known,
                 "title": f"Draw dichotomy {k}: {label(name, 80)}"},
                f"{found.scores.parallelism[k]:.2f}",
                f"{found.scores.ccgp[k]:.2f}",
            ]
            for k, name in enumerate(found.names[:_LISTED])
        ]  # fmt: skip
        more = len(found.names) - _LISTED
        self.list.sections = [
            {
                "title": "Balanced dichotomies",
                "columns": ["right side", "PS", "CCGP"],
                "rows": rows,
                "note": f"{more} more are in the table" if more > 0 else "",
            }
        ]


VIEW = TaskGeometryView
