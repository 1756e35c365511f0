"""The training console: the run under way over the runs before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import panel as pn
import panel_material_ui as pmui

from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Picture, Table
from engines.pointer.model import SolveSpec, TrainSpec
from engines.pointer.training.history import History, TrainFrame, TrainResult, overlaid
from engines.running.compute import Compute, Job
from views.kit.generic import GenericView

_RUNS_MAX = 4


@dataclass(frozen=True)
class _Drawn(Frame):
    """Pictures put together by the console."""

    drawn: tuple[Picture, ...] = ()

    def pictures(self) -> tuple[Picture, ...]:
        return self.drawn


class TrainView(GenericView):
    """The generic view with several runs over each other, by examples or by seconds."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Watching"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        self._runs: dict[str, tuple[TrainSpec, History, np.ndarray | None]] = {}
        super().__init__(name, compute, owner=owner, spec=spec)
        self.unit = pmui.RadioButtonGroup(
            label="Horizontal axis", options=["examples", "seconds"], value="examples", size="small"
        )
        self.clear = pmui.Button(label="Forget earlier runs", variant="outlined", size="small")
        self.unit.param.watch(self._redraw, "value")
        self.clear.on_click(self._forget)

    def stage(self) -> list[Any]:
        """Tools above the curves."""
        tools = pn.FlexBox(
            self.unit, self.clear, gap="12px", sizing_mode="stretch_width", margin=(0, 0, 8, 0)
        )
        return [tools, *super().stage()]

    def selection(self) -> dict[str, Any]:
        """The horizontal axis."""
        return {} if self.unit.value == "examples" else {"axis": self.unit.value}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore the horizontal axis."""
        if selection.get("axis") in ("examples", "seconds"):
            self.unit.value = selection["axis"]

    def show_result(self, result: Result, job: Job) -> None:
        """Say what the weights are called and where to use them."""
        super().show_result(result, job)
        if isinstance(result, TrainResult):
            recipe = result.spec.recipe
            asked = SolveSpec(task=recipe.task, weights=result.weights, n_points=recipe.n_max)
            self.facts.sections = [self._weights(result, asked), self._provenance()]

    def _weights(self, result: TrainResult, asked: SolveSpec) -> dict[str, Any]:
        rows = [["name", result.weights], ["sha256", result.sha256[:16] + "…"]]
        found = {"title": "The weights", "rows": rows}
        link = self.link("pointer/solve", asked)
        note = "Choose them under Weights in Points and pointers."
        return (
            {**found, "links": [("Draw points for them", link)]}
            if link
            else {
                **found,
                "note": note,
            }
        )

    def _draw(self, moment: Frame | Result) -> None:
        self._last = moment
        if isinstance(moment, TrainFrame | TrainResult):
            self._remember(moment)
            moment = _Drawn(drawn=self._pictures(moment))
        super()._draw(moment)

    def _remember(self, moment: TrainFrame | TrainResult) -> None:
        job = self.runner.job
        spec = moment.spec if isinstance(moment, TrainResult) else job.spec if job else None
        if not isinstance(spec, TrainSpec):
            return
        name = run_name(spec)
        before = self._runs.pop(name, None)
        seconds = moment.seconds if isinstance(moment, TrainFrame) else before and before[2]
        self._runs[name] = (spec, moment.history, seconds)
        self._runs = dict(list(self._runs.items())[-_RUNS_MAX:])

    def _pictures(self, moment: TrainFrame | TrainResult) -> tuple[Picture, ...]:
        runs = {name: (history, seconds) for name, (_, history, seconds) in self._runs.items()}
        tables = [p for p in moment.pictures() if isinstance(p, Table)]
        return (*overlaid(runs, self.unit.value), *tables)

    def _redraw(self, _event: Any) -> None:
        self.mark()
        if self._runs and isinstance(self._last, TrainFrame | TrainResult):
            super()._draw(_Drawn(drawn=self._pictures(self._last)))

    def _forget(self, _event: Any) -> None:
        self._runs = dict(list(self._runs.items())[-1:])
        self._redraw(None)


def run_name(spec: TrainSpec) -> str:
    """What a run is called in the legend: what tells it from others."""
    recipe = spec.recipe
    n = f"{recipe.n_min}" if recipe.n_min == recipe.n_max else f"{recipe.n_min}-{recipe.n_max}"
    seed = f", seed {recipe.seed}" if recipe.seed else ""
    width = f"{recipe.network.kind} {recipe.network.d_model}"
    return f"{width}, {recipe.task} {n}, rate {recipe.learning_rate:g}{seed}"


VIEW = TrainView
