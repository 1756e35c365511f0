"""Marks at pixels: what all painters share."""

from __future__ import annotations

from typing import Any

from engines.diagrams.drawing.layout.strip import ROW, Event, Strip
from engines.diagrams.drawing.layout.text import Run
from engines.diagrams.drawing.painting.scene import Mark, Scene, number

LEFT = 14.0
"""Pixels between the edge of the picture and what is in it."""


class Canvas:
    """A scene in the making; ``dx``, ``dy`` move the strip to its place in it."""

    def __init__(self, strip: Strip) -> None:
        self.strip = strip
        self.scene = Scene()
        self.dx = self.dy = 0.0

    def y(self, track: int) -> float:
        """Pixels from the top."""
        return self.strip.tracks.y[track] * ROW + self.dy

    def ys(self, event: Event) -> list[float]:
        """Heights of all of an event's tracks."""
        y, dy = self.strip.tracks.y, self.dy
        return [y[track] * ROW + dy for track in event.tracks]

    def mark(self, tag: str, role: str, shape: dict[str, Any], **rest: Any) -> None:
        """Add a shape."""
        self.scene.marks.append(Mark(tag, role, shape, **rest))

    def line(self, d: str, data: dict[str, Any]) -> None:
        """A wire along a path; an axis group is a double line."""
        axis, value = data.get("axis", ""), data.get("value", "")
        role = "double" if axis in self.strip.groups else "wire" if axis else "scalar"
        self.scene.marks.append(Mark("path", role, {"d": d}, (), axis, value))
        if role == "double":
            self.mark("path", "between", {"d": d}, axis=axis, value=value)

    def words(
        self,
        x: float,
        y: float,
        parts: tuple[Run, ...],
        role: str,
        anchor: str = "start",
        **rest: Any,
    ) -> None:
        """Text whose baseline is at y."""
        shape: dict[str, Any] = {"x": x, "y": y, "anchor": anchor}
        self.mark("text", role, shape, runs=parts, layer="text", **rest)

    def box(self, event: Event, role: str, pad: float = 0.42, **rest: Any) -> tuple[float, float]:
        """A rectangle around an event's tracks; its top and bottom."""
        ys = self.ys(event)
        top, bottom = min(ys) - pad * ROW, max(ys) + pad * ROW
        shape = {
            "x": event.x0 + self.dx,
            "y": top,
            "width": event.x1 - event.x0,
            "height": bottom - top,
            "rx": 4.0,
        }
        self.mark("rect", role, shape, **rest)
        return top, bottom

    def middle(self, event: Event) -> tuple[float, float]:
        """The centre of an event."""
        ys = self.ys(event)
        return (event.x0 + event.x1) / 2 + self.dx, (min(ys) + max(ys)) / 2

    def arrow_line(self, x: float, y: float, size: float, path: str) -> None:
        """A thin line that ends in an arrow-head."""
        d = f"M{number(x)} {number(y)}H{number(x + size - 5)}"
        self.mark("path", "thin", {"d": d}, path=path)
        self.mark("path", "head", {"d": arrow(x + size, y, 6)}, layer="glyph", path=path)


def curve(x0: float, y0: float, x1: float, y1: float, *, start: bool = True) -> str:
    """An S from one height to another."""
    move = f"M{number(x0)} {number(y0)}" if start else ""
    if abs(y1 - y0) < 0.05:
        return f"{move}H{number(x1)}"
    bend = (x1 - x0) * 0.55
    return (
        f"{move}C{number(x0 + bend)} {number(y0)} {number(x1 - bend)} {number(y1)} "
        f"{number(x1)} {number(y1)}"
    )


def through(x0: float, xm: float, x1: float, ys: list[float]) -> str:
    """From the first height to the last by way of the middle one, without a step there."""
    y0, ym, y1 = ys
    rise, go = (ym - y0) / (xm - x0), (y1 - ym) / (x1 - xm)
    slope = 2 * rise * go / (rise + go) if rise * go > 0 else 0.0
    a, b = (xm - x0) / 3, (x1 - xm) / 3
    return (
        f"M{number(x0)} {number(y0)}C{number(x0 + 1.65 * a)} {number(y0)} "
        f"{number(xm - a)} {number(ym - slope * a)} {number(xm)} {number(ym)}"
        f"C{number(xm + b)} {number(ym + slope * b)} "
        f"{number(x1 - 1.65 * b)} {number(y1)} {number(x1)} {number(y1)}"
    )


def arrow(x: float, y: float, size: float) -> str:
    """A full arrow-head, its tip at x."""
    back, half = number(x - size), size * 0.6
    return f"M{number(x)} {number(y)}L{back} {number(y - half)}V{number(y + half)}Z"


def barb(x: float, y: float) -> str:
    """An arrow-head with a notch, its tip at x."""
    return (
        f"M{number(x)} {number(y)}L{number(x - 11)} {number(y - 5.5)}"
        f"L{number(x - 7.5)} {number(y)}L{number(x - 11)} {number(y + 5.5)}Z"
    )
