"""The solver race: gap against time, with its intervals, above the ranking."""

from __future__ import annotations

from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Legend, LegendItem, TeeHead, Whisker
from bokeh.plotting import figure

from engines.contract import Frame, Result, Spec
from engines.lab.statistics.intervals import half_widths
from engines.pointer.experiments.solving.race import Race, RaceFrame, gaps
from engines.running.compute import Compute
from views.kit.generic import GenericView
from views.kit.text import label
from views.kit.theme import series

_MARKERS = ("circle", "square", "diamond", "triangle", "inverted_triangle", "hex", "star", "plus")
_SOLVERS_MAX = 16
_FLOOR = 1e-3
"""The least gap that a logarithm shows, in per cent; smaller ones are drawn there."""


class RaceView(GenericView):
    """The generic view with one more picture."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.sources = [ColumnDataSource(_columns([])) for _ in range(_SOLVERS_MAX)]
        self.figure, self._entries = race_figure(self.sources)
        self.plot = pn.pane.Bokeh(self.figure, sizing_mode="stretch_width", margin=(0, 0, 12, 0))
        self.plot.visible = False  # a logarithm of nothing has no range

    def stage(self) -> list[Any]:
        """The plane of gap and time above the ranking."""
        return [self.plot, *super().stage()]

    def _draw(self, moment: Frame | Result) -> None:
        super()._draw(moment)
        if isinstance(moment, Race | RaceFrame):
            self._show(moment)

    def _show(self, race: Race | RaceFrame) -> None:
        self.plot.visible = bool(race.solvers)
        gap, spread = 100 * gaps(race), 100 * half_widths(gaps(race))
        time = race.milliseconds.mean(axis=1)
        rows = list(zip(race.solvers, gap.mean(axis=1), spread, time, strict=True))
        for k, source in enumerate(self.sources):
            source.data = _columns(rows[k : k + 1])
            name = label(rows[k][0]) if k < len(rows) else ""
            self._entries[k].update(label={"value": name}, visible=bool(name))


def _columns(rows: list[tuple[str, float, float, float]]) -> dict[str, Any]:
    """Of at most one solver: its name, gap, interval and time."""
    names, gap, spread, time = (list(c) for c in zip(*rows, strict=True)) if rows else ([],) * 4
    high = np.add(gap, spread)
    return {
        "name": [label(name) for name in names],
        "gap": np.maximum(gap, _FLOOR),
        "told": np.array(gap, float),
        "spread": np.array(spread, float),
        "low": np.maximum(np.subtract(gap, spread), _FLOOR),
        "high": np.maximum(high, _FLOOR),
        "time": np.array(time, float),
    }


def race_figure(sources: list[ColumnDataSource]) -> tuple[figure, list[LegendItem]]:
    """Gap against time, both logarithmic, and the legend's entries: lower left is better."""
    made = figure(
        height=440,
        sizing_mode="stretch_width",
        x_axis_type="log",
        y_axis_type="log",
        x_axis_label="mean time (ms)",
        y_axis_label="mean gap to the best of all (%)",
        title="Lower left is better; 0 is drawn at 0.001 %, bars 95 %",
        tools="pan,wheel_zoom,reset,save",
        toolbar_location="above",
        output_backend="svg",
    )
    made.toolbar.logo = None
    colours = series()
    entry: Any = LegendItem  # its stub knows neither values nor kinds of glyphs
    entries: list[LegendItem] = []
    for k, source in enumerate(sources):
        colour = colours[k % len(colours)]
        marks = made.scatter(
            "time", "gap", source=source, size=11, marker=_MARKERS[k % len(_MARKERS)],
            fill_color=colour, line_color=colour,
        )  # fmt: skip
        entries.append(entry(label={"value": ""}, renderers=[marks], visible=False))
        made.add_layout(
            Whisker(source=source, base="time", lower="low", upper="high", line_color=colour,
                    lower_head=_head(colour), upper_head=_head(colour))
        )  # fmt: skip
    made.add_tools(
        HoverTool(tooltips=[("", "@name"), ("gap", "@told{0.000} % ± @spread{0.000}"),
                            ("time", "@time{0.00} ms")])
    )  # fmt: skip
    height = ":host { height: 132px; max-height: 132px; font-size: 12px; }"
    legend = Legend(
        items=entries, ncols=3, orientation="horizontal", label_text_font_size="12px",
        stylesheets=[height], margin=0,  spacing=2,
    )  # fmt: skip
    made.add_layout(legend, "above")
    return made, entries


def _head(colour: str) -> TeeHead:
    """An end of a bar, in the bar's colour."""
    return TeeHead(size=8, line_color=colour)


VIEW = RaceView
