"""Declared pictures as SVG without a browser: equal pictures give equal bytes.

For papers, bundles and scripts; on the page `views.kit.figures` draws them to be looked into.
"""

from __future__ import annotations

import base64
import html
import math
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from bokeh.palettes import RdBu11, Viridis256, interp_palette

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Points, Table
from views.kit.text import escaped
from views.kit.theme import series, tokens

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 20, 54, 56
_BAR = 84
"""Room for a heat map's scale at the right."""
_SIDE_MAX = 1_200
"""Longest side of a picture with one scale; more is no picture any more."""


@dataclass(frozen=True)
class _Scale:
    """From numbers to pixels, linear."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Five or so round numbers within."""
        span = self.high - self.low
        size = 10 ** math.floor(math.log10(span / 5))
        step = next(k * size for k in (1, 2, 5, 10) if span / (k * size) <= 6)
        first = math.ceil(self.low / step)
        last = math.floor(self.high / step)
        return [(k * step, f"{k * step:.6g}") for k in range(first, last + 1)]


def svg_from_picture(picture: Picture) -> str:
    """A picture as SVG text; empty for tables, and where there is no finite number to draw."""
    match picture:
        case Curves():
            return _curves(picture)
        case Bars():
            return _bars(picture)
        case Points():
            return _points(picture)
        case Heatmap():
            return _heatmap(picture)
        case Table():
            return ""


class _Sheet:
    """Axes, title and legend around what is drawn."""

    def __init__(
        self, picture: Curves | Bars | Points | Heatmap, x: _Range, y: _Range, size: tuple[int, int]
    ) -> None:
        self.width, self.height = size
        room = _BAR if isinstance(picture, Heatmap) else 0
        self.right, self.foot = self.width - _RIGHT - room, self.height - _BOTTOM
        self.x = _Scale(*x, _LEFT, self.right)
        down = isinstance(picture, Heatmap)
        self.y = _Scale(*y, *((_TOP, self.foot) if down else (self.foot, _TOP)))
        self.picture, self.marks = picture, list[str]()

    def path(self, xs: np.ndarray, ys: np.ndarray, style: str) -> None:
        """A line, broken where a number is missing."""
        parts, pen = [], "M"
        for x, y in zip(np.asarray(xs, float), np.asarray(ys, float), strict=True):
            if math.isfinite(x) and math.isfinite(y):
                parts.append(f"{pen}{self.x(x):.2f} {self.y(y):.2f}")
                pen = "L"
            else:
                pen = "M"
        if parts:
            self.marks.append(f'<path d="{"".join(parts)}" {style}/>')

    def _title_size(self) -> float:
        """As large as fits one line."""
        return round(min(14.0, 1.7 * (self.width - _LEFT) / max(len(self.picture.title), 1)), 1)

    def whole(self, names: Iterable[tuple[str, str]]) -> str:
        """The picture as a file."""
        ink, quiet, line = (tokens()["light"][name] for name in ("ink", "ink-2", "line-strong"))
        family = html.escape(tokens()["type"]["family"], quote=True)
        p = self.picture
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" font-family="{family}" font-size="12" '
            f'fill="{ink}">',
            f'<rect width="100%" height="100%" fill="{tokens()["light"]["surface"]}"/>',
            _text(_LEFT, 20, p.title, f'font-size="{self._title_size():g}" font-weight="600"'),
            *_legend(names, self.right),
            *_ticks(self.x, p.x_axis, lambda v: (v, self.foot), "x", line),
            *_ticks(self.y, p.y_axis, lambda v: (_LEFT, v), "y", line),
            f'<rect x="{_LEFT}" y="{_TOP}" width="{self.right - _LEFT}" '
            f'height="{self.foot - _TOP}" fill="none" stroke="{line}"/>',
            *self.marks,
            _text((_LEFT + self.right) / 2, self.height - 12, p.x_axis.title, _MIDDLE, quiet),
            f'<g transform="translate(16 {(_TOP + self.foot) / 2:g}) rotate(-90)">'
            + _text(0, 0, p.y_axis.title, _MIDDLE, quiet)
            + "</g>",
        ]
        return "\n".join([*parts, "</svg>"]) + "\n"


_Range = tuple[float, float]
_MIDDLE, _END = 'text-anchor="middle"', 'text-anchor="end"'


def _text(x: float, y: float, text: object, style: str = "", fill: str = "") -> str:
    own = f' fill="{fill}"' if fill else ""
    return f'<text x="{x:.2f}" y="{y:.2f}" {style}{own}>{escaped(text)}</text>'


