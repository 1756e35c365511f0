"""Who lies above whom: constraints between tracks, and the dashed lines between values."""

from __future__ import annotations

from dataclasses import dataclass, field

from engines.diagrams.drawing.layout.strip import Segment, Strip
from engines.diagrams.graph.nodes import Node

WIRE_GAP, DASH_GAP, ROOM = 1.0, 0.62, 0.72
PLACES_GAP = 0.55
"""Rows between the lowest wire of a pool and what becomes of its places."""
Fence = tuple[int, int]
"""Tracks of the upper and the lower edge of a block."""


@dataclass
class Placed:
    """One operation in the column that is being placed, with the segments it takes."""

    node: Node
    takes: list[Segment]
    gives: list[Segment] = field(default_factory=list)
    fence: Fence | None = None
    over: int | None = None
    """A track above the first wire for a symbol that needs the room."""
    under: tuple[int, int] | None = None
    """The lowest track that ends at a symbol, and the one of what hangs from it."""


class Order:
    """Writes the order of segments into a strip's tracks."""

    def __init__(self, strip: Strip) -> None:
        self.strip = strip
        self._drawn: set[int] = set()
        """Dashed lines that have begun."""

    def constrain(
        self,
        segments: list[Segment],
        fence: Fence | None,
        over: dict[int, int] | None = None,
        under: dict[int, int] | None = None,
    ) -> None:
        """Everything of this level lies in this order, within the fence.

        ``over`` are tracks above segments, by their identity; ``under`` tracks below tracks.
        """
        tracks = self.strip.tracks
        order, below = tracks.order, tracks.below
        above, gap = (fence[0], 1.05) if fence else (None, 0.0)
        last = segments[-1] if segments else None
        for segment in segments:
            special = over.get(id(segment)) if over else None
            if special is not None:
                if above is not None:
                    order(above, special, gap - 0.28)
                above, gap = special, ROOM
            for wire in segment.wires:
                track = wire.track
                # Most of it is known from the column before.
                if above is not None and below[above].get(track, -1.0) < gap:
                    order(above, track, gap)
                above, gap = track, WIRE_GAP
                if under and track in under:
                    above, gap = under[track], ROOM
            if segment is not last and above is not None:
                if below[above].get(segment.dash, -1.0) < DASH_GAP:
                    order(above, segment.dash, DASH_GAP)
                above, gap = segment.dash, DASH_GAP
        if fence and above is not None:
            order(above, fence[1], 0.55)

    def dashes(self, segments: list[Segment], x0: float, x1: float) -> None:
        """The lines between values from x0 to x1."""
        for segment in segments[:-1]:
            begun = segment.dash in self._drawn
            self._drawn.add(segment.dash)
            self.strip.dash(x0 if begun else min(x1, x0 + 16), x1, segment.dash)

    def level_order(
        self, placed: list[Placed], segments: list[Segment], fence: Fence | None
    ) -> None:
        """In this column a block is as tall as its fence, a symbol above its wires needs room."""
        over = {id(i.takes[0]): i.over for i in placed if i.over is not None and i.takes}
        under = dict(i.under for i in placed if i.under is not None)
        fences = {id(s): i.fence for i in placed if i.fence for s in i.takes}
        if not fences:
            self.constrain(segments, fence, over, under)
            return
        order = self.strip.tracks.order
        above: tuple[int, float] | None = (fence[0], 1.05) if fence else None
        seen: set[int] = set()
        for segment in segments:
            edge = fences.get(id(segment))
            if edge and edge[0] in seen:
                last = [s for s in segments if fences.get(id(s)) == edge][-1]
                if segment is last and segment is not segments[-1]:
                    order(edge[1], segment.dash, 0.3)
                    above = (segment.dash, 0.3)
                continue
            for track, gap in (
                [(edge[0], 0.0), (edge[1], 1.0)] if edge else _rows(segment, over, under)
            ):
                if above is not None:
                    order(above[0], track, gap or above[1])
                above = (track, WIRE_GAP)
            if edge:
                seen.add(edge[0])
                above = (edge[1], 0.3)
            same = [s for s in segments if edge and fences.get(id(s)) == edge]
            is_last = not edge or segment is same[-1]
            if is_last and segment is not segments[-1] and above is not None:
                order(above[0], segment.dash, 0.3 if edge else DASH_GAP)
                above = (segment.dash, DASH_GAP)
        if fence and above is not None:
            order(above[0], fence[1], 0.55)


def _rows(segment: Segment, over: dict[int, int], under: dict[int, int]) -> list[tuple[int, float]]:
    """A value's tracks in a column, each with the room above it, 0 for as much as is usual."""
    rows: list[tuple[int, float]] = []
    gap = 0.0
    if id(segment) in over:
        rows, gap = [(over[id(segment)], 0.0)], ROOM
    for wire in segment.wires:
        rows.append((wire.track, gap))
        gap = WIRE_GAP
        if wire.track in under:
            rows.append((under[wire.track], PLACES_GAP))
            gap = ROOM
    return rows


def rooted(
    placed: list[Placed], segments: list[Segment], partners: dict[int, tuple[str, ...]]
) -> list[Segment]:
    """Put what a column's sources make right below what it is first read with; what that is."""
    sources: list[Segment] = []
    for item in (item for item in placed if not item.takes):
        near = set(partners.get(id(item.node), ()))
        makers = {
            id(take)
            for other in placed
            if any(value.name in near for value in other.node.outs)
            for take in other.takes
        }
        hits = [k for k, s in enumerate(segments) if s.value in near or id(s) in makers]
        at = hits[-1] + 1 if hits else len(segments)
        segments[at:at] = item.gives
        sources += item.gives
    return sources
