"""Pictures declared by an engine as Bokeh figures that are updated, never rebuilt."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    CustomJSTickFormatter,
    DataRange1d,
    HoverTool,
    LinearColorMapper,
    Title,
)
from bokeh.palettes import RdBu11, Viridis256, interp_palette
from bokeh.plotting import figure

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Points, Table
from views.kit.extents import aspect_of, size_of
from views.kit.text import label
from views.kit.theme import series, tokens

_LEGEND_WIDTH, _LEGEND_GAP = 60, 6
"""Letters beside each other in a legend on a narrow stage, and those an entry's mark takes."""
_LEGEND_CELL = 50
"""Letters in one line beside a large picture; longer lines are written smaller."""

_TICKS_WIDTH, _TICK_GAP = 56, 2
"""Letters of tick labels beside each other on a narrow stage, and those between two; more lean."""
_SCALE_WIDTH = 12
"""Letters that would stand where a heat map has its scale of colours."""
_BORDER, _LETTER_HALF = 14, 3
"""Pixels: beside a plot, and half a letter of a tick."""

_TICK = """
const size = Math.abs(tick)
const [unit, letter] = size >= 1e9 ? [1e9, " G"] : size >= 1e6 ? [1e6, " M"]
  : size >= 1e4 ? [1e3, " k"] : [1, ""]
const plain = Number((tick / unit).toPrecision(8))
const text = size > 0 && (size < 1e-4 || size >= 1e13) ? plain.toExponential() : String(plain)
return text.replace("-", "\u2212") + letter
"""
"""250 k, not 2.500e+5; what lies outside these letters is written with an exponent."""

_MARKERS = ("circle", "square", "diamond", "triangle", "inverted_triangle", "hex", "star", "plus")
"""Beside the colours, so that kinds can be told apart without them."""


Figured = Curves | Bars | Heatmap | Points
"""Pictures that bokeh draws; a table has a section of its own."""


