"""Dictionaries: press a latent, move the slider, see the next word change; nothing is run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui
from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.contract.pictures import Picture, Points
from engines.geometry.dictionaries.pictures import START, STRENGTH, examples
from engines.geometry.dictionaries.result import DictionaryRun
from views.kit.components import Facts
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView

_N_LISTED, _N_EXAMPLES = 16, 6
_HINT = "press a latent in the first picture or in the list; the slider adds it to the last word"


@dataclass(frozen=True, eq=False)
class _LookedInto:
    """The run with one latent looked into and added."""

    run: DictionaryRun
    latent: int
    strength: float

    def pictures(self) -> tuple[Picture, ...]:
        return self.run.pictures(self.latent, self.strength)


class DictionaryView(GenericView):
    """One latent at a time, with a slider for how much of it is added."""

    def __init__(self, *args: Any, **named: Any) -> None:
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.list = Facts(self._pressed, sections=[], **wide)
        self.strength = pmui.FloatSlider(
            label="Strength, in typical amounts of the latent", start=-STRENGTH, end=STRENGTH,
            step=0.5, value=START, size="small", margin=(4, 12), **wide,
        )  # fmt: skip
        self.latent: int | None = None
        self._run: DictionaryRun | None = None
        super().__init__(*args, **named)
        self.strength.param.watch(lambda _event: self._look(), "value")

    def stage(self) -> list[Any]:
        """The slider, the pictures, the tables."""
        return [self.strength, *super().stage()]

    def inspector(self) -> list[Any]:
        """Latents by what they say, provenance and files."""
        return [self.list, pn.Spacer(height=12), *super().inspector()]

    def selection(self) -> dict[str, Any]:
        """Latent and strength, where they are not what the page opens with."""
        found: dict[str, Any] = {} if self.latent is None else {"latent": self.latent}
        return found if self.strength.value == START else found | {"strength": self.strength.value}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore latent and strength; what is not named, or cannot be, is as the page opens."""
        latent: Any = selection.get("latent")
        strength: Any = selection.get("strength")
        known = type(latent) is int and 0 <= latent < self.spec().n_latents  # type: ignore[attr-defined]
        self.latent = latent if known else None
        fits = type(strength) in (int, float) and abs(strength) <= STRENGTH
        self.strength.value = float(strength) if fits else START
        self._look()

    def show_result(self, result: Result, job: Any) -> None:
        """Say what a press does."""
        self.heading.detail = _HINT
        super().show_result(result, job)

    def _draw(self, moment: Frame | Result) -> None:
        self._run = moment if isinstance(moment, DictionaryRun) else None
        if isinstance(moment, DictionaryRun):
            if self.latent is not None and self.latent >= len(moment.found.drawn.names):
                self.latent = None
            self._list(moment)
            moment = _LookedInto(moment, self._shown_latent(moment), self.strength.value)  # type: ignore[assignment]
        else:  # nothing is looked into while codes are learnt
            self.list.sections = []
        super()._draw(moment)

    def _shown_latent(self, run: DictionaryRun) -> int:
        return run.latent(self.latent)

    def _look(self) -> None:
        if self._run is not None:
            self._draw(self._run)
        self.mark()

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.kind is Points:
            drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _tap(self, event: Any) -> None:
        """The nearest latent, in shares of what is in sight."""
        if self._run is None or not len(self._run.found.drawn.listed):
            return
        drawn = self._run.found.drawn
        alive = drawn.listed
        x, y = np.log10(drawn.share[alive]), drawn.score[alive]
        spans = max(float(np.ptp(x)), 1e-9), max(float(np.ptp(y)), 1e-9)
        far = np.square((x - event.x) / spans[0]) + np.square((y - event.y) / spans[1])
        self._pressed(str(int(alive[int(far.argmin())])))

    def _pressed(self, action: str) -> None:
        self.latent = int(action)
        self._look()

    def _list(self, run: DictionaryRun) -> None:
        drawn, shown = run.found.drawn, self._shown_latent(run)
        best = [int(k) for k in drawn.listed[:_N_LISTED]]
        rows = [
            [{"text": f"{k + 1}  {drawn.names[k]}", "action": str(k), "current": k == shown,
              "title": "Look into this latent"}, f"{drawn.score[k]:.2f}"]
            for k in best + [shown] * (shown not in best)
        ]  # fmt: skip
        told = examples(drawn, shown)
        self.list.sections = [
            {"title": told.title, "rows": [[{"text": line, "tone": "text"}]
                                           for line in told.columns["words"][:_N_EXAMPLES]]},
            {"title": "Latents by what they say best", "rows": rows},
        ]  # fmt: skip


VIEW = DictionaryView
