"""A clock in the weights: pick a frequency, and its neurons stand out on wheel and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.contract.pictures import Bars, Heatmap, Picture
from engines.geometry.model import ModularFrame, ModularRun, fourier
from engines.running.compute import Job
from views.kit.components import Facts
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView


@dataclass(frozen=True, eq=False)
class _Picked:
    """A moment seen with one frequency picked."""

    moment: ModularFrame | ModularRun
    frequency: int

    def pictures(self) -> tuple[Picture, ...]:
        return self.moment.pictures(self.frequency)


class ModularView(GenericView):
    """Phase wheel and phase relation first; a list of frequencies with their phase errors."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.list = Facts(self._pressed, sections=[], sizing_mode="stretch_width")
        self.frequency = 0
        self._now: ModularFrame | ModularRun | None = None
        super().__init__(*args, **named)

    def inspector(self) -> list[Any]:
        """Frequencies, provenance and files."""
        return [self.list, *super().inspector()]

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, ModularRun):
            spec = result.spec
            self.heading.title = f"Addition modulo {spec.p}"
            self.heading.detail = (
                f"{spec.width} neurons, {spec.n_steps:,} steps, weight decay "
                f"{spec.weight_decay:g}, seed {spec.seed}"
            )
        super().show_result(result, job)

    def selection(self) -> dict[str, Any]:
        """The picked frequency."""
        return {"frequency": self.frequency} if self.frequency else {}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore the picked frequency."""
        asked = selection.get("frequency")
        if type(asked) is int and 0 <= asked <= 15:
            self._pick(asked)

    def _pressed(self, action: str) -> None:
        asked = int(action)
        self._pick(0 if asked == self.frequency else asked)

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.kind in (Heatmap, Bars):
            first = 1.0 if drawn.kind is Heatmap else 0.5

            def tap(event: Any) -> None:
                self._pick(int(event.x + first))

            drawn.figure.on_event(Tap, tap)
        return drawn

    def _pick(self, frequency: int) -> None:
        self.frequency = frequency
        if self._now is not None:
            self._draw(self._now)
        self.mark()

    def _draw(self, moment: Frame | Result) -> None:
        if isinstance(moment, ModularFrame | ModularRun):
            self._now = moment
            self._list(moment)
            if self.frequency:
                moment = _Picked(moment, self.frequency)  # type: ignore[assignment]
        super()._draw(moment)

    def _list(self, moment: ModularFrame | ModularRun) -> None:
        whole = isinstance(moment, ModularRun)
        found = fourier(
            *((moment.theta[-1], moment.xi[-1]) if whole else (moment.theta, moment.xi))
        )
        used, error = found.used(), found.phase_error()
        rows = []
        for k in range(1, found.power_in.shape[1] + 1):
            here = used & (found.frequency == k)
            told = f"{np.median(error[here]):.3f}" if here.any() else ""
            cell = {"text": str(k), "action": str(k), "current": k == self.frequency,
                    "title": f"Let the neurons of frequency {k} stand out"}  # fmt: skip
            rows.append([cell, str(int(here.sum())), told])
        self.list.sections = [
            {
                "title": "Frequencies",
                "columns": ["frequency", "neurons", "|2 phi - psi|"],
                "rows": rows,
                "note": "Click one, here or in the spectrum; again to let go.",
            }
        ]


VIEW = ModularView
