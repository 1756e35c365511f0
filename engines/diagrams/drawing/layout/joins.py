"""Operations on several values: cups, dots, bars and boxes."""

from __future__ import annotations

from engines.diagrams.drawing.layout.arrange import targets
from engines.diagrams.drawing.layout.pen import SYMBOLS, Pen
from engines.diagrams.drawing.layout.strip import Segment, Wire
from engines.diagrams.drawing.layout.text import width


class JoinPen(Pen):
    """Draws what joins wires of different values."""

    def permute(self) -> tuple[list[Segment], float]:
        """A contraction of one value only reorders it."""
        raise NotImplementedError

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
        end = Wire(wire.axis, wire.track, x0, bent=wire.bent)  # to this column it is where it was
        self.strip.bend(end, into.track, x1, value)
        self.strip.add("dot", x1, x1, into.track, axis=wire.axis, value=value)

    def _end_dashes(self, x: float) -> None:
        for segment in self.takes[:-1]:
            self.strip.dash(self.x, x, segment.dash)

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
        if host is self.takes[0]:
            self.over = self.strip.tracks.new(sinking=True)
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
        if solid and node.attrs.get("own") and node.body is not None and node.body.name != text:
            note = node.body.name
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
