"""A long strip in several lines: cut between columns, outside blocks where that is possible."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from itertools import pairwise

from engines.diagrams.drawing.layout.strip import Event, Strip

_CUTTABLE = frozenset(["wire", "dash", "fence"])
_LAST_SHARE = 0.2
"""The last line is at least so much of the width, where there is a choice."""


@dataclass
class Line:
    """One line: what is on it, from which x to which x, from which row to which row."""

    x0: float
    x1: float
    continued: bool = False
    events: list[Event] = field(default_factory=list)
    leaving: list[tuple[Event, float]] = field(default_factory=list)
    entering: list[tuple[Event, float]] = field(default_factory=list)
    top: float = 0.0
    bottom: float = 0.0


def lines_from_strip(strip: Strip, width_max: float) -> list[Line]:
    """The strip cut where it gets wider than ``width_max``."""
    end = max((event.x1 for event in strip.events), default=0.0)
    cuts = _cuts(strip, end, width_max)
    edges = [0.0, *cuts, end]
    lines = [Line(a, b, k > 0) for k, (a, b) in enumerate(pairwise(edges))]
    starts = [line.x0 for line in lines]
    for event in strip.events:
        first = max(0, bisect_right(starts, event.x0) - 1)
        if event.x1 < lines[first].x1 and event.x0 > lines[first].x0:
            lines[first].events.append(event)  # most lie within one line
        else:
            last = bisect_right(starts, event.x1)
            _share(event, lines[max(0, first - 1) : last + 1])
    y = strip.tracks.y
    for line in lines:
        cut = [e for e in line.events if e.what == "fence" and _is_cut(e)]
        rows = [y[t] for e in line.events if e.what != "fence" or not _is_cut(e) for t in e.tracks]
        top, bottom = min(rows, default=0.0), max(rows, default=0.0)
        for n, event in enumerate(sorted(cut, key=lambda e: -e.data["path"].count("/")), start=1):
            event.data["rows"] = (
                max(y[event.tracks[0]], top - 0.95 * n),
                min(y[event.tracks[1]], bottom + 0.5 * n),
            )
        edges = [row for event in cut for row in event.data["rows"]]
        line.top, line.bottom = min([top, *edges]), max([bottom, *edges])
    return [line for line in lines if line.events]


def _is_cut(event: Event) -> bool:
    return bool(event.data.get("cut_left") or event.data.get("cut_right"))


def _cuts(strip: Strip, end: float, width_max: float) -> list[float]:
    """Outside blocks where such a place leaves no line short, inside them else."""
    cuts: list[float] = []
    start = 0.0
    breaks = sorted(strip.breaks)
    at = [x for x, _ in breaks]
    while end - start > width_max:
        near = breaks[bisect_right(at, start + 60) : bisect_right(at, start + width_max)]
        fits = [(x, depth) for x, depth in near if 60 < x - start <= width_max]
        # A last line of a bracket and names alone would waste its height.
        fits = [(x, depth) for x, depth in fits if end - x >= _LAST_SHARE * width_max] or fits
        good = [(depth, -x) for x, depth in fits if x - start > 0.5 * width_max]
        if not fits:
            later = [x for x in at[bisect_right(at, start + 60) :] if x < end - 60][:1]
            if not later:
                break
            start = min(later)
        else:
            start = -min(good)[1] if good else max(x for x, _ in fits)
        if end - start < 60:
            break
        cuts.append(start)
    return cuts


def _share(event: Event, lines: list[Line]) -> None:
    for line in lines:
        inside = event.x0 < line.x1 and event.x1 > line.x0
        point = event.x0 == event.x1 and line.x0 <= event.x0 <= line.x1
        if not (inside or point):
            continue
        if event.what not in _CUTTABLE:
            line.events.append(event)
            return
        a, b = max(event.x0, line.x0), min(event.x1, line.x1)
        if b - a < 0.5 and event.what != "fence":
            continue
        cut = {"cut_left": a > event.x0, "cut_right": b < event.x1, "piece": a > event.x0}
        line.events.append(replace(event, x0=a, x1=b, data={**event.data, **cut}))
        if event.what == "wire":
            if b < event.x1 and b == line.x1:
                line.leaving.append((event, b))
            if a > event.x0 and a == line.x0:
                line.entering.append((event, a))
