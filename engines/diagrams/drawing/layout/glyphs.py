"""How each operation is drawn: which wires end at its symbol, which begin, which pass by."""

from __future__ import annotations

from typing import Any

from engines.diagrams.drawing.layout.arrange import gathered, moved_wires, targets, wanted_orders
from engines.diagrams.drawing.layout.joins import JoinPen
from engines.diagrams.drawing.layout.order import PLACES_GAP
from engines.diagrams.drawing.layout.pen import SYMBOLS
from engines.diagrams.drawing.layout.strip import Segment, Wire
from engines.diagrams.drawing.layout.text import width

TAIL = 26.0
"""Pixels in which wires from memory reach their heights."""

__all__ = ["Glyph", "above_gap", "gathered", "moved_wires", "wanted_orders"]


def above_gap(segment: Segment) -> list[Wire]:
    """The wires above the lowest gap that consumed wires have left inside this value."""
    below = [k for k, w in enumerate(segment.wires) if w.axis in segment.gaps and k > 0]
    return segment.wires[: max(below)] if below else []


class Glyph(JoinPen):
    """Places one operation; ``place`` gives the new segments and where the column ends."""

    def place(self) -> tuple[list[Segment], float]:
        """Draw the operation and its wires."""
        kind = self.node.kind
        if kind == "fn" and len(self.takes) > 1:
            return self.box()
        if kind == "permute" and self.node.attrs.get("fn"):
            return self.memory(saves=self.node.attrs["fn"] == "save")
        return getattr(self, _METHODS.get(kind, "unary"))()

    def unary(self) -> tuple[list[Segment], float]:
        """Targets end at the symbol, results begin behind it, all else passes by."""
        segment, x = self.takes[0], self.x + 6
        ins, outs = targets(self.node, self.shown)
        size = self._unary_width()
        begin = x + 32 if self.node.kind == "pool" else x + size
        wires, tracks = self.swap(segment, ins, outs, x, begin)
        if not tracks:
            tracks = [segment.wires[-1].track]
        if self.node.kind == "pool":
            places = self.strip.tracks.new()
            self.strip.tracks.order(tracks[-1], places, PLACES_GAP)
            self.under = (tracks[-1], places)
            tracks = [*tracks, places]
        self.symbol(_PAINTER.get(self.node.kind, "boxed"), x, x + size, tracks, **self._said())
        x1 = x + size
        if self.node.attrs.get("scale") is not None:
            x1 = self.scaled(x1, tracks[0])
        return self.output(wires), x1 + 4

    def _said(self) -> dict[str, Any]:
        node, attrs = self.node, self.node.attrs
        fn = str(attrs.get("fn", ""))
        text = SYMBOLS.get(fn, node.name or fn or node.kind)
        match node.kind:
            case "linear":
                return {"text": "L", "sup": node.name, "sub": "+" if attrs["bias"] else ""}
            case "embed":
                return {"text": "E", "sup": node.name, "sub": ""}
            case "conv" | "pool" | "window" | "fold":
                named = "T" if fn == "T" or node.kind == "fold" else ""
                reduce = {"max": "Max", "avg": "𝔼"}.get(fn, "")
                return {
                    "kernel": attrs["kernel"],
                    "stride": attrs["stride"],
                    "sup": named,
                    "reduce": reduce,
                    "sub": "+" if attrs.get("bias") else "",
                    "groups": attrs.get("groups", 1),
                }
            case "index":
                return {"text": str(attrs["at"])}
            case "fn":
                return {"text": node.name or "f"}
            case "topk":
                return {"text": f"top {attrs['k']}"}
            case "slice" | "put":
                return {"text": "⌇"}
        return {"text": text}

    def _unary_width(self) -> float:
        said = self._said()
        text = str(said.get("text", ""))
        match self.node.kind:
            case "linear" | "embed":
                return 26 + width(said["sup"], 12) + (8 if said["sub"] else 0)
            case "conv":
                return 44.0 + (12 if said["stride"] > 1 else 0)
            case "pool":
                return 82.0
            case "window" | "fold":
                return 34.0
            case "softmax":
                return 26.0
            case "norm":
                return 34.0
            case "view" | "rename" | "expand" | "slice" | "put":
                return 14.0
            case "reduce":
                return 26 + width(text, 15)
        return 22 + width(text, 16)

    def pointwise(self) -> tuple[list[Segment], float]:
        """Between two arrow-heads, above the last wire, touching none."""
        segment = self.takes[0]
        fn = str(self.node.attrs.get("fn", ""))
        text = SYMBOLS.get(fn, fn)
        text = SYMBOLS.get(text[:-1], text[:-1]) + "′" if text.endswith("'") else text
        text = str(self.node.attrs["to"]) if self.node.kind == "cast" else text
        text = {"causal": "◣", "rotate": "↻"}.get(self.node.kind, text)
        size = 32 + width(text, 16)
        x0 = self.x + 4
        lone = len(segment.wires) == 1
        if lone:
            self.over = self.strip.tracks.new(sinking=True)
        track = self.over if self.over is not None else segment.wires[-1].track
        self.symbol("arrows", x0, x0 + size, [track], text=text, above=not lone)
        x1 = x0 + size
        if self.node.attrs.get("scale") is not None:
            x1 = self.scaled(x1, track)
        return self.output(list(segment.wires)), x1 + 2

    def permute(self) -> tuple[list[Segment], float]:
        """Wires cross into the declared order."""
        segment, x1 = self.takes[0], self.x + 46
        order = {axis: k for k, axis in enumerate(self.shown(self.node.out.axes))}
        after = sorted(segment.wires, key=lambda w: order[w.axis])
        moved = {id(w) for w in moved_wires(segment.wires, after)}
        wires = [self._bent(w, x1, segment.value) if id(w) in moved else w for w in after]
        if self.node.attrs.get("scale") is not None:
            x1 = self.scaled(x1, segment.wires[-1].track)
        return self.output(wires), x1

    def _bent(self, wire: Wire, x1: float, value: str) -> Wire:
        """The wire on a track of its own from x1 on; the old one is still known to this column."""
        self.strip.run(wire, self.x, value)
        track = self.strip.tracks.new()
        ends = {"axis": wire.axis, "value": value}
        self.strip.add("bend", self.x, x1, wire.track, track, **ends)
        return Wire(wire.axis, track, x1)

    def memory(self, *, saves: bool) -> tuple[list[Segment], float]:
        """Wires end at the name they are saved under, or begin at the one they are loaded from."""
        name = str(self.node.attrs["of"])
        x0 = self.x + 6
        x1 = x0 + 22 + width(f"→ {name}", 19)
        wires = self.takes[0].wires if saves else []
        for wire in wires:
            self.strip.run(wire, x0, self.takes[0].value)
        axes = self.shown(self.node.out.axes)
        x1 += 0 if saves else TAIL
        made = [] if saves else [Wire(a, self.strip.tracks.new(), x1) for a in axes]
        tracks = [w.track for w in (*wires, *made)]
        self.symbol(
            "memory", x0, x1, tracks, name=name, saves=saves, axes=axes, tail=0.0 if saves else TAIL
        )
        return ([] if saves else self.output(made)), x1 + 4

    def source(self) -> tuple[list[Segment], float]:
        """A learned array or a constant: wires that begin here."""
        fn = str(self.node.attrs.get("fn", ""))
        text = SYMBOLS.get(fn, self.node.name or "W")
        bold = self.node.kind == "param"
        x0, x1 = self.x + 4, self.x + 20 + width(text, 18)
        if bold:
            x1 = x0 + 33 + width(self.node.name, 12)
        if fn == "eye":
            wires = [Wire(a, self.strip.tracks.new(), x1) for a in self.node.out.axes]
            self.symbol("unit", x0, x1, [w.track for w in wires])
            return self.output(wires), x1 + 4
        wires = [Wire(a, self.strip.tracks.new(), x1) for a in self.shown(self.node.out.axes)]
        sup = self.node.name if bold else ""
        said = {"text": "W" if bold else text, "sup": sup, "sub": ""}
        self.symbol("bold" if bold else "plain", x0, x1, [w.track for w in wires], **said)
        return self.output(wires), x1 + 4


_PAINTER = {
    "linear": "bold",
    "embed": "bold",
    "softmax": "triangle",
    "norm": "norm",
    "view": "bar",
    "expand": "bar",
    "rename": "equals",
    "conv": "star",
    "pool": "pool",
    "window": "window",
    "fold": "fold",
    "reduce": "reduce",
    "index": "pentagon",
    "slice": "bar",
    "put": "bar",
    "topk": "boxed",
}
_METHODS = {
    "einsum": "einsum",
    "combine": "combine",
    "concat": "concat",
    "pointwise": "pointwise",
    "cast": "pointwise",
    "causal": "pointwise",
    "rotate": "pointwise",
    "masked": "combine",
    "scatter": "box",
    "gather": "box",
    "permute": "permute",
    "param": "source",
    "const": "source",
    "block": "box",
    "opaque": "box",
}