def _legend(names: Iterable[tuple[str, str]], right: float) -> list[str]:
    found, x = [], float(_LEFT)
    for name, colour in names:
        wide = 22 + 6.5 * len(name)
        if x + wide > right and x > _LEFT:
            break  # what does not fit one line is told by the table
        found.append(f'<rect x="{x:.1f}" y="34" width="12" height="8" fill="{colour}"/>')
        found.append(_text(x + 16, 42, name))
        x += wide
    return found


def _ticks(
    scale: _Scale, axis: Axis, place: Callable[[float], tuple[float, float]], which: str, line: str
) -> list[str]:
    named = [(v, t) for v, t in axis.ticks if scale.low <= v <= scale.high]
    found = []
    for value, said in named or scale.ticks():
        x, y = place(scale(value))
        end = f'x2="{x:.2f}" y2="{y + 4:.2f}"' if which == "x" else f'x2="{x - 4:.2f}" y2="{y:.2f}"'
        found.append(f'<line x1="{x:.2f}" y1="{y:.2f}" {end} stroke="{line}"/>')
        style = 'font-size="11" ' + (_MIDDLE if which == "x" else _END)
        at = (x, y + 17) if which == "x" else (x - 7, y + 4)
        found.append(_text(*at, said, style))
    return found


def _range(*arrays: np.ndarray, zero: bool = False) -> _Range | None:
    values = np.concatenate([np.ravel(np.asarray(a, float)) for a in arrays if np.size(a)] or [[]])
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    low, high = float(values.min()), float(values.max())
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if not high - low > 1e-12 * max(abs(low), abs(high)):
        return low - 0.5, high + 0.5
    pad = 0.04 * (high - low)
    return low - pad * (not (zero and low == 0.0)), high + pad


def _curves(p: Curves) -> str:
    clouds, bands = tuple(p.clouds.values()), [e for b in p.bands.values() for e in b]
    x, y = _range(p.x), _range(*p.lines.values(), *p.dots.values(), *clouds, *bands)
    if x is None or y is None:
        return ""
    sheet = _Sheet(p, x, y, (_WIDTH, _HEIGHT))
    names = []
    for k, (name, values) in enumerate(p.lines.items()):
        colour = series()[k % len(series())]
        names.append((name, colour))
        if name in p.bands:
            low, high = p.bands[name]
            seen = np.isfinite(low) & np.isfinite(high)
            around = np.concatenate([p.x[seen], p.x[seen][::-1]])
            ends = np.concatenate([np.asarray(low)[seen], np.asarray(high)[seen][::-1]])
            sheet.path(around, ends, f'fill="{colour}" fill-opacity="0.18"')
        for run in p.clouds.get(name, ()):
            sheet.path(p.x, run, f'fill="none" stroke="{colour}" stroke-width="0.6" opacity="0.35"')
        sheet.path(p.x, values, f'fill="none" stroke="{colour}" stroke-width="2"')
        if name in p.dots:
            _dots(sheet, np.column_stack([p.x, p.dots[name]]), f'fill="none" stroke="{colour}"')
    return sheet.whole(names if len(names) > 1 else ())


def _dots(sheet: _Sheet, xy: np.ndarray, style: str) -> None:
    for x, y in xy[np.isfinite(xy).all(axis=1)]:
        sheet.marks.append(f'<circle cx="{sheet.x(x):.2f}" cy="{sheet.y(y):.2f}" r="3.5" {style}/>')


def _kinds(kind: tuple[str, ...], n: int) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """The colour of each, and the legend."""
    names = sorted(set(kind))
    colours = {name: series()[k % len(series())] for k, name in enumerate(names)}
    return np.array([colours.get(name) for name in kind] or [series()[0]] * n), list(
        colours.items()
    )


def _bars(p: Bars) -> str:
    heights = np.asarray(p.heights, float)
    places = np.arange(len(heights)) if p.x is None else np.asarray(p.x, float)
    width = 0.8 * float(places[1] - places[0]) if len(places) > 1 else 0.8
    y = _range(heights, *(p.whiskers or ()), zero=True)
    x = _range(places - width / 2, places + width / 2)
    if x is None or y is None:
        return ""
    sheet = _Sheet(p, x, y, (_WIDTH, _HEIGHT))
    colours, names = _kinds(p.kind, len(heights))
    for place, height, colour in zip(places, heights, colours, strict=True):
        if math.isfinite(height):
            at, wide = sheet.x(place - width / 2), sheet.x(place + width / 2)
            top, foot = sorted((sheet.y(height), sheet.y(0.0)))
            sheet.marks.append(
                f'<rect x="{at:.2f}" y="{top:.2f}" width="{wide - at:.2f}" '
                f'height="{foot - top:.2f}" fill="{colour}"/>'
            )
    for place, low, high in zip(places, *(p.whiskers or ((), ())), strict=bool(p.whiskers)):
        ends = np.array([low, high], float)
        style = f'stroke="{tokens()["light"]["ink-3"]}" stroke-width="1.5"'
        sheet.path(np.full(2, place), ends, style)
    return sheet.whole(names)


