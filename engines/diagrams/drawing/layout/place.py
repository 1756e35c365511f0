"""From a graph to a strip: who is live, who is copied, who stands beside whom, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from engines.diagrams.drawing.layout import glyphs
from engines.diagrams.drawing.layout.order import Fence, Order, Placed, rooted
from engines.diagrams.drawing.layout.plan import levels, partners, uses
from engines.diagrams.drawing.layout.remembered import drawn, from_tape
from engines.diagrams.drawing.layout.strip import Segment, Strip, Wire
from engines.diagrams.drawing.layout.text import runs, runs_width, width
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Axes, Graph, Node, Value, join

SHUFFLE, LABEL_MIN, NAME_SIZE, LABEL_SIZE = 46.0, 30.0, 19.0, 15.0


class Placer(Order):
    """Places one diagram; ``collapsed`` are the paths of blocks drawn as closed boxes.

    ``path`` is where the diagram itself lies when it is the inside of a block.
    """

    def __init__(self, diagram: Circuit, collapsed: Collection[str] = (), path: str = "") -> None:
        super().__init__(Strip())
        self.collapsed = collapsed
        self.member = {axis: g for g, axes in diagram.groups.items() for axis in axes}
        self.strip.groups = dict(diagram.groups)
        self.strip.notes = tuple((note.value, note.text) for note in diagram.notes)
        self.strip.legend = _equations(diagram)
        self.diagram = diagram
        self.path = path
        self._depth = 0
        self._partners: dict[int, tuple[str, ...]] = {}

    def equation(self, node: Node) -> Strip:
        """A closed box that is called as ``node`` is, a sign of equality, and what is inside."""
        assert node.body is not None
        segments = [self.fresh(value, 0.0) for value in node.body.inputs]
        x = self.label(segments, 0.0) if segments else 0.0
        self.dashes(segments, 0.0, x)
        self.constrain(segments, None)
        solid = replace(node, name=node.body.name)
        glyph = glyphs.Glyph(self.strip, self.shown, solid, list(segments), segments, x, "")
        glyph.path = self.path
        out, x1 = glyph.place()
        self.constrain(out, None)
        x2 = x1 + self.label(out, x1) + 6
        for segment in out:
            for wire in segment.wires:
                self.strip.run(wire, x2, segment.value)
        self.dashes(out, x1, x2)
        tracks = [w.track for segment in (*segments, *out) for w in segment.wires]
        self.strip.add("equal", x2 + 10, x2 + 44, *tracks)
        self.strip.breaks.append((x2 + 50, 0))
        return self.run(x2 + 54)

    def run(self, x: float = 0.0) -> Strip:
        """The whole diagram, from x on."""
        tape = self.diagram.tape
        graph = from_tape(drawn(self.diagram.graph), dict(zip(tape, tape, strict=True)))
        indent = x + max((width(v.name, NAME_SIZE) for v in graph.inputs), default=0.0) + 14
        segments = [self.fresh(value, indent) for value in graph.inputs]
        for segment in segments:
            self._named(segment, x, indent - 8)
        x = indent + self.label(segments, indent)
        self.dashes(segments, indent, x)
        self.constrain(segments, None)
        out, x = self.graph(graph, segments, x, self.path, None)
        x1 = x + 8
        for segment in out:
            for wire in segment.wires:
                wire.labelled = x - wire.named_at < 60
        x1 += max(self.label(out, x + 4), 16)
        for segment in out:
            for wire in segment.wires:
                self.strip.run(wire, x1, segment.value)
            self._named(segment, x1 + 8, x1 + 8, end=True)
        self.dashes(out, x, x1)
        return self.strip

    def _named(self, segment: Segment, x0: float, x1: float, *, end: bool = False) -> None:
        tracks = [w.track for w in segment.wires]
        self.strip.add("name", x0, x1, *tracks, text=segment.value, end=end)

    # Values -------------------------------------------------------------------------------

    def shown(self, axes: Axes) -> Axes:
        """Axes as drawn: those of a group that are all there become one double wire."""
        if not self.member:
            return axes or ("",)
        found: list[str] = []
        for axis in axes:
            group = self.member.get(axis, "")
            whole = group and set(self.strip.groups[group]) <= set(axes)
            name = group if whole else axis
            if name not in found:
                found.append(name)
        return tuple(found) or ("",)

    def fresh(self, value: Value, x: float) -> Segment:
        """A value on tracks of its own."""
        tracks = self.strip.tracks
        wires = [Wire(axis, tracks.new(), x) for axis in self.shown(value.axes)]
        return Segment(value.name, wires, tracks.new())

    def label(self, segments: list[Segment], x: float) -> float:
        """Write the axes' names where they are not yet written; the room they take."""
        room = 0.0
        for segment in segments:
            for wire in segment.wires:
                if wire.labelled or not wire.axis:
                    continue
                wire.labelled, wire.named_at = True, x
                parts = runs(wire.axis)
                size = runs_width(parts, LABEL_SIZE)
                room = max(room, size + 12)
                self.strip.add("label", x + 3, x + 3 + size, wire.track, axis=wire.axis)
        return max(room, LABEL_MIN) if room else 10.0

    # One level ----------------------------------------------------------------------------

    def graph(
        self,
        graph: Graph,
        segments: list[Segment],
        x: float,
        path: str,
        fence: Fence | None,
        depth: int = 0,
    ) -> tuple[list[Segment], float]:
        """Place a graph whose inputs are ``segments``; what comes out, and where it ends."""
        left = uses(graph)
        self._partners |= partners(graph)
        segments = self._without_unused(segments, left, x)
        self.constrain(segments, fence)
        for nodes in levels(graph):
            taken = self._taken(nodes, segments, left)
            moved = self._arranged(nodes, taken, segments, x, fence)
            x1 = x + SHUFFLE if moved else x
            self.dashes(segments, x, x1)
            alone = len(nodes) == 1 and depth >= 0
            self._depth = depth + 1 if alone else -1
            x = self._column(nodes, taken, segments, x1, path, fence)
            fresh = [s for s in segments if left[s.value]]
            for segment in [s for s in segments if not left[s.value]]:
                self._ended(segment, x)
            segments[:] = fresh
            x0, x = x, x + self.label(segments, x)
            self.dashes(segments, x0, x)
            self.constrain(segments, fence)
            if depth >= 0:
                self.strip.breaks.append((x0, depth))
        return self._sorted(graph, segments, x, fence)

    def _without_unused(
        self, segments: list[Segment], left: Counter[str], x: float
    ) -> list[Segment]:
        for segment in segments:
            if not left[segment.value]:
                self._ended(segment, x + 10)
        return [s for s in segments if left[s.value]]

    def _ended(self, segment: Segment, x: float) -> None:
        for wire in segment.wires:
            self.strip.run(wire, x, segment.value)
            self.strip.add("end", x, x, wire.track, axis=wire.axis)

    def _taken(
        self, nodes: list[Node], segments: list[Segment], left: Counter[str]
    ) -> list[list[Segment]]:
        """The segment for every argument; values that are read again are copied below."""
        here: dict[str, int] = {}
        for node in nodes:
            for name in node.args:
                here[name] = here.get(name, 0) + 1
        ready: dict[str, list[Segment]] = {}
        for name, count in here.items():
            at = next(i for i, s in enumerate(segments) if s.value == name)
            n_copies = count - 1 if left[name] == count else count
            copies = [self._copy(segments[at]) for _ in range(n_copies)]
            if copies:  # the line below the original is now below its last copy
                copies[-1].dash, segments[at].dash = segments[at].dash, copies[-1].dash
            segments[at + 1 : at + 1] = copies
            ready[name] = [segments[at], *copies][:count]
            left[name] -= count
        return [[ready[name].pop(0) for name in node.args] for node in nodes]

    def _copy(self, segment: Segment) -> Segment:
        """Still on the tracks of its original; `_arranged` moves it to its own."""
        wires = [Wire(w.axis, w.track, -1.0, not w.axis) for w in segment.wires]
        return Segment(segment.value, wires, self.strip.tracks.new())

    def _arranged(  # noqa: C901 - what bends is gathered in one place
        self,
        nodes: list[Node],
        taken: list[list[Segment]],
        segments: list[Segment],
        x: float,
        fence: Fence | None,
    ) -> bool:
        """Bring arguments side by side and targets together; whether anything bent."""
        copies = [s for s in segments if s.wires and s.wires[0].x < 0]
        bent: dict[int, tuple[Wire, Segment]] = {}
        for takes in taken:
            for segment in glyphs.gathered(segments, takes):
                segment.dash = self.strip.tracks.new()
                bent.update({id(w): (w, segment) for w in segment.wires})
        for node, takes in zip(nodes, taken, strict=True):
            for segment, order in glyphs.wanted_orders(node, takes, self.shown):
                moved = glyphs.moved_wires(segment.wires, order)
                segment.wires = order
                bent.update({id(w): (w, segment) for w in moved})
        sinking: set[int] = set()
        for node, takes in zip(nodes, taken, strict=True):
            for segment in takes if node.kind in ("combine", "concat", "block") else ():
                upper = glyphs.above_gap(segment)
                sinking.update(id(w) for w in upper)
                bent.update({id(w): (w, segment) for w in upper})
                segment.gaps = frozenset()
        for segment in copies:
            bent.update({id(w): (w, segment) for w in segment.wires})
            for wire in segment.wires:
                wire.x = x + 8
                self.strip.add("dot", x + 8, x + 8, wire.track, axis=wire.axis, value=segment.value)
        for wire, segment in bent.values():
            if wire.x < x:
                self.strip.run(wire, x, segment.value)
            track = self.strip.tracks.new(sinking=id(wire) in sinking)
            self.strip.bend(wire, track, x + SHUFFLE, segment.value)
        if bent:
            self.constrain(segments, fence)
        return bool(bent)

    def _column(
        self,
        nodes: list[Node],
        taken: list[list[Segment]],
        segments: list[Segment],
        x: float,
        path: str,
        fence: Fence | None,
    ) -> float:
        """Every operation of a level; the segments afterwards replace those before."""
        placed, ends = [], [x]
        for node, takes in zip(nodes, taken, strict=True):
            item = Placed(node, sorted(takes, key=segments.index))
            self.strip.n_visible += not node.attrs.get("slot")
            ends.append(self._place(item, takes, x, path))
            placed.append(item)
        x1 = max(ends)
        sources = rooted(placed, segments, self._partners)
        self.level_order(placed, segments, fence)
        inside = {id(s) for item in placed for s in item.takes[:-1]}
        for segment in segments[:-1]:
            if id(segment) not in inside and segment not in sources:
                self.strip.dash(x, x1, segment.dash)
        self._replace(placed, segments)
        return x1

    def _replace(self, placed: list[Placed], segments: list[Segment]) -> None:
        for item in placed:
            if not item.takes:
                continue
            at = min(segments.index(s) for s in item.takes)
            for segment in item.takes:
                segments.remove(segment)
            segments[at:at] = item.gives

    def _place(self, item: Placed, args: list[Segment], x: float, path: str) -> float:
        node = item.node
        inner = join(path, node.key if node.body is not None else node.name)
        if node.body is not None and inner not in self.collapsed and node.body.nodes:
            return self._block(item, args, x, inner)
        painter = glyphs.Glyph(self.strip, self.shown, node, item.takes, args, x, path)
        item.gives, x1 = painter.place()
        item.over, item.under = painter.over, painter.under
        return x1

    def _block(self, item: Placed, args: list[Segment], x: float, path: str) -> float:
        """A block with its inside: fence, title, brackets when it repeats."""
        node, tracks = item.node, self.strip.tracks
        assert node.body is not None
        fence = (tracks.new(sinking=True), tracks.new())
        item.fence = fence
        count = node.attrs.get("repeat")
        over = node.attrs.get("over", "")
        pad = 30.0 if count is not None or over else 14.0
        names = {id(s): v.name for s, v in zip(args, node.body.inputs, strict=True)}
        inner = []
        for segment in item.takes:
            wires = self._entered(segment, over, x + pad / 2)
            inner.append(Segment(names[id(segment)], wires, segment.dash, segment.gaps))
        if inner:  # the line below the block stays outside
            inner[-1].dash = tracks.new()
        self.dashes(inner, x, x + pad)
        self.constrain(inner, fence)
        out, x1 = self.graph(node.body, inner, x + pad, path, fence, self._depth)
        title = node.name
        x1 = max(x1, x + width(title, 14) + 24) + pad - (6 if pad < 20 else 0)
        self.strip.add(
            "fence",
            x,
            x1,
            *fence,
            title=title,
            path=path,
            count=str(count) if count is not None else "",
            over=over,
            node=node,
        )
        last = item.takes[-1].dash if item.takes else tracks.new()
        item.gives = self._left(node, out, x1, last, over)
        return x1

    def _entered(self, segment: Segment, over: str, x: float) -> list[Wire]:
        wires = []
        for wire in segment.wires:
            if wire.axis == over:
                self.strip.run(wire, x, segment.value)
            else:
                wires.append(wire)
        return wires or [Wire("", segment.wires[0].track, x, True)]

    def _left(
        self, node: Node, out: list[Segment], x: float, dash: int, over: str
    ) -> list[Segment]:
        gives = []
        for segment, value in zip(out, node.outs, strict=True):
            wires = segment.wires
            if over in value.axes:
                wires = [Wire(over, self.strip.tracks.new(), x - 15), *wires]
                wires = [w for w in wires if w.axis]
            gives.append(Segment(value.name, wires, segment.dash, segment.gaps))
        if gives:
            gives[-1].dash = dash
        self.dashes(gives, x - 10, x)
        return gives

    def _sorted(
        self,
        graph: Graph,
        segments: list[Segment],
        x: float,
        fence: Fence | None,
    ) -> tuple[list[Segment], float]:
        """Outputs in their order, each with its wires together."""
        wanted: list[Segment] = []
        for name in graph.outputs:
            found = next((s for s in segments if s.value == name and s not in wanted), None)
            if found is None:
                original = next(s for s in segments if s.value == name)
                found = self._copy(original)
                segments.insert(segments.index(original) + 1, found)
            wanted.append(found)
        bent: list[tuple[Wire, Segment, bool]] = []
        for k, segment in enumerate(wanted):
            if segments.index(segment) != k:
                segments.remove(segment)
                segments.insert(k, segment)
                segment.dash = self.strip.tracks.new()
                bent += [(w, segment, False) for w in segment.wires]
            elif any(w.x < 0 for w in segment.wires):
                bent += [(w, segment, False) for w in segment.wires]
            elif glyphs.above_gap(segment):
                bent += [(w, segment, True) for w in glyphs.above_gap(segment)]
                segment.gaps = frozenset()
        if not bent:
            return wanted, x
        for wire, segment, sinking in bent:
            if wire.x < 0:
                wire.x = x + 8
                self.strip.add("dot", x + 8, x + 8, wire.track, axis=wire.axis, value=segment.value)
            self.strip.run(wire, x, segment.value)
            track = self.strip.tracks.new(sinking=sinking)
            self.strip.bend(wire, track, x + SHUFFLE, segment.value)
        self.constrain(wanted, fence)
        self.dashes(wanted, x, x + SHUFFLE)
        return wanted, x + SHUFFLE


def placed(diagram: Circuit, collapsed: Collection[str] = ()) -> Strip:
    """The diagram as a strip with heights."""
    strip = Placer(diagram, collapsed).run()
    strip.tracks.solve()
    return strip


def _equations(diagram: Circuit) -> tuple[str, ...]:
    """Sizes that are defined by others, axes under a second name left out."""
    named = {n: v for n, v in diagram.derived.items() if str(v) not in diagram.derived}
    told = [f"{n} = {v}" for n, v in named.items() if len(v.names) > 1 or len(v.terms) > 1]
    return tuple(told[:8])
