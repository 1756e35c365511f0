"""The view of a wiring of a fly's size: pixels from the engine, numbers with their errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import panel as pn

from engines.connectome.model import (
    Large,
    LargeFrame,
    LargeSpec,
    Raster,
    RasterFrame,
    RasterSpec,
)
from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Table
from engines.running.compute import Compute, Job
from views.connectome.components import RasterStage
from views.connectome.own import OwnConnectome
from views.connectome.payloads import raster_payload
from views.kit.components import Downloads, Facts
from views.kit.figures import PictureFigure
from views.kit.generic import SAVES, npz_from_tables, picture_tables, table_section, zipped_csv
from views.kit.picturegrid import PictureGrid
from views.kit.runner import Asker
from views.kit.text import label
from views.kit.workbench import ExperimentView

_COLUMNS, _ROWS = 820, 560


class LargeView(ExperimentView):
    """Pan, zoom and pick in millions of edges while the engine draws them."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.canvas = RasterStage(self.pick, **wide)
        self.facts = Facts(self._act, sections=[], **wide)
        self.tables = Facts(sections=[], **wide)
        self.figures = PictureGrid(margin=(12, 0), **wide)
        self.saves = Downloads(self._save, items=SAVES, **wide)
        self.own = OwnConnectome(self._take_own, self._complain)
        self.large: Large | None = None
        self.focus = -1
        self.partners = np.zeros(0, np.int32)
        self._rasters = Asker(compute, self.owner, f"{name}#raster", self._hear_raster)
        self.canvas.param.watch(self._look, "window")

    def stage(self) -> list[Any]:
        """The pixels, and the numbers under them."""
        return [self.canvas, self.tables, self.figures]

    def inspector(self) -> list[Any]:
        """The picked neuron, the most central ones, files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    def extra_controls(self) -> dict[str, list[Any]]:
        """A large connectome of one's own."""
        return {"Own connectome": [self.own.panel]}

    def _take_own(self, digest: str) -> None:
        self.controls.own = digest
        self.run()

    def show_frame(self, frame: Frame) -> None:
        """The layout as it settles."""
        if isinstance(frame, LargeFrame):
            self.heading.detail = frame.doing
            if frame.raster is not None:
                self._show_raster(frame.raster, frame.doing)

    def show_result(self, result: Result, job: Job) -> None:
        """Numbers and the first full picture."""
        del job
        if not isinstance(result, Large):
            return
        self.large, self.focus = result, -1
        self.heading.title = label(result.title)
        said = f"{len(result.xy):,} neurons, {result.number_values[1]:,.0f} directed edges"
        self.heading.detail = said + (", synthetic" if result.synthetic else "")
        self.canvas.window = [0.0, 0.0, 1.0, 1.0]
        self._show_raster(result.raster, "every edge drawn")
        shown = result.pictures()[:-1]
        tables = [picture for picture in shown if isinstance(picture, Table)]
        figures = [picture for picture in shown if not isinstance(picture, Table)]
        self.tables.sections = [table_section(t) for t in tables]  # type: ignore[arg-type]
        self.figures.lay_out([PictureFigure(p) for p in figures])  # type: ignore[arg-type]
        self.describe()

    # Looking and picking -------------------------------------------------------------------

    def _show_raster(self, raster: Raster, status: str) -> None:
        self.canvas.raster = raster_payload(raster, status)

    def _look(self, _event: Any) -> None:
        if self.large is None:
            return
        left, bottom, width, height = map(float, self.canvas.window)
        window = {"left": left, "bottom": bottom, "width": width, "height": height}
        size = {"columns": _COLUMNS, "rows": _ROWS, "focus": self.focus}
        graph: LargeSpec = self.large.spec
        self._rasters.ask(RasterSpec(graph=graph, **window, **size))  # type: ignore[arg-type]

    def _hear_raster(self, job: Job) -> None:
        found = job.result or job.frame
        if isinstance(found, RasterFrame):
            found = found.raster
        if isinstance(found, Raster):
            drawn = "every edge drawn" if found.share >= 1 else f"{found.share:.0%} of edges drawn"
            self._show_raster(found, f"{drawn}, {int(found.neurons.sum()):,} neurons in sight")
            if found.spec.focus == self.focus and self.focus >= 0:
                self.partners = found.partners
                self.describe()
        elif job.state.status.final and job.result is None and job.state.sentence:
            self._complain(job.state.sentence)

    def pick(self, x: float, y: float) -> None:
        """Select the neuron nearest to a place, if it is near."""
        if self.large is None:
            return
        gap = np.sum((self.large.xy - np.array([x, y], np.float32)) ** 2, axis=1)
        nearest = int(np.argmin(gap))
        reach = 0.02 * float(self.canvas.window[2])
        self.focus = nearest if gap[nearest] < reach**2 else -1
        self.partners = self.partners[:0]
        self.describe()
        self._look(None)

    def _act(self, action: str) -> None:
        kind, _, place = action.partition(" ")
        if self.large is None or kind != "pick":
            return
        self.focus = int(place)
        x, y = self.large.xy[self.focus].tolist()
        self.partners = self.partners[:0]
        self.describe()
        self.canvas.window = [x - 0.1, y - 0.1, 0.2, 0.2]

    def describe(self) -> None:
        """Fill the inspector."""
        a = self.large
        if a is None:
            return
        empty = {"title": "No neuron picked", "sentence": "Click near a neuron to see its edges."}
        top = [empty] if self.focus < 0 else [self._neuron(a)]
        rows = [
            [
                {"text": label(name), "action": f"pick {k}", "title": "Go there"},
                f"{a.in_degree[k]:,}",
                f"{a.out_degree[k]:,}",
            ]
            for k, name in zip(a.top.tolist(), a.top_names, strict=True)
        ]
        central = {"title": "Most partners", "columns": ["", "in", "out"], "rows": rows}
        tone = "warning" if a.synthetic else ""
        source = {
            "title": "Source",
            "sentence": "Synthetic wiring: nobody measured it." if a.synthetic else label(a.title),
            "tone": tone,
            "rows": [["neurons here", f"{len(a.xy):,}"]],
            "note": self.experiment.card.claim,
        }
        self.facts.sections = [*top, central, source]

    def _neuron(self, a: Large) -> dict[str, Any]:
        k = self.focus
        rows = [
            ["group", label(a.group_names[a.group[k]]) or "unknown"],
            ["in-degree", f"{a.in_degree[k]:,}"],
            ["out-degree", f"{a.out_degree[k]:,}"],
            ["partners drawn", f"{len(self.partners):,}"],
        ]
        return {"title": f"neuron {k:,}", "rows": rows}

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if self.large is None:
            self._complain("There is nothing to save yet; press Run first.")
            return None
        name = f"connectome-large-{self.large.spec.digest()[:8]}"
        tables = picture_tables(self.large.pictures()[:-1])
        match kind:
            case "csv":
                return f"{name}.zip", zipped_csv(tables)
            case "npz":
                return f"{name}.npz", npz_from_tables(tables)
            case _:
                return f"{name}.json", self.large.spec.to_json().encode()


VIEW = LargeView
