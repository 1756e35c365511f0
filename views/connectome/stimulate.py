"""Stimulation on stage: the wiring coloured by activity, a raster, before and after a lesion."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pandas as pd
import panel as pn

from engines.connectome.model import Activity, ActivityFrame
from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Curves
from engines.running.compute import Compute, Job
from views.connectome import facts
from views.connectome.components import ActivityStage, Stage
from views.connectome.payloads import activity_payload
from views.connectome.wired import WiringView
from views.kit.components import Downloads, Timeline
from views.kit.figures import PictureFigure
from views.kit.generic import SAVES, npz_from_tables, picture_tables, zipped_csv
from views.kit.text import label

_RANKED = 12


class StimulateView(WiringView):
    """Press Run and watch activity spread; select a neuron to see when and how much it answers."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Filter", "Layers", "Lesions", "Trials"})
    stage_type: ClassVar[type[Stage]] = ActivityStage

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        clock = uuid.uuid4().hex
        self.canvas.clock_id = clock  # type: ignore[attr-defined]
        self.clock = Timeline(
            clock_id=clock, steppers=[], unit="millisecond", sizing_mode="stretch_width"
        )
        self.saves = Downloads(self._save, items=SAVES, sizing_mode="stretch_width")
        self.population = pn.Column(sizing_mode="stretch_width", margin=(10, 0))
        self.activity: Activity | None = None
        self._figure: PictureFigure | None = None

    def stage(self) -> list[Any]:
        """The linked pictures, and the population under them."""
        return [self.canvas, self.population]

    def inspector(self) -> list[Any]:
        """The selection, who answers most, the card, files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    def timeline(self) -> list[Any]:
        """The shared clock."""
        return [self.clock]

    def show_frame(self, frame: Frame) -> None:
        """The population so far."""
        if isinstance(frame, ActivityFrame):
            self._draw(frame.pictures()[0])

    def show_result(self, result: Result, job: Job) -> None:
        """Send the whole activity once; the browser plays it."""
        del job
        if not isinstance(result, Activity):
            return
        self.activity = result
        self.canvas.activity = activity_payload(result)  # type: ignore[attr-defined]
        self._draw(result.population_picture())
        if result.stopped:
            self.notices.post(result.stopped, bad=True)
        self.describe()

    def more_sections(self) -> list[facts.Section]:
        """The selected neuron's answer, and who answers most."""
        if self.activity is None:
            return []
        found = [self._answer(k) for k in self.chosen()[:1] if k < len(self.activity.neurons)]
        return [*found, self._ranking(self.activity)]

    def _answer(self, k: int) -> facts.Section:
        a = self.activity
        assert a is not None
        rows = [["peak", f"{a.peak[k]:.4g} {a.unit}"], ["at", f"{a.peak_ms[k]:.0f} ms"]]
        if len(a.peak_before):
            rows.append(["peak without the lesion", f"{a.peak_before[k]:.4g} {a.unit}"])
        note = "It is stimulated." if a.target[k] else ""
        return {"title": f"{label(a.neurons[k])} answers", "rows": rows, "note": note}

    def _ranking(self, a: Activity) -> facts.Section:
        rows: list[list[Any]] = []
        for k in a.ranked()[:_RANKED].tolist():
            name = label(a.neurons[k])
            button = {"text": name, "action": f"pick {k}", "title": f"Select {name}"}
            more = [f"{a.peak_before[k]:.3g}"] if len(a.peak_before) else []
            rows.append([button, f"{a.peak[k]:.3g}", *more, f"{a.peak_ms[k]:.0f}"])
        columns = ["", "peak", *(["whole"] if len(a.peak_before) else []), "at ms"]
        spikes = f"{a.n_spikes:,} spikes; " if a.spec.model == "spiking" else ""
        said = (
            f"{spikes}{a.spec.n_trials:,} trials, seed {a.spec.seed}; spectral radius of weights "
            f"{a.radius:.4g}, scaled to {a.spec.gain:g}; {a.n_unknown:,} neurons without a known "
            "transmitter are taken to excite"
        )
        if a.spec.model == "spiking":
            said = said.replace(f", scaled to {a.spec.gain:g}", ", not scaled")
        empty = (
            "" if rows else "Nobody answers: what is stimulated is lesioned, or nothing is left."
        )
        return {
            "title": "Answers most",
            "columns": columns,
            "rows": rows,
            "sentence": empty,
            "note": said,
        }

    def _draw(self, picture: Any) -> None:
        assert isinstance(picture, Curves)
        if self._figure is not None and self._figure.fits(picture):
            self._figure.update(picture)
            return
        self._figure = PictureFigure(picture)
        self._figure.figure.update(height=190, min_height=190, sizing_mode="stretch_width")
        pane = pn.pane.Bokeh(self._figure.figure, sizing_mode="stretch_width")
        self.population.objects = [pane]

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        a = self.activity
        if a is None:
            self._complain("There is nothing to save yet; press Run first.")
            return None
        name = f"connectome-stimulate-{a.spec.digest()[:8]}"
        tables = picture_tables((a.population_picture(), a.table()))
        match kind:
            case "csv":
                return f"{name}.zip", zipped_csv(tables)
            case "npz":
                return f"{name}.npz", npz_from_tables({**tables, "activity": _activity_table(a)})
            case _:
                return f"{name}.json", a.spec.to_json().encode()


def _activity_table(a: Activity) -> Any:
    """One row per time, one column per neuron."""
    table = pd.DataFrame(a.mean, columns=list(a.neurons))
    table.insert(0, "time (ms)", a.times_ms)
    return table


VIEW = StimulateView
