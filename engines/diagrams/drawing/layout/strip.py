"""The picture as one long strip: what is drawn, from which x to which x, on which tracks.

Lengths along x are pixels; heights are tracks until they are solved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engines.diagrams.drawing.layout.tracks import Tracks
from engines.diagrams.graph.nodes import Axes

ROW = 26.0
"""Pixels between two wires of one array."""


@dataclass(slots=True, eq=False)
class Wire:
    """An axis of a live value: its track, and since which x it has run there."""

    axis: str
    track: int
    x: float
    labelled: bool = False
    named_at: float = -1e9
    """Where its name was written last."""
    bent: Event | None = None
    """How it came to its track."""


@dataclass(slots=True, eq=False)
class Segment:
    """A live value: its wires from top to bottom, and the dashed line below it."""

    value: str
    wires: list[Wire]
    dash: int
    gaps: frozenset[str] = frozenset()
    """Axes right below a gap that consumed wires have left."""

    @property
    def axes(self) -> Axes:
        """Axes from top to bottom."""
        return tuple(wire.axis for wire in self.wires)

    def wire(self, axis: str) -> Wire | None:
        """The wire of an axis."""
        return next((w for w in self.wires if w.axis == axis), None)


@dataclass(slots=True, eq=False)
class Event:
    """Something to draw; ``what`` names its painter, ``tracks`` its heights.

    ``data`` are the texts, flags and identities the painter wants.
    """

    what: str
    x0: float
    x1: float
    tracks: tuple[int, ...]
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Strip:
    """Everything that was placed."""

    tracks: Tracks = field(default_factory=Tracks)
    events: list[Event] = field(default_factory=list)
    breaks: list[tuple[float, int]] = field(default_factory=list)
    """Where a line may wrap, and within how many blocks."""
    groups: dict[str, Axes] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()
    """(value, text) of every call-out."""
    legend: tuple[str, ...] = ()
    """Size equations, as lines."""
    n_visible: int = 0
    _dashes: dict[int, Event] = field(default_factory=dict)
    """The last piece of every dashed line."""

    def add(self, what: str, x0: float, x1: float, *tracks: int, **data: Any) -> None:
        """Draw something."""
        self.events.append(Event(what, x0, x1, tracks, data))

    def dash(self, x0: float, x1: float, track: int) -> None:
        """A dashed line from x0 to x1; one that goes on where it ended stays one piece."""
        last = self._dashes.get(track)
        if last is not None and last.x1 == x0:
            last.x1 = x1
        else:
            self._dashes[track] = last = Event("dash", x0, x1, (track,), {})
            self.events.append(last)

    def run(self, wire: Wire, x: float, value: str) -> None:
        """Draw a wire on its track up to x."""
        if x > wire.x:
            self.add("wire", wire.x, x, wire.track, axis=wire.axis, value=value)
            wire.x = x

    def bend(self, wire: Wire, track: int, x1: float, value: str) -> None:
        """Let a wire change its track from where it is to x1; at once again is one curve."""
        last = wire.bent
        if last is not None and last.x1 == wire.x and "via" not in last.data:
            last.data |= {"via": wire.x, "value": value}
            last.x1, last.tracks = x1, (*last.tracks, track)
        else:
            data = {"axis": wire.axis, "value": value}
            wire.bent = Event("bend", wire.x, x1, (wire.track, track), data)
            self.events.append(wire.bent)
        wire.x, wire.track = x1, track
