"""From the strip to marks: every event becomes shapes at its x and at the heights of its tracks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.diagrams.layout.scene import Mark, Scene, number
from engines.diagrams.layout.strip import ROW, Event, Strip
from engines.diagrams.layout.text import Run, runs, runs_width, width
from engines.diagrams.layout.wrap import Line, lines_from_strip

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᐟ", "0123456789−/")
DOUBLE = 2.3
"""Half the distance of the two lines of an axis group."""
TOP, LEFT, LINE_SKIP = 30.0, 14.0, 34.0


class Painter:
    """Paints one line of the strip at a time; ``dx``, ``dy`` move it to its place."""

    def __init__(self, strip: Strip) -> None:
        self.strip = strip
        self.scene = Scene()
        self.dx = self.dy = 0.0

    def run(self, width_max: float) -> Scene:
        """The whole picture, wrapped at a width."""
        lines = lines_from_strip(self.strip, width_max)
        top = TOP
        for line in lines:
            self.dx = LEFT - line.x0 + (22 if line.continued else 0)
            self.dy = top - line.top * ROW
            for event in line.events:
                self.event(event)
            self._tips(line)
            self.scene.width = max(self.scene.width, line.x1 + self.dx + LEFT + 18)
            top += (line.bottom - line.top) * ROW + LINE_SKIP + 12
        self.scene.height = top - 8
        self._notes()
        order = {"fence": 0, "tint": 1, "wire": 2, "glyph": 3, "text": 4}
        # Blocks are placed from the inside out, but lie behind what they hold.
        self.scene.marks.sort(
            key=lambda m: (order[m.layer], m.path.count("/") if m.layer == "fence" else 0)
        )
        return self.scene

    def _notes(self) -> None:
        """Call-outs below the picture, each with a line to its value; then the size equations."""
        left, top = LEFT, self.scene.height
        for value, text in self.strip.notes:
            place = self._place_of(value)
            size = width(text, 12.5) + 20
            if left > LEFT and left + size > max(self.scene.width, 400):
                left, top = LEFT, top + 38
            shape = {"x": left, "y": top, "width": size, "height": 26.0, "rx": 4.0}
            if place is not None:
                d = f"M{number(left + 16)} {number(top)}L{number(place[0])} {number(place[1])}"
                self.mark("path", "leader", {"d": d}, layer="fence", value=value)
            self.mark("rect", "note-box", shape, layer="glyph", value=value)
            self.words(left + 10, top + 17, ((text, ""),), "title", value=value)
            self.scene.width = max(self.scene.width, left + size + LEFT)
            left += size + 14
        bottom = top + 38 if self.strip.notes else top
        if self.strip.legend:
            text = "   ".join(self.strip.legend)
            self.words(LEFT, bottom + 10, ((text, ""),), "note")
            self.scene.width = max(self.scene.width, width(text, 12) + 2 * LEFT)
            bottom += 24
        self.scene.height = bottom

    def _place_of(self, value: str) -> tuple[float, float] | None:
        for mark in self.scene.marks:
            if mark.value == value and mark.role in ("wire", "double"):
                x, _, y = str(mark.shape["d"])[1:].partition(" ")
                return float(x) + 6, float(y.partition("H")[0].partition("C")[0])
        return None

    def _tips(self, line: Line) -> None:
        """Arrow tips where wires go on in the next line, and where they come from."""
        for event, x in line.leaving:
            self._tip(event, x + self.dx, 18)
        for event, x in line.entering:
            self._tip(event, x + self.dx - 18, 18)

    def _tip(self, event: Event, x: float, size: float) -> None:
        y = self.y(event.tracks[0])
        axis = event.data.get("axis", "")
        self.line(f"M{number(x)} {number(y)}H{number(x + size)}", event.data)
        self.mark("path", "tip", {"d": _arrow(x + size, y, 7)}, layer="glyph", axis=axis)

    # Small things -------------------------------------------------------------------------

    def y(self, track: int) -> float:
        """Pixels from the top."""
        return self.strip.tracks.y[track] * ROW + self.dy

    def ys(self, event: Event) -> list[float]:
        """Heights of all of an event's tracks."""
        return [self.y(track) for track in event.tracks]

    def mark(self, tag: str, role: str, shape: dict[str, Any], **rest: Any) -> None:
        """Add a shape."""
        self.scene.marks.append(Mark(tag, role, shape, **rest))

    def line(self, d: str, data: dict[str, Any]) -> None:
        """A wire along a path; an axis group is a double line."""
        axis, value = data.get("axis", ""), data.get("value", "")
        role = "double" if axis in self.strip.groups else "wire" if axis else "scalar"
        self.mark("path", role, {"d": d}, axis=axis, value=value)
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

    def event(self, event: Event) -> None:
        """Paint one event."""
        painter: Callable[[Event], None] = getattr(self, "paint_" + event.what)
        painter(event)

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

    # Wires --------------------------------------------------------------------------------

    def paint_wire(self, event: Event) -> None:
        """A straight piece."""
        y = number(self.y(event.tracks[0]))
        self.line(f"M{number(event.x0 + self.dx)} {y}H{number(event.x1 + self.dx)}", event.data)

    def paint_bend(self, event: Event) -> None:
        """From one track to another."""
        y0, y1 = self.ys(event)
        self.line(_curve(event.x0 + self.dx, y0, event.x1 + self.dx, y1), event.data)

    def paint_into_bar(self, event: Event) -> None:
        """To the lower part of a concatenation's bar."""
        y0, y1 = self.ys(event)
        drop = 0.42 * ROW * event.data["rank"]
        self.line(_curve(event.x0 + self.dx, y0, event.x1 + self.dx, y1 + drop), event.data)

    def paint_dash(self, event: Event) -> None:
        """Between two values."""
        y = number(self.y(event.tracks[0]))
        d = f"M{number(event.x0 + self.dx)} {y}H{number(event.x1 + self.dx)}"
        self.mark("path", "dash", {"d": d})

    def paint_dot(self, event: Event) -> None:
        """A copy or a diagonal."""
        x, y = event.x0 + self.dx, self.y(event.tracks[0])
        axis = event.data.get("axis", "")
        self.mark("circle", "dot", {"cx": x, "cy": y, "r": 3.6}, layer="glyph", axis=axis)

    def paint_end(self, event: Event) -> None:
        """A wire that nobody reads."""
        x, y = event.x0 + self.dx, self.y(event.tracks[0])
        d = f"M{number(x)} {number(y - 4)}V{number(y + 4)}"
        self.mark("path", "stop", {"d": d}, axis=event.data["axis"])

    def paint_cup(self, event: Event) -> None:
        """Two wires meet; an arrow leaves the cup."""
        y0, y1, ym = self.ys(event)
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        radius = min(0.5 * ROW, (y1 - y0) / 2) + 4.0 * event.data["rank"]
        xa = x1 - radius
        upper, lower = ym - radius, ym + radius
        d = (
            _curve(x0, y0, xa, upper)
            + f"A{number(radius)} {number(radius)} 0 0 1 {number(xa)} {number(lower)}"
            + _curve(xa, lower, x0, y1, start=False)
        )
        self.line(d, event.data)
        self.scene.marks[-1].path = event.data["path"]
        self.mark("path", "cup", {"d": f"M{number(x1)} {number(ym)}h0.1"}, path=event.data["path"])
        if event.data["arrow"]:
            self._arrow_line(x1, ym, 15, event.data["path"])

    def _arrow_line(self, x: float, y: float, size: float, path: str) -> None:
        d = f"M{number(x)} {number(y)}H{number(x + size - 5)}"
        self.mark("path", "thin", {"d": d}, path=path)
        self.mark("path", "head", {"d": _arrow(x + size, y, 6)}, layer="glyph", path=path)

    def paint_scale(self, event: Event) -> None:
        """What the result is multiplied by, on an arrow."""
        x, y = event.x0 + self.dx, self.y(event.tracks[0])
        size = event.x1 - event.x0 - 4
        path = event.data["path"]
        self._arrow_line(x, y, size, path)
        self.words(x + 2, y - 5, power_runs(event.data["text"]), "factor", path=path)

    # Words --------------------------------------------------------------------------------

    def paint_label(self, event: Event) -> None:
        """An axis's name, above its wire."""
        axis = event.data["axis"]
        y = self.y(event.tracks[0]) - 4.5
        role = "group" if axis in self.strip.groups else "axis"
        self.words(event.x0 + self.dx, y, runs(axis), role, axis=axis)

    def paint_name(self, event: Event) -> None:
        """The name of an input or an output."""
        ys = self.ys(event)
        y = (min(ys) + max(ys)) / 2 + 6
        anchor = "start" if event.data["end"] else "end"
        x = event.x0 if event.data["end"] else event.x1
        text = event.data["text"]
        self.words(x + self.dx, y, runs(text), "value", anchor, value=text)

    # Operations ---------------------------------------------------------------------------

    def _tint(self, event: Event, pad: float = 0.42) -> tuple[float, float]:
        node = event.data["node"]
        kind = node.kind
        return self.box(event, f"tint {kind}", pad, layer="tint", path=event.data["path"])

    def paint_touch(self, event: Event) -> None:
        """Nothing to see, something to hover."""
        self.box(event, "touch", 0.2, layer="tint", path=event.data["path"])

    def paint_bold(self, event: Event) -> None:
        """A learned map: bold symbol, its name above, a plus below when it has a bias."""
        self._tint(event)
        self._symbol(event, "learned")

    def paint_plain(self, event: Event) -> None:
        """A symbol that is not learned."""
        self._symbol(event, "symbol")

    def _symbol(self, event: Event, role: str) -> None:
        x, y = self.middle(event)
        data = event.data
        text, sup, sub = data["text"], data.get("sup", ""), data.get("sub", "")
        size = width(sup, 12) + (8 if sub and not sup else 0)
        left = x - size / 2
        self.words(left, y + 8, ((text, ""),), role, "middle", path=data["path"])
        right = left + width(text, 24) / 2 + 1
        if sup:
            self.words(right, y - 3, ((sup, ""),), "mark", path=data["path"])
        if sub:
            self.words(right, y + 12, ((sub, ""),), "mark", path=data["path"])

    def paint_boxed(self, event: Event) -> None:
        """Any function."""
        self.box(event, "box", layer="glyph", path=event.data["path"])
        x, y = self.middle(event)
        self.words(
            x, y + 6, ((event.data["text"], ""),), "symbol", "middle", path=event.data["path"]
        )

    def paint_solid(self, event: Event) -> None:
        """A folded block, as a solid that can be opened."""
        path, depth = event.data["path"], 7.0
        top, bottom = self.box(event, "front", 0.5, layer="glyph", path=path)
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        d = (
            f"M{number(x0)} {number(top)}l{depth} {-depth}H{number(x1 + depth)}"
            f"V{number(bottom - depth)}L{number(x1)} {number(bottom)}V{number(top)}Z"
            f"M{number(x1)} {number(top)}l{depth} {-depth}"
        )
        self.mark("path", "side", {"d": d}, layer="tint", path=path)
        x, y = self.middle(event)
        note = event.data["note"]
        self.words(
            x, y + (0 if note else 5), ((event.data["text"], ""),), "title", "middle", path=path
        )
        if note:
            self.words(x, y + 16, ((note, ""),), "note", "middle", path=path)

    def paint_arrows(self, event: Event) -> None:
        """Elementwise: a symbol between two arrow-heads that touches no wire."""
        x, y = self.middle(event)
        if event.data["above"]:
            y -= 0.5 * ROW
        x0, x1, path = event.x0 + self.dx, event.x1 + self.dx, event.data["path"]
        for tip in (x0 + 12, x1):
            self.mark("path", "head", {"d": _barb(tip, y)}, layer="glyph", path=path)
        self.words(x, y + 5.5, ((event.data["text"], ""),), "pointwise", "middle", path=path)

    def paint_plus(self, event: Event) -> None:
        """What happens where wires have joined."""
        x, _ = self.middle(event)
        y = min(self.ys(event)) - 0.32 * ROW
        text, path = event.data["text"], event.data["path"]
        self.words(x, y, ((text, ""),), "pointwise", "middle", path=path)
        self.box(event, "touch", 0.3, layer="tint", path=path)

    def paint_triangle(self, event: Event) -> None:
        """Softmax: a triangle that points against the wire."""
        self._tint(event)
        x0, x1 = event.x0 + self.dx + 4, event.x1 + self.dx - 2
        path = event.data["path"]
        for y in self.ys(event):
            d = f"M{number(x0)} {number(y)}L{number(x1)} {number(y - 9)}V{number(y + 9)}Z"
            self.mark("path", "hollow", {"d": d}, layer="glyph", path=path)
            if event.data["text"].startswith("log"):
                self.words(x1 - 9, y + 4, (("ln", ""),), "small", "middle", path=path)
            for xa, xb in ((event.x0 + self.dx, x0), (x1, event.x1 + self.dx)):
                d = f"M{number(xa)} {number(y)}H{number(xb)}"
                self.mark("path", "wire", {"d": d}, path=path)

    def paint_norm(self, event: Event) -> None:
        """A circle on the normalised wires."""
        self._tint(event)
        x, _ = self.middle(event)
        path = event.data["path"]
        for y in self.ys(event):
            r = 10.5
            self.mark("circle", "ring", {"cx": x, "cy": y, "r": r}, layer="glyph", path=path)
            self.words(x, y + 3.5, ((event.data["text"], ""),), "small", "middle", path=path)
            for xa, xb in ((event.x0 + self.dx, x - r), (x + r, event.x1 + self.dx)):
                d = f"M{number(xa)} {number(y)}H{number(xb)}"
                self.mark("path", "wire", {"d": d}, path=path)

    def paint_bar(self, event: Event) -> None:
        """A view: wires end and begin at a thick bar."""
        x, _ = self.middle(event)
        ys, path = self.ys(event), event.data["path"]
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        d = f"M{number(x)} {number(min(ys) - 9)}V{number(max(ys) + 9)}"
        self.mark("path", "bar", {"d": d}, layer="glyph", path=path)
        n_in = len(event.data["node"].attrs.get("arrows", ((("",), ("",)),))[0][0])
        for k, y in enumerate(ys):
            a, b = (x0 if k < n_in else x), (x1 if len(ys) == 1 or k == 0 or k >= n_in else x)
            a, b = (x0, x1) if len(ys) == 1 else (a, b)
            self.mark("path", "wire", {"d": f"M{number(a)} {number(y)}H{number(b)}"}, path=path)

    def paint_concat(self, event: Event) -> None:
        """A thick bar over a tuple."""
        x, y = event.x0 + self.dx + 2, self.y(event.tracks[0])
        low = y + 0.42 * ROW * (event.data["n"] - 1) + 8
        d = f"M{number(x)} {number(y - 8)}V{number(low)}"
        self.mark("path", "bar", {"d": d}, layer="glyph", path=event.data["path"])

    def paint_equals(self, event: Event) -> None:
        """A wire that goes on under another name."""
        x, _ = self.middle(event)
        path = event.data["path"]
        for y in self.ys(event):
            x0, x1 = number(event.x0 + self.dx), number(event.x1 + self.dx)
            self.mark("path", "wire", {"d": f"M{x0} {number(y)}H{x1}"}, path=path)
            for dx in (-2, 2):
                d = f"M{number(x + dx)} {number(y - 5)}V{number(y + 5)}"
                self.mark("path", "stop", {"d": d}, layer="glyph", path=path)

    def paint_reduce(self, event: Event) -> None:
        """A wire that ends in a sum, a mean or a largest."""
        path = event.data["path"]
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        for y in self.ys(event):
            self.words(x0 + 3, y + 5, ((event.data["text"], ""),), "symbol", path=path)
            self.mark("path", "head", {"d": _barb(x1, y)}, layer="glyph", path=path)
        self.box(event, "touch", 0.3, layer="tint", path=path)

    def paint_pentagon(self, event: Event) -> None:
        """An index: the wire stops in a tag with the position."""
        x0, x1, path = event.x0 + self.dx, event.x1 + self.dx, event.data["path"]
        for y in self.ys(event):
            d = (
                f"M{number(x0)} {number(y - 11)}H{number(x1 - 9)}L{number(x1)} {number(y)}"
                f"L{number(x1 - 9)} {number(y + 11)}H{number(x0)}Z"
            )
            self.mark("path", "tag", {"d": d}, layer="glyph", path=path)
            x = (x0 + x1 - 8) / 2
            self.words(x, y + 5, runs(event.data["text"]), "index", "middle", path=path)

    def paint_star(self, event: Event) -> None:
        """A convolution: windows and a learned map in one closed box."""
        self._tint(event)
        path, data = event.data["path"], event.data
        self.box(event, "box conv", 0.34, layer="glyph", path=path)
        x, y = self.middle(event)
        text = f"★{data['kernel']}" + (f"/{data['stride']}" if data["stride"] > 1 else "")
        self.words(
            x,
            y + 5,
            ((text, ""), (data["sup"], "sup"), (data["sub"], "sub")),
            "star",
            "middle",
            path=path,
        )

    def _window(self, event: Event, x0: float, x1: float, ys: list[float]) -> None:
        path, data = event.data["path"], event.data
        low = max(ys)
        d = (
            f"M{number(x0)} {number(min(ys) - 11)}H{number(x1)}V{number(low + 21)}"
            f"L{number(x0)} {number(low + 11)}Z"
        )
        self.mark("path", "trapezoid", {"d": d}, layer="glyph", path=path)
        text = "★" + (f"/{data['stride']}" if data["stride"] > 1 else "")
        middle = (min(ys) + low) / 2 + 5
        self.words((x0 + x1) / 2, middle, ((text, ""),), "star", "middle", path=path)

    def paint_pool(self, event: Event) -> None:
        """Windows, whose places end in a largest or a mean."""
        x0, ys = event.x0 + self.dx, self.ys(event)
        path, data = event.data["path"], event.data
        self._window(event, x0, x0 + 32, ys)
        low = max(ys) + 14
        for role in ("double", "between"):
            self.mark("path", role, {"d": f"M{number(x0 + 32)} {number(low)}h12"}, path=path)
        self.words(x0 + 34, low + 11, ((str(data["kernel"]), ""),), "small", path=path)
        self.words(x0 + 46, low + 4, ((data["reduce"], ""),), "small", path=path)
        tip = x0 + 46 + width(data["reduce"], 10) + 13
        self.mark("path", "head", {"d": _barb(tip, low)}, layer="glyph", path=path)

    def paint_window(self, event: Event) -> None:
        """Positions become positions and places."""
        self._window(event, event.x0 + self.dx, event.x1 + self.dx, self.ys(event)[:1])

    def paint_unit(self, event: Event) -> None:
        """The mirror of a cup: two wires that begin together."""
        y0, y1 = self.ys(event)
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        r = (y1 - y0) / 2
        d = (
            f"M{number(x1)} {number(y0)}H{number(x0 + r)}"
            f"A{number(r)} {number(r)} 0 0 0 {number(x0 + r)} {number(y1)}H{number(x1)}"
        )
        self.mark("path", "wire", {"d": d}, path=event.data["path"])

    # Blocks -------------------------------------------------------------------------------

    def paint_fence(self, event: Event) -> None:
        """A block's ground, title and, when it repeats, its brackets."""
        data = event.data
        rows = data.get("rows")
        top, bottom = [row * ROW + self.dy for row in rows] if rows else self.ys(event)
        depth = data["path"].count("/")
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        shape = {"x": x0, "y": top, "width": x1 - x0, "height": bottom - top, "rx": 8.0}
        role = f"fence depth-{depth % 3}"
        self.mark("rect", role, shape, layer="fence", path=data["path"])
        if not data.get("piece"):
            self.words(x0 + 10, top + 15, ((data["title"], ""),), "title", path=data["path"])
        count, over = data["count"], data["over"]
        if not count and not over:
            return
        if not data.get("cut_left"):
            self._bracket(x0 + 18, top + 22, bottom - 4, -1, data["path"])
        if not data.get("cut_right"):
            self._bracket(x1 - 18, top + 22, bottom - 4, 1, data["path"])
            text = f"×{count}" if count else f"along {over}"
            self.words(x1 - 10, top + 15, ((text, ""),), "count", "end", path=data["path"])

    def _bracket(self, x: float, top: float, bottom: float, side: int, path: str) -> None:
        reach = 9.0 * side
        d = (
            f"M{number(x)} {number(top)}C{number(x + reach)} {number(top + 22)} "
            f"{number(x + reach)} {number(bottom - 22)} {number(x)} {number(bottom)}"
        )
        self.mark("path", "bracket", {"d": d}, layer="glyph", path=path)


