"""Bounds as small bands under the lines of a drawing: one bar per number of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engines.diagrams.drawing.painting.scene import Mark, Scene
from engines.diagrams.wires.strips import BELOW, HEIGHT, WIDTH, named, range_of, under_lines

ROOM = BELOW + 16.0
"""Pixels under a line that hold its bands, and under the last of them what their colours mean."""
BARS_MAX = 24
INTERVALS, LINES, SEEN = range(3)
_ROLES = {INTERVALS: ("heat loose", 0.9), LINES: ("heat tight", 0.95), SEEN: ("heat seen", 0.4)}
_MEANING = {
    INTERVALS: "intervals alone, cut off where they leave the frame",
    LINES: "lines followed back to the input",
    SEEN: "inputs tried",
}


def with_bands(scene: Scene, bands: Mapping[str, np.ndarray], *, alike: bool = False) -> Scene:
    """The drawing with a frame of bands under every wire that has bounds.

    A frame reaches from the least to the largest bound by lines of its wire, which are written
    under it, or of all wires; 0 is a thin line.

    Args:
        scene: drawn with `ROOM` pixels of room under each line.
        bands: float64[number, (intervals, lines, seen), (low, high)] by the path of the operation.
        alike: one scale for all wires.
    """
    every = [ends(band) for band in bands.values()]
    whole = (min(e[0] for e in every), max(e[1] for e in every)) if alike and every else None

    def strip(path: str, left: float, floor: float, _n: int) -> tuple[list[Mark], float]:
        return _strip(bands[path], left, floor, path, whole or ends(bands[path]))

    made = under_lines(scene, bands.keys(), strip)
    return replace(made, marks=[*made.marks, *_legend(made)])


def ends(band: np.ndarray) -> tuple[float, float]:
    """Least and largest bound by lines."""
    return float(band[:, LINES, 0].min()), float(band[:, LINES, 1].max())


def _strip(
    band: np.ndarray, left: float, top: float, path: str, scale: tuple[float, float]
) -> tuple[list[Mark], float]:
    """The marks of one wire and how wide they are with what is written under them."""
    shown = band[:: -(-len(band) // BARS_MAX)]
    column = min(WIDTH / len(shown), 9.0)
    width = column * len(shown)
    marks = [_box("strip", left, top, width, HEIGHT, path)]
    for kind, (role, share) in _ROLES.items():
        for k, (low, high) in enumerate(shown[:, kind]):
            y0, y1 = (top + HEIGHT * (1.0 - _place(v, scale)) for v in (high, low))
            if not np.isfinite((low, high)).all():
                continue
            x = left + column * (k + (1.0 - share) / 2)
            marks.append(_box(role, x, y0, column * share, max(y1 - y0, 0.8), path))
    if scale[0] < 0.0 < scale[1]:
        y = top + HEIGHT * (1.0 - _place(0.0, scale)) - 0.4
        y = min(max(y, top), top + HEIGHT - 0.8)  # 0 may lie next to an end
        marks.append(_box("heat zero", left, y, width, 0.8, path))
    told = range_of(np.array(ends(band)))
    words, size = named(path, told, left, top + HEIGHT)
    return [*marks, *words], max(width, size)


def _box(role: str, x: float, y: float, width: float, height: float, path: str = "") -> Mark:
    shape: dict[str, float | str] = {"x": x, "y": y, "width": width, "height": height}
    if role != "strip":
        shape["fill-opacity"] = 1.0
    return Mark("rect", role, shape, path=path)


def _place(value: float, scale: tuple[float, float]) -> float:
    """Between 0 at the bottom of a frame and 1 at its top."""
    low, high = scale
    return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def _legend(scene: Scene) -> list[Mark]:
    """What the colours mean, under the last line."""
    x, y = 4.0, scene.height - 8.0
    marks: list[Mark] = []
    for kind, said in _MEANING.items():
        role = _ROLES[kind][0]
        marks.append(_box(role, x, y - 8.0, 9.0, 9.0))
        at: dict[str, float | str] = {"x": x + 13.0, "y": y, "anchor": "start"}
        marks.append(Mark("text", "strip-range", at, ((said, ""),)))
        x += 26.0 + 4.9 * len(said)
    return marks