def _points(p: Points) -> str:
    xy = np.asarray(p.xy, float).reshape(-1, 2)
    x, y = _range(xy[:, 0]), _range(xy[:, 1])
    if x is None or y is None:
        return ""
    wide, high = (x[1] - x[0], y[1] - y[0]) if p.square else (1.0, 1.0)
    sheet = _Sheet(p, x, y, _sides(wide, high, 0) if p.square else (_WIDTH, _HEIGHT))
    colours, names = _kinds(p.kind, len(xy))
    for place, colour in zip(xy, colours, strict=True):
        _dots(sheet, place[None], f'fill="{colour}"')
    return sheet.whole(names)


def _sides(wide: float, high: float, room: int) -> tuple[int, int]:
    """Width and height of a sheet whose axes have one scale."""
    scale = (_HEIGHT - _TOP - _BOTTOM) / max(high, wide / 3, 1e-12)
    across, down = min(wide * scale, _SIDE_MAX), min(high * scale, _SIDE_MAX)
    across, down = max(across, 120), max(down, 60)
    return round(across) + _LEFT + _RIGHT + room, round(down) + _TOP + _BOTTOM


def _heatmap(p: Heatmap) -> str:
    values = np.asarray(p.values, float)
    if not values.size:
        return ""
    n_rows, n_columns = values.shape
    size = _sides(float(n_columns), float(n_rows), _BAR) if p.square else (_WIDTH, _HEIGHT)
    sheet = _Sheet(p, (0.0, float(n_columns)), (0.0, float(n_rows)), size)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if p.diverging:
        low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
    high = high if high > low else low + 1.0
    palette = interp_palette(RdBu11, 256) if p.diverging else Viridis256
    colours = np.array([tuple(bytes.fromhex(c[1:7])) for c in palette], np.uint8)
    wide, tall = sheet.right - _LEFT, sheet.foot - _TOP
    share = np.nan_to_num((values - low) / (high - low))
    pixels = np.full((*values.shape, 4), 0, np.uint8)
    pixels[..., :3] = colours[np.clip((share * 255).round(), 0, 255).astype(int)]
    pixels[..., 3] = np.where(np.isfinite(values), 255, 0)
    sheet.marks.append(_image(pixels, _LEFT, _TOP, wide, tall))
    bar = np.concatenate([colours[::-1, None], np.full((256, 1, 1), 255, np.uint8)], axis=2)
    sheet.marks.append(_image(bar, sheet.right + 12, _TOP, 12, tall))
    for value, said in _Scale(low, high, sheet.foot, _TOP).ticks():
        at = _Scale(low, high, sheet.foot, _TOP)(value)
        sheet.marks.append(_text(sheet.right + 28, at + 4, said, 'font-size="11"'))
    sheet.marks.append(_text(sheet.width - 4, _TOP - 6, p.value_axis.title, _END))
    return sheet.whole(_lines_over(sheet, p))


def _lines_over(sheet: _Sheet, p: Heatmap) -> list[tuple[str, str]]:
    """What lies over an image, edged in white; its legend."""
    names = []
    for k, (name, places) in enumerate(p.over.items()):
        colour = series()[(k + 1) % len(series())]
        names.append((name, colour))
        for ink, wide in (("white", 5), (colour, 2)):
            style = f'fill="none" stroke="{ink}" stroke-width="{wide}"'
            sheet.path(places[:, 0], places[:, 1], style)
        _dots(sheet, places, f'fill="{colour}" stroke="white" stroke-width="1.2"')
    return names


def _image(rgba: np.ndarray, x: float, y: float, width: float, height: float) -> str:
    """Pixels within the picture, as PNG."""
    n_rows, n_columns, _ = rgba.shape
    head = struct.pack(">IIBBBBB", n_columns, n_rows, 8, 6, 0, 0, 0)
    lines = np.concatenate([np.zeros((n_rows, 1), np.uint8), rgba.reshape(n_rows, -1)], axis=1)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    coded = base64.b64encode(png).decode()
    return (
        f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'preserveAspectRatio="none" image-rendering="pixelated" '
        f'href="data:image/png;base64,{coded}"/>'
    )
