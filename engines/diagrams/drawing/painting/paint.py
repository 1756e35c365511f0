"""From the strip to marks: every event becomes shapes at its x and at the heights of its tracks."""

from __future__ import annotations

from engines.diagrams.drawing.layout.strip import ROW, Event
from engines.diagrams.drawing.layout.text import Run, runs
from engines.diagrams.drawing.layout.wrap import Line, lines_from_strip
from engines.diagrams.drawing.painting.canvas import LEFT, arrow, curve, through
from engines.diagrams.drawing.painting.notes import NoteCanvas
from engines.diagrams.drawing.painting.scene import LAYERS, Mark, Scene, number

_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᐟ", "0123456789−/")
TOP, LINE_SKIP = 30.0, 34.0
EDGES = 2 * LEFT + 22 + 18
"""Pixels of a line's width beside the strip: margins and the tips of wires that go on."""


class Painter(NoteCanvas):
    """Paints the strip line by line."""

    def run(self, width_max: float, top: float = TOP, below: float = 0.0) -> Scene:
        """The whole picture, wrapped at a width, its first line at ``top``.

        ``below`` pixels are left free under every line.
        """
        lines = lines_from_strip(self.strip, width_max - EDGES)
        kinds = {event.what for event in self.strip.events}
        painters = {what: getattr(self, "paint_" + what) for what in kinds}
        for line in lines:
            self.dx = LEFT - line.x0 + (22 if line.continued else 0)
            self.dy = top - line.top * ROW
            for event in line.events:
                painters[event.what](event)
            self._tips(line)
            self.scene.width = max(self.scene.width, line.x1 + self.dx + LEFT + 18)
            top += (line.bottom - line.top) * ROW
            if below:
                self.scene.floors.append(top + 0.6 * ROW)
            top += LINE_SKIP + 12 + below
        self.scene.height = top - 8
        self.notes()
        layers: dict[str, list[Mark]] = {layer: [] for layer in LAYERS}
        for mark in self.scene.marks:
            layers[mark.layer].append(mark)
        # Blocks are placed from the inside out, but lie behind what they hold.
        layers["fence"].sort(key=lambda mark: mark.path.count("/"))
        self.scene.marks = [mark for layer in LAYERS for mark in layers[layer]]
        return self.scene

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
        self.mark("path", "tip", {"d": arrow(x + size, y, 7)}, layer="glyph", axis=axis)

    # Wires --------------------------------------------------------------------------------

    def paint_wire(self, event: Event) -> None:
        """A straight piece."""
        y, dx = number(self.y(event.tracks[0])), self.dx
        self.line(f"M{number(event.x0 + dx)} {y}H{number(event.x1 + dx)}", event.data)

    def paint_bend(self, event: Event) -> None:
        """From one track to another, or by way of a third."""
        x0, x1, ys = event.x0 + self.dx, event.x1 + self.dx, self.ys(event)
        via = event.data.get("via")
        d = curve(x0, ys[0], x1, ys[1]) if via is None else through(x0, via + self.dx, x1, ys)
        self.line(d, event.data)

    def paint_into_bar(self, event: Event) -> None:
        """To the lower part of a concatenation's bar."""
        y0, y1 = self.ys(event)
        drop = 0.42 * ROW * event.data["rank"]
        self.line(curve(event.x0 + self.dx, y0, event.x1 + self.dx, y1 + drop), event.data)

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
            curve(x0, y0, xa, upper)
            + f"A{number(radius)} {number(radius)} 0 0 1 {number(xa)} {number(lower)}"
            + curve(xa, lower, x0, y1, start=False)
        )
        self.line(d, event.data)
        self.scene.marks[-1].path = event.data["path"]
        self.mark("path", "cup", {"d": f"M{number(x1)} {number(ym)}h0.1"}, path=event.data["path"])
        if event.data["arrow"]:
            self.arrow_line(x1, ym, 15, event.data["path"])

    def paint_scale(self, event: Event) -> None:
        """What the result is multiplied by, on an arrow."""
        x, y = event.x0 + self.dx, self.y(event.tracks[0])
        size = event.x1 - event.x0 - 4
        path = event.data["path"]
        self.arrow_line(x, y, size, path)
        self.words(x + 2, y - 5, power_runs(event.data["text"]), "factor", path=path)

    # Words --------------------------------------------------------------------------------

    def paint_label(self, event: Event) -> None:
        """An axis's name, above its wire."""
        axis = event.data["axis"]
        role = "group" if axis in self.strip.groups else "axis"
        y = self.y(event.tracks[0]) - (5 if role == "group" else 4.5)
        self.words(event.x0 + self.dx, y, runs(axis), role, axis=axis)

    def paint_name(self, event: Event) -> None:
        """The name of an input or an output."""
        ys = self.ys(event)
        y = (min(ys) + max(ys)) / 2 + 6
        anchor = "start" if event.data["end"] else "end"
        x = event.x0 if event.data["end"] else event.x1
        text = event.data["text"]
        self.words(x + self.dx, y, runs(text), "value", anchor, value=text)

    # Blocks -------------------------------------------------------------------------------

    def paint_equal(self, event: Event) -> None:
        """Between a closed box and its inside."""
        x, y = self.middle(event)
        self.words(x, y + 9, (("=", ""),), "equation", "middle")

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
