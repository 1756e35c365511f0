"""How each operation is drawn: which wires end at its symbol, which begin, which pass by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.diagrams.layout.arrange import Shown, gathered, moved_wires, targets, wanted_orders
from engines.diagrams.layout.strip import Segment, Strip, Wire
from engines.diagrams.layout.text import runs, runs_width, width
from engines.diagrams.model import Axes, Node, join

__all__ = ["Glyph", "above_gap", "gathered", "moved_wires", "wanted_orders"]

SYMBOLS = {
    "relu": "R", "gelu": "G", "gelu_tanh": "G", "silu": "S", "sigmoid": "σ", "tanh": "tanh",
    "exp": "exp", "log": "log", "sqrt": "√", "rsqrt": "1/√", "square": "( )²", "abs": "| |",
    "neg": "−", "reciprocal": "1/", "add": "+", "sub": "−", "mul": "×", "div": "÷",
    "maximum": "max", "minimum": "min", "sum": "Σ", "mean": "𝔼", "max": "Max", "min": "Min",
    "prod": "Π", "softmax": "softmax", "log_softmax": "log softmax", "LayerNorm": "LN",
    "RMSNorm": "RMS", "BatchNorm": "BN", "GroupNorm": "GN", "InstanceNorm": "IN", "arange": "0…", "ones": "1",
    "zeros": "0", "step": "θ", "sign": "±",
}  # fmt: skip


def above_gap(segment: Segment) -> list[Wire]:
    """The wires above the lowest gap that consumed wires have left inside this value."""
    below = [k for k, w in enumerate(segment.wires) if w.axis in segment.gaps and k > 0]
    return segment.wires[: max(below)] if below else []


class Glyph:
    """Places one operation at x: ``takes`` from top to bottom, ``args`` in order; ``place`` gives the new segments and where the column ends."""

    def __init__(
        self,
        strip: Strip,
        shown: Shown,
        node: Node,
        takes: list[Segment],
        args: list[Segment],
        x: float,
        path: str,
    ) -> None:
        self.strip, self.shown, self.node, self.x = strip, shown, node, x
        self.takes, self.args = takes, args
        self.path = join(path, node.outs[0].name if node.outs else node.name)
        self.over: int | None = None

    def place(self) -> tuple[list[Segment], float]:
        """Draw the operation and its wires."""
        painters: dict[str, Callable[[], tuple[list[Segment], float]]] = {
            "einsum": self.einsum,
            "combine": self.combine,
            "concat": self.concat,
            "pointwise": self.pointwise,
            "causal": self.pointwise,
            "rotate": self.pointwise,
            "masked": self.combine,
            "scatter": self.box,
            "permute": self.permute,
            "param": self.source,
            "const": self.source,
            "block": self.box,
            "opaque": self.box,
        }
        kind = self.node.kind
        if kind == "fn" and len(self.takes) > 1:
            return self.box()
        return painters.get(kind, self.unary)()

    # Helpers ------------------------------------------------------------------------------

    def symbol(self, what: str, x0: float, x1: float, tracks: list[int], **data: Any) -> None:
        """The operation's own mark; hovering it tells about the operation."""
        self.strip.add(what, x0, x1, *tracks, path=self.path, node=self.node, **data)

    def scaled(self, x: float, track: int) -> float:
        """An arrow with the factor an operation multiplies by, if it has one."""
        scale = self.node.attrs.get("scale")
        if scale is None:
            return x
        text = "∗" + str(scale)
        size = width(text, 14) + 24
        self.strip.add("scale", x, x + size, track, text=text, path=self.path)
        return x + size

    def output(self, wires: list[Wire], *, gap: str = "") -> list[Segment]:
        """One segment with these wires in place of everything taken."""
        dash = self.takes[-1].dash if self.takes else self.strip.tracks.new()
        gaps = frozenset(a for s in self.takes for a in s.gaps) | {gap}
        return [Segment(self.node.out.name, wires or [self._blank()], dash, gaps)]

    def _blank(self) -> Wire:
        track = self.takes[0].wires[0].track if self.takes else self.strip.tracks.new()
        return Wire("", track, self.x + 30, True)

    def swap(
        self, segment: Segment, ins: Axes, outs: Axes, x0: float, x1: float
    ) -> tuple[list[Wire], list[int]]:
        """End ``ins`` at x0 and begin ``outs`` at x1 in their place; the new wires and tracks."""
        hit = [w for w in segment.wires if w.axis in ins]
        for wire in hit:
            self.strip.run(wire, x0, segment.value)
        tracks = [w.track for w in hit]
        kept = [w for w in segment.wires if w.axis not in ins and w.axis]
        at = segment.wires.index(hit[0]) if hit else len(kept)
        at = min(at, len(kept))
        new_tracks = tracks[: len(outs)]
        new_tracks += [self.strip.tracks.new() for _ in range(len(outs) - len(tracks))]
        if len(hit) == len(outs) == len(ins):  # each axis goes on where it came in
            place = {w.axis: ins.index(w.axis) for w in hit}
            outs = tuple(outs[place[w.axis]] for w in hit)
        made = [Wire(a, t, x1) for a, t in zip(outs, new_tracks, strict=True)]
        if outs and segment.gaps & set(ins):
            segment.gaps |= {outs[0]}
        return [*kept[:at], *made, *kept[at:]], list(dict.fromkeys([*tracks, *new_tracks]))

    # Operations on one value --------------------------------------------------------------

    def unary(self) -> tuple[list[Segment], float]:
        """Targets end at the symbol, results begin behind it, all else passes by."""
        segment, x = self.takes[0], self.x + 6
        ins, outs = targets(self.node, self.shown)
        size = self._unary_width()
        begin = x + 32 if self.node.kind == "pool" else x + size
        wires, tracks = self.swap(segment, ins, outs, x, begin)
        if not tracks:
            tracks = [segment.wires[-1].track]
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
            case "conv" | "pool" | "window":
                named = {"T": "T"}.get(fn, "")
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
            case "window":
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
        text = SYMBOLS.get(self.node.attrs.get("fn", ""), self.node.attrs.get("fn", ""))
        text = SYMBOLS.get(text[:-1], text[:-1]) + "′" if text.endswith("'") else text
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

    def source(self) -> tuple[list[Segment], float]:
        """A learned array or a constant: wires that begin here."""
        fn = str(self.node.attrs.get("fn", ""))
        text = SYMBOLS.get(fn, self.node.name or "W")
        bold = self.node.kind == "param"
        x0, x1 = self.x + 4, self.x + 20 + width(text, 18)
        if fn == "eye":
            wires = [Wire(a, self.strip.tracks.new(), x1) for a in self.node.out.axes]
            self.symbol("unit", x0, x1, [w.track for w in wires])
            return self.output(wires), x1 + 4
        wires = [Wire(a, self.strip.tracks.new(), x1) for a in self.shown(self.node.out.axes)]
        sup = self.node.name if bold else ""
        said = {"text": "W" if bold else text, "sup": sup, "sub": ""}
        self.symbol("bold" if bold else "plain", x0, x1, [w.track for w in wires], **said)
        return self.output(wires), x1 + 4

    # Operations on several values ---------------------------------------------------------

    def _stack(self) -> list[Segment]:
        """What is taken, from top to bottom, each segment once."""
        return self.takes

    def einsum(self) -> tuple[list[Segment], float]:
        """Contracted wires meet in a cup, shared ones at a dot, the others pass."""
        if len(self.takes) == 1:
            return self.permute()
        outs = self.shown(self.node.out.axes)
        x, wires, gap = self.x, list(self.takes[0].wires), ""
        upper = self.takes[0]
        for k, lower in enumerate(self.takes[1:], start=2):
            later = {a for s in self.takes[k:] for a in s.axes}
            wires, x, gap = self._pair(upper, wires, lower, {*outs, *later}, x, gap)
        x1 = x
        dash = self.takes[-2].dash
        tracks = list(dict.fromkeys(w.track for s in self.takes for w in s.wires))
        self.symbol("touch", self.x, x1, tracks)
        self._end_dashes(self.x + 8)
        if self.node.attrs.get("scale") is not None:
            x1 = self.scaled(x1 - 8, dash)
        return self.output(wires, gap=gap), x1 + 2

    def _pair(
        self, upper: Segment, wires: list[Wire], lower: Segment, keep: set[str], x: float, gap: str
    ) -> tuple[list[Wire], float, str]:
        below = {w.axis: w for w in lower.wires}
        cups = [w for w in wires if w.axis in below and w.axis not in keep]
        dots = [w for w in wires if w.axis in below and w.axis in keep and w.axis]
        size = 58.0 if cups or dots else 30.0
        for k, wire in enumerate(cups):
            other = below[wire.axis]
            self.strip.run(wire, x, upper.value)
            self.strip.run(other, x, lower.value)
            self.strip.add(
                "cup", x, x + size - 14 - 7 * k, wire.track, other.track, upper.dash,
                axis=wire.axis, rank=k, many=len(cups), path=self.path,
                arrow=self.node.attrs.get("scale") is None and k == 0,
            )  # fmt: skip
        x1 = x + size
        for wire in dots:
            self._join(wire, below[wire.axis], x, x1 - 4, upper.value)
        rest_up = [w for w in wires if w.axis not in below and w.axis]
        rest_low = [w for w in lower.wires if w.axis and w.axis in keep]
        if rest_up and rest_low and (cups or dots) and not gap:
            gap = rest_low[0].axis
        return [*rest_up, *rest_low], x1, gap

    def _join(self, wire: Wire, into: Wire, x0: float, x1: float, value: str) -> None:
        """A wire curves into another one and ends there at a dot."""
        self.strip.run(wire, x0, value)
        self.strip.add("bend", x0, x1, wire.track, into.track, axis=wire.axis, value=value)
        self.strip.add("dot", x1, x1, into.track, axis=wire.axis, value=value)

    def _end_dashes(self, x: float) -> None:
        for segment in self.takes[:-1]:
            self.strip.add("dash", self.x, x, segment.dash)

    def combine(self) -> tuple[list[Segment], float]:
        """Wires of one axis join at dots on the value with the most axes."""
        if len(self.takes) == 1:
            return self._by_number()
        host = max(self.takes, key=lambda s: len(s.wires))
        fn = str(self.node.attrs.get("fn", "masked"))
        x, x1 = self.x, self.x + 50
        wires = list(host.wires)
        above = True
        tops: list[int] = []
        for segment in self.takes:
            if segment is host:
                above = False
                continue
            extra = []
            for wire in segment.wires:
                into = host.wire(wire.axis) if wire.axis else None
                if into is not None:
                    self._join(wire, into, x, x1 - 8, segment.value)
                    tops.append(into.track)
                elif wire.axis:
                    extra.append(wire)
                else:
                    self.strip.run(wire, x1 - 8, segment.value)
            wires = [*extra, *wires] if above else [*wires, *extra]
        text = {"masked": "mask"}.get(fn, SYMBOLS.get(fn, fn))
        tracks = [w.track for w in host.wires]
        self.symbol("plus", x1 - 22, x1 + 6, tracks, text=text)
        self._end_dashes(x1 - 26)
        if self.node.attrs.get("scale") is not None:
            x1 = self.scaled(x1, tracks[0])
        return self.output(wires), x1 + 6

    def _by_number(self) -> tuple[list[Segment], float]:
        fn, by = str(self.node.attrs["fn"]), float(self.node.attrs.get("by", 0.0))
        segment = self.takes[0]
        text = f"{SYMBOLS.get(fn, fn)} {by:g}"
        lone = len(segment.wires) == 1
        if lone:
            self.over = self.strip.tracks.new(sinking=True)
        track = self.over if self.over is not None else segment.wires[-1].track
        size = 32 + width(text, 15)
        self.symbol("arrows", self.x + 4, self.x + 4 + size, [track], text=text, above=not lone)
        return self.output(list(segment.wires)), self.x + size + 8

    def concat(self) -> tuple[list[Segment], float]:
        """Shared axes join at dots; the others end at a thick bar, from which one wire leaves."""
        ins, (made,) = self.node.attrs["ins"], self.node.attrs["outs"]
        host, x = self.takes[0], self.x
        x1 = x + 54
        pairs = dict(zip(map(id, self.args), ins, strict=True))
        bar = host.wire(pairs[id(host)])
        assert bar is not None
        self.strip.run(bar, x1 - 8, host.value)
        for segment in self.takes[1:]:
            for wire in segment.wires:
                if wire.axis == pairs[id(segment)]:
                    self.strip.run(wire, x, segment.value)
                    n = self.takes.index(segment)
                    self.strip.add(
                        "into_bar", x, x1 - 8, wire.track, bar.track, axis=wire.axis, rank=n
                    )
                else:
                    into = host.wire(wire.axis)
                    if into is not None:
                        self._join(wire, into, x, x1 - 14, segment.value)
        self.symbol("concat", x1 - 8, x1 - 4, [bar.track], n=len(self.takes))
        self._end_dashes(x1 - 20)
        wires = [Wire(made, bar.track, x1 - 4) if w is bar else w for w in host.wires]
        return self.output(wires), x1 + 2

    def box(self) -> tuple[list[Segment], float]:
        """A closed box: a function of several values, a folded block, or what is not known."""
        node = self.node
        solid = node.kind == "block"
        text = node.name or str(node.attrs.get("fn", "")) or "f"
        count = node.attrs.get("repeat")
        note = f"×{count}" if count is not None else ""
        if node.attrs.get("over"):
            note = f"along {node.attrs['over']}"
        size = max(40.0, width(text, 15) + 24, width(note, 12) + 24)
        x0, x1 = self.x + 6, self.x + 6 + size
        passing = set() if node.kind != "fn" else self._passing()
        hit = [w for s in self.takes for w in s.wires if w.axis not in passing]
        tracks = {w.axis: w.track for w in hit}
        for segment in self.takes:
            for wire in segment.wires:
                if wire.axis not in passing:
                    self.strip.run(wire, x0, segment.value)
        free = [w.track for w in hit]
        gives, used = self._results(tracks, free, passing, x1)
        every = list(dict.fromkeys([*(w.track for w in hit), *used]))
        self.symbol("solid" if solid else "boxed", x0, x1, every, text=text, note=note)
        self._end_dashes(x0)
        return gives, x1 + 8

    def _passing(self) -> set[str]:
        ins, _ = targets(self.node, self.shown)
        return {w.axis for s in self.takes for w in s.wires if w.axis not in ins}

    def _results(
        self, tracks: dict[str, int], free: list[int], passing: set[str], x: float
    ) -> tuple[list[Segment], list[int]]:
        """Result wires keep their axis's track where order allows, else take the next free one."""
        gives, used = [], []
        pool = list(dict.fromkeys(free))
        kept = [w for s in self.takes for w in s.wires if w.axis in passing and w.axis]
        for k, value in enumerate(self.node.outs):
            wires = list(kept) if k == 0 else []
            for axis in [a for a in self.shown(value.axes) if a not in passing]:
                if axis in tracks and tracks[axis] in pool:
                    track = tracks[axis]
                    pool = pool[pool.index(track) + 1 :]
                else:
                    later = [tracks[a] for a in self.shown(value.axes) if a in tracks]
                    usable = [t for t in pool[:1] if t not in later]
                    track = usable[0] if usable else self.strip.tracks.new()
                    pool = pool[1:] if usable else pool
                used.append(track)
                wires.append(Wire(axis, track, x))
            gives.append(Segment(value.name, wires, self.strip.tracks.new()))
        if gives and self.takes:
            gives[-1].dash = self.takes[-1].dash
        return gives, used


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
    "reduce": "reduce",
    "index": "pentagon",
    "slice": "bar",
    "put": "bar",
    "topk": "boxed",
}


def label_width(axis: str, size: float) -> float:
    """Pixels of an axis's name."""
    return runs_width(runs(axis), size)