class PictureFigure:
    """A Bokeh figure that shows pictures of one kind and shape, one after the other."""

    def __init__(self, picture: Figured) -> None:
        """Builds axes, glyphs, legend and hover for the first picture."""
        self.kind = type(picture)
        self.aspect = aspect_of(picture)
        """Width to height where both axes have one scale, else 0."""
        self.has_lines_over = isinstance(picture, Heatmap) and bool(picture.over)
        self.large = isinstance(picture, Curves) and picture.large
        """Whether it asks for the room of two pictures."""
        self.layers = layer_names(picture)
        self._frame = _frame(picture)
        self.figure = _figure(picture)
        self._title = Title()
        self.figure.title = self._title
        self._sources: dict[str, ColumnDataSource] = {}
        self._draw: Callable[[Any], None] = {
            Curves: self._curves,
            Bars: self._bars,
            Heatmap: self._heatmap,
            Points: self._points,
        }[self.kind]
        self.update(picture)
        self._place_legend()

    def _place_legend(self) -> None:
        if not self.figure.legend:
            return
        legend = self.figure.legend[0]
        self.figure.center.remove(legend)
        # bokeh measures a legend that comes into a shown page before its own styles are there, and
        # leaves as much room above the plot; a line of entries is never taller than this.
        n_rows, longest = _legend_rows(self.layers)
        size, mark = (11, 14) if longest > _LEGEND_CELL else (13, 20)
        legend.update(label_text_font_size=f"{size}px", glyph_width=mark)
        height = (
            f":host {{ height: {22 * n_rows}px; max-height: {22 * n_rows}px; "
            f"font-size: {size}px; }}"
        )
        legend.update(orientation="horizontal", visible=len(self.layers) > 1, margin=0, padding=2)
        legend.stylesheets, legend.nrows = [height], n_rows
        self.figure.add_layout(legend, "above")

    def fits(self, picture: Picture) -> bool:
        """Whether this figure can show that picture by new data alone."""
        if isinstance(picture, Table) or type(picture) is not self.kind:
            return False
        return (layer_names(picture), _frame(picture)) == (self.layers, self._frame)

    def update(self, picture: Any) -> None:
        """Show another picture."""
        self._title.text = label(picture.title)
        self._draw(picture)
        # Axes of nothing have no range, of which bokeh complains once for each painting.
        self.figure.visible = _is_seen(picture)

    def _source(self, name: str, **columns: Any) -> tuple[ColumnDataSource, bool]:
        fresh = name not in self._sources
        if fresh:
            self._sources[name] = ColumnDataSource(columns)
        else:
            self._sources[name].data = columns
        return self._sources[name], fresh

    def _curves(self, picture: Curves) -> None:
        for k, (name, y) in enumerate(picture.lines.items()):
            colour = series()[k % len(series())]
            if name in picture.bands:
                low, high = picture.bands[name]
                source, fresh = self._source(f"band {name}", x=picture.x, low=low, high=high)
                if fresh:
                    self.figure.varea(
                        x="x",
                        y1="low",
                        y2="high",
                        source=source,
                        fill_alpha=0.18,
                        fill_color=colour,
                    )
            if name in picture.clouds:
                self._cloud(name, picture, colour)
            source, fresh = self._source(name, x=picture.x, y=y)
            if fresh:
                self.figure.line(
                    x="x",
                    y="y",
                    source=source,
                    line_color=colour,
                    line_width=2,
                    legend_label=label(name),
                )
            if name in picture.dots:
                self._dots(name, picture, colour)

    def _dots(self, name: str, picture: Curves, colour: str) -> None:
        source, fresh = self._source(f"dots {name}", x=picture.x, y=picture.dots[name])
        if fresh:
            self.figure.scatter(
                x="x", y="y", source=source, size=6, fill_color=None, line_color=colour
            )

    def _cloud(self, name: str, picture: Curves, colour: str) -> None:
        runs = picture.clouds[name]
        columns = {"xs": [picture.x] * len(runs), "ys": list(runs)}
        source, fresh = self._source(f"cloud {name}", **columns)
        if fresh:
            self.figure.multi_line(
                xs="xs", ys="ys", source=source, line_color=colour, line_width=0.6, line_alpha=0.35
            )

    def _bars(self, picture: Bars) -> None:
        kinds = picture.kind or ("",) * len(picture.heights)
        n_bars = len(picture.heights)
        positions = np.arange(n_bars) if picture.x is None else picture.x
        width = 0.8 * float(positions[1] - positions[0]) if n_bars > 1 else 0.8
        for k, kind in enumerate(self.layers):
            here = np.array([name == kind for name in kinds], bool)
            columns = {"x": positions[here], "top": picture.heights[here]}
            columns["width"] = np.full(int(here.sum()), width)
            source, fresh = self._source(kind, **columns)
            if fresh:
                self.figure.vbar(
                    x="x",
                    top="top",
                    width="width",
                    source=source,
                    **_fill(k, kind),
                )
        if picture.whiskers is not None:
            self._whiskers(positions, *picture.whiskers)

    def _whiskers(self, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        source, fresh = self._source("whiskers", x=x, low=low, high=high)
        if fresh:
            ink = tokens()["light"]["ink-3"]  # seen on both grounds
            self.figure.segment(x0="x", x1="x", y0="low", y1="high", source=source,
                                line_color=ink, line_width=1.5)  # fmt: skip
            for end in ("low", "high"):
                self.figure.scatter(x="x", y=end, source=source, marker="dash", size=8,
                                    line_color=ink, line_width=1.5)  # fmt: skip

    def _points(self, picture: Points) -> None:
        kinds = picture.kind or ("",) * len(picture.xy)
        for k, kind in enumerate(self.layers):
            here = np.array([name == kind for name in kinds], bool)
            source, fresh = self._source(kind, x=picture.xy[here, 0], y=picture.xy[here, 1])
            if fresh:
                self.figure.scatter(
                    x="x",
                    y="y",
                    size=8,
                    marker=_MARKERS[k % len(_MARKERS)],
                    source=source,
                    **_fill(k, kind),
                )

    def _heatmap(self, picture: Heatmap) -> None:
        rows, columns = picture.values.shape
        source, fresh = self._source(
            "image", image=[picture.values], x=[0], y=[0], dw=[columns], dh=[rows]
        )
        finite = picture.values[np.isfinite(picture.values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        if picture.diverging:
            low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
        if fresh:
            self._mapper = LinearColorMapper(palette=_palette(diverging=picture.diverging))
            image: Any = self.figure.image  # its stub does not know color_mapper
            image("image", source=source, dw="dw", dh="dh", color_mapper=self._mapper)
            bar = ColorBar(
                color_mapper=self._mapper,
                title=label(picture.value_axis.title),
                title_text_font_size="12px",
            )
            self.figure.add_layout(bar, "right")
            self.figure.y_range = DataRange1d(flipped=True)  # row 0 at the top
        for k, (name, places) in enumerate(picture.over.items()):
            self._over(name, places, series()[(k + 1) % len(series())])
        self._mapper.update(low=low, high=high if high > low else low + 1.0)

    def _over(self, name: str, places: np.ndarray, colour: str) -> None:
        """A line with dots over an image, edged in white so that it is seen on every colour."""
        source, fresh = self._source(f"over {name}", x=places[:, 0], y=places[:, 1])
        if not fresh:
            return
        drawn: dict[str, Any] = {"x": "x", "y": "y", "source": source}
        self.figure.line(**drawn, line_color="white", line_width=5, line_alpha=0.8)
        self.figure.line(**drawn, line_color=colour, line_width=2, legend_label=label(name))
        self.figure.scatter(
            **drawn, size=9, fill_color=colour, line_color="white", line_width=1.2,
            legend_label=label(name),
        )  # fmt: skip


def _is_seen(picture: Figured) -> bool:
    """Whether there is one finite number to draw."""
    match picture:
        case Curves():
            drawn = (*picture.lines.values(), *picture.dots.values(), *picture.clouds.values())
            shown = any(np.isfinite(values).any() for values in drawn)
        case Bars():
            shown = bool(np.isfinite(picture.heights).any())
        case Points():
            shown = bool(np.isfinite(picture.xy).all(axis=-1).any())
        case Heatmap():
            shown = picture.values.size > 0
    return shown


def _fill(k: int, kind: str) -> dict[str, Any]:
    named = {"legend_label": label(kind)} if kind else {}
    return {"line_color": None, "fill_color": series()[k % len(series())], **named}


def layer_names(picture: Picture) -> tuple[str, ...]:
    """What is drawn in colours of its own, in the order of the legend."""
    if isinstance(picture, Curves):
        return tuple(picture.lines)
    if isinstance(picture, Bars | Points):
        return tuple(sorted(set(picture.kind))) or ("",)
    if isinstance(picture, Heatmap):
        return tuple(picture.over)
    return ()


def _legend_rows(names: Sequence[str]) -> tuple[int, int]:
    """Over how many rows a legend goes, and how many letters it is then wide.

    Columns are as wide as their longest entry, so the last rows may need more than the first.

    >>> _legend_rows(["as asked", "no predictor", "no weight decay", "theory: no predictor"])
    (2, 47)
    """

    def width(n_rows: int) -> int:
        n_columns = math.ceil(len(names) / n_rows)
        columns = [names[k::n_columns] for k in range(n_columns)]
        return sum(max(map(len, column)) + _LEGEND_GAP for column in columns)

    fitting = (n for n in range(1, len(names)) if width(n) <= _LEGEND_WIDTH)
    n_rows = next(fitting, max(1, len(names)))
    return n_rows, width(n_rows)


def _frame(picture: Figured) -> tuple[Any, ...]:
    """What is drawn once: beside the layers it must stay the same for a figure to be reused."""
    match picture:
        case Curves():
            drawn = (picture.bands, picture.clouds, picture.dots)
            own: tuple[Any, ...] = tuple(n for some in drawn for n in picture.lines if n in some)
        case Heatmap():
            own = (picture.value_axis, picture.diverging)
        case Bars():
            own = (picture.whiskers is not None,)
        case _:
            own = ()
    return (picture.x_axis, picture.y_axis, *own, *size_of(picture).values())


def _figure(picture: Figured) -> figure:
    made = figure(
        **size_of(picture),
        x_axis_label=_axis(picture.x_axis),
        y_axis_label=_axis(picture.y_axis),
        tools="pan,wheel_zoom,box_zoom,reset,save",
        active_drag=None,
        toolbar_location="above",
        output_backend="svg" if not isinstance(picture, Heatmap) else "canvas",
    )
    if sum(len(text) + _TICK_GAP for _, text in picture.x_axis.ticks) > _tick_room(picture):
        made.xaxis.major_label_orientation = 0.9
    elif picture.x_axis.ticks:
        made.min_border_right = _border_right(picture)
    for drawn, axis in ((made.xaxis, picture.x_axis), (made.yaxis, picture.y_axis)):
        drawn.formatter = CustomJSTickFormatter(code=_TICK)
        if axis.ticks:
            drawn.ticker = [place for place, _ in axis.ticks]
            drawn.major_label_overrides = {place: label(text) for place, text in axis.ticks}
    made.toolbar.logo = None
    made.toolbar.autohide = True
    made.add_tools(HoverTool(tooltips=_tooltips(picture)))
    return made


def _tick_room(picture: Figured) -> int:
    """Letters that names under a plot may have beside each other."""
    beside = max((len(text) for _, text in picture.y_axis.ticks), default=0)
    return _TICKS_WIDTH - beside - (_SCALE_WIDTH if isinstance(picture, Heatmap) else 0)


def _border_right(picture: Figured) -> int:
    """Pixels for the last name, half of which may lie beyond the axis, as the legend leaves them.

    The legend ends where the axis does, and a wide one would begin before the picture.
    """
    _, last = max(picture.x_axis.ticks)
    _, longest = _legend_rows(layer_names(picture))
    return max(_BORDER, min(_LETTER_HALF * len(last), 2 * _LETTER_HALF * (_LEGEND_CELL - longest)))


def _axis(axis: Axis) -> str:
    return label(axis.title)


def _tooltips(picture: Picture) -> list[tuple[str, str]]:
    match picture:
        case Heatmap():
            return [(label(picture.value_axis.label), "@image")]
        case Bars():
            return [(label(picture.x_axis.label), "@x"), (label(picture.y_axis.label), "@top")]
        case Curves() | Points():
            return [(label(picture.x_axis.label), "@x"), (label(picture.y_axis.label), "@y")]
        case _:
            return []


def _palette(*, diverging: bool) -> Any:
    if not diverging:
        return Viridis256
    return interp_palette(RdBu11, 256)


def table_from_picture(columns: Any) -> pd.DataFrame:
    """A declared table as a data frame."""
    return pd.DataFrame({label(name): values for name, values in columns.items()})