def power_runs(text: str) -> tuple[Run, ...]:
    """A factor with its exponents raised."""
    parts: list[Run] = []
    for c in text:
        plain = c.translate(_PLAIN)
        where = "sup" if plain != c else ""
        if parts and parts[-1][1] == where:
            parts[-1] = (parts[-1][0] + plain, where)
        else:
            parts.append((plain, where))
    return tuple(parts)


def text_width(parts: tuple[Run, ...], size: float) -> float:
    """Pixels of runs."""
    return runs_width(parts, size)


def _curve(x0: float, y0: float, x1: float, y1: float, *, start: bool = True) -> str:
    move = f"M{number(x0)} {number(y0)}" if start else ""
    if abs(y1 - y0) < 0.05:
        return f"{move}H{number(x1)}"
    bend = (x1 - x0) * 0.55
    return (
        f"{move}C{number(x0 + bend)} {number(y0)} {number(x1 - bend)} {number(y1)} "
        f"{number(x1)} {number(y1)}"
    )


def _arrow(x: float, y: float, size: float) -> str:
    back, half = number(x - size), size * 0.6
    return f"M{number(x)} {number(y)}L{back} {number(y - half)}V{number(y + half)}Z"


def _barb(x: float, y: float) -> str:
    """An arrow-head with a notch, its tip at x."""
    return (
        f"M{number(x)} {number(y)}L{number(x - 11)} {number(y - 5.5)}"
        f"L{number(x - 7.5)} {number(y)}L{number(x - 11)} {number(y + 5.5)}Z"
    )
