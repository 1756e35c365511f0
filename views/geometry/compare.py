"""The similarity matrix: a click on a pair tells it whole and draws its row with intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.contract.pictures import Heatmap
from engines.geometry.model import SimilarityMatrix
from engines.running.compute import Job
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView
from views.kit.text import label

_EMPTY = {
    "title": "No pair selected",
    "note": "Click a cell of a matrix: its value with interval and control, and its row below.",
}


class CompareView(GenericView):
    """The chosen similarity and biased CKA side by side, and a row of them with intervals."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._pair: tuple[int, int] | None = None
        self._tell()

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, SimilarityMatrix):
            self.heading.title = f"{result.spec.measure} of {result.spec.over}"
            self.heading.detail = f"n = {result.n_stimuli} stimuli, {result.estimator}"
            if result.warning:
                self.heading.detail += f". {result.warning}"
        super().show_result(result, job)

    def selection(self) -> dict[str, Any]:
        """The selected pair."""
        return {} if self._pair is None else {"pair": list(self._pair)}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore the selected pair."""
        pair = selection.get("pair")
        if isinstance(pair, list) and len(pair) == 2 and all(type(k) is int for k in pair):
            self._pair = (pair[0], pair[1])
            self._tell()

    def _draw(self, moment: Frame | Result) -> None:
        super()._draw(self._with_row(moment))
        self._tell()

    def _with_row(self, moment: Frame | Result) -> Frame | Result:
        if self._pair is None or not isinstance(moment, SimilarityMatrix):
            return moment
        row = max(0, min(self._pair[0], len(moment.rows) - 1))
        if row == moment.spec.row:
            return moment
        return replace(moment, spec=moment.spec.model_copy(update={"row": row}))

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.kind is Heatmap:
            drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _tap(self, event: Any) -> None:
        self._pair = (int(event.y), int(event.x))
        if self.moments:
            self._draw(self.moments[-1])
        self.mark()

    def _tell(self) -> None:
        self.facts.sections = [self._about_pair(), self._provenance()]

    def _about_pair(self) -> dict[str, Any]:
        found = self._shown
        if self._pair is None or not isinstance(found, SimilarityMatrix):
            return _EMPTY
        at = self._pair
        if not (0 <= at[0] < len(found.rows) and 0 <= at[1] < len(found.columns)):
            return _EMPTY
        return {
            "title": f"{label(found.rows[at[0]], 40)} and {label(found.columns[at[1]], 40)}",
            "rows": [
                [found.spec.measure, _number(found.values[at])],
                [found.interval, _range(found.low[at], found.high[at])],
                ["biased CKA", _number(found.beside[at])],
                ["stimuli permuted (control)", _number(found.control[at])],
                ["95 % of permutations", _range(found.control_low[at], found.control_high[at])],
                ["p", _number(found.p[at])],
                ["before any learning (control)", _number(found.start[at])],
            ],
            "note": f"n = {found.n_stimuli} stimuli, {found.estimator}, seed {found.spec.seed}",
        }


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "undefined"


def _range(low: float, high: float) -> str:
    return f"{low:.3f} to {high:.3f}" if np.isfinite(low) else "undefined"


VIEW = CompareView
