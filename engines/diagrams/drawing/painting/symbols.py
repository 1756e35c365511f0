"""The symbols of operations: bold letters, triangles, circles, stars, bars, boxes, tags."""

from __future__ import annotations

from engines.diagrams.drawing.layout.strip import ROW, Event
from engines.diagrams.drawing.layout.text import runs, width
from engines.diagrams.drawing.painting.canvas import Canvas, barb, curve
from engines.diagrams.drawing.painting.scene import number


class SymbolCanvas(Canvas):
    """Paints every kind of operation."""

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

    def paint_memory(self, event: Event) -> None:
        """The name under which wires are saved, or from which they are loaded."""
        path, name, tail = event.data["path"], event.data["name"], event.data["tail"]
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        ys, loaded = sorted(self.ys(event)), event.data["node"].out.name
        rows = [ys[0] + k * ROW for k in range(len(ys))] if tail else ys
        top, height = rows[0] - 0.5 * ROW, rows[-1] - rows[0] + ROW
        shape = {"x": x0, "y": top, "width": x1 - x0 - tail, "height": height, "rx": 4.0}
        self.mark("rect", "memory", shape, layer="glyph", path=path, value=name)
        for axis, row, y in zip(event.data["axes"], rows, ys, strict=True) if tail else ():
            self.line(curve(x1 - tail, row, x1, y), {"axis": axis, "value": loaded})
        x, y = (x0 + x1 - tail) / 2, rows[0] - 0.5 * ROW + height / 2
        to, out = ((("→ ", ""),), ()) if event.data["saves"] else ((), ((" →", ""),))
        self.words(x, y + 6, (*to, *runs(name), *out), "value", "middle", path=path, value=name)

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
        right = left + (12.5 if text == "W" else width(text, 24) / 2 + 1)
        if sup:
            self.words(right, y - 3, ((sup, ""),), "mark", path=data["path"])
        if sub:
            self.words(right, y + 12, ((sub, ""),), "mark", path=data["path"])

    def paint_boxed(self, event: Event) -> None:
        """Any function."""
        role = "box opaque" if event.data["node"].kind == "opaque" else "box"
        self.box(event, role, layer="glyph", path=event.data["path"])
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
            self.mark("path", "head", {"d": barb(tip, y)}, layer="glyph", path=path)
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
        r = 10.5 if len(event.data["text"]) < 3 else 12.5
        for y in self.ys(event):
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
            self.mark("path", "head", {"d": barb(x1, y)}, layer="glyph", path=path)
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
        low, place = max(ys), self.y(event.tracks[-1]) + 8
        d = (
            f"M{number(x0)} {number(min(ys) - 11)}H{number(x1)}V{number(max(low + 21, place))}"
            f"L{number(x0)} {number(low + 11)}Z"
        )
        self.mark("path", "trapezoid", {"d": d}, layer="glyph", path=path)
        text = "★" + (f"/{data['stride']}" if data["stride"] > 1 else "")
        middle = (min(ys) + low) / 2 + 5
        self.words((x0 + x1) / 2, middle, ((text, ""),), "star", "middle", path=path)

    def paint_pool(self, event: Event) -> None:
        """Windows, whose places end in a largest or a mean on a track of their own."""
        x0, ys = event.x0 + self.dx, self.ys(event)[:-1]
        path, data = event.data["path"], event.data
        self._window(event, x0, x0 + 32, ys)
        low = self.y(event.tracks[-1])
        for role in ("double", "between"):
            self.mark("path", role, {"d": f"M{number(x0 + 32)} {number(low)}h12"}, path=path)
        self.words(x0 + 34, low + 11, ((str(data["kernel"]), ""),), "small", path=path)
        self.words(x0 + 46, low + 4, ((data["reduce"], ""),), "small", path=path)
        tip = x0 + 46 + width(data["reduce"], 10) + 13
        self.mark("path", "head", {"d": barb(tip, low)}, layer="glyph", path=path)

    def paint_window(self, event: Event) -> None:
        """Positions become positions and places."""
        self._window(event, event.x0 + self.dx, event.x1 + self.dx, self.ys(event)[:1])

    def paint_fold(self, event: Event) -> None:
        """A window transposed: positions and places become positions."""
        ys, path, data = self.ys(event), event.data["path"], event.data
        x0, x1 = event.x0 + self.dx, event.x1 + self.dx
        top, low = min(ys), max(ys)
        d = (
            f"M{number(x0)} {number(top - 11)}H{number(x1)}V{number(top + 11)}"
            f"L{number(x0)} {number(low + 11)}Z"
        )
        self.mark("path", "trapezoid", {"d": d}, layer="glyph", path=path)
        stride = f"/{data['stride']}" if data["stride"] > 1 else ""
        parts = (("★", ""), ("T", "sup"), (stride, ""))
        self.words((x0 + x1) / 2, top + 5, parts, "star", "middle", path=path)

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
