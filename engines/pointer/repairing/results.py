"""What is shown of a repair: the tour with what changed, and how good repairs are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics.intervals import half_widths
from engines.pointer.repairing.asked import RepairSpec

_NAMES = ("order kept", "repaired")
_JUDGED = (*_NAMES, "searched anew")


@dataclass(frozen=True, eq=False)
class Trials:
    """Random moves. Times are measured and differ between runs."""

    lengths: np.ndarray
    """float64[trial, 4]: with the order kept, repaired, by 2-opt and Or-opt from greedy edges, and
    solved anew."""
    seconds: np.ndarray
    """float64[trial, 3]: CPU time of the last three."""

    @property
    def longer(self) -> np.ndarray:
        """Per cent above solving anew, kept, repaired and searched anew: float64[3, trial]."""
        return 100 * (self.lengths[:, :3] / self.lengths[:, 3:] - 1).T

    @property
    def milliseconds(self) -> np.ndarray:
        """Of the repair, of searching and of solving anew: float64[3, trial]."""
        return 1e3 * self.seconds.T


@dataclass(frozen=True, eq=False)
class RepairFrame(Frame):
    """The last move and its repair."""

    spec: RepairSpec
    points_before: np.ndarray
    """float64[city, 2]."""
    tour_before: np.ndarray
    """int64[city]."""
    points: np.ndarray
    """float64[city, 2], after the move."""
    tour: np.ndarray
    """int64[city], repaired."""
    moved: np.ndarray
    """int64[_]: cities that have moved."""
    kept_length: float
    """Of the order before, through the places after."""
    length: float
    anew_length: float
    """nan until it is known."""
    seconds: tuple[float, float]
    """CPU time of the repair, and of solving anew."""

    def at(self, fraction: float) -> Self:
        """The same, further on."""
        return replace(self, fraction=fraction)

    def pictures(self) -> tuple[Picture, ...]:
        """The tour with what changed, and lengths."""
        return (changed_tour(self), lengths(self))


@dataclass(frozen=True, eq=False)
class Repairs(Result):
    """The last move, and how good repairs are."""

    last: RepairFrame
    trials: Trials

    @property
    def spec(self) -> RepairSpec:
        """What was asked."""
        return self.last.spec

    @property
    def tour(self) -> np.ndarray:
        """The repaired tour: int64[city]."""
        return self.last.tour

    @property
    def points(self) -> np.ndarray:
        """Where the cities lie now: float64[city, 2]."""
        return self.last.points

    def moments(self) -> tuple[Frame, ...]:
        """One: the last move."""
        return (self.last,)

    def pictures(self) -> tuple[Picture, ...]:
        """The tour, its lengths, and what random moves say."""
        drawn = self.last.pictures()
        if not len(self.trials.lengths):
            return drawn
        return (*drawn, judged(self.trials), times(self.trials))


def edges(tour: np.ndarray, n: int) -> np.ndarray:
    """Each edge as one number, whichever way it is walked: int64[city]."""
    ends = np.stack([tour, np.roll(tour, -1)])
    return ends.min(axis=0) * n + ends.max(axis=0)


def changed_tour(frame: RepairFrame) -> Curves:
    """The tour now; edges that are new, those that are gone, and the cities that moved."""
    n = len(frame.tour)
    now, was = edges(frame.tour, n), edges(frame.tour_before, n)
    new, gone = now[~np.isin(now, was)], was[~np.isin(was, now)]
    closed = np.r_[frame.tour, frame.tour[:1]]
    parts = {
        "tour": frame.points[closed],
        "new edges": _segments(frame.points, new, n),
        "gone, as they were": _segments(frame.points_before, gone, n),
        "moved": frame.points[frame.moved],
    }
    xy = np.concatenate([np.r_[part, [[np.nan, np.nan]]] for part in parts.values()])
    owner = np.concatenate([np.full(len(p) + 1, k) for k, p in enumerate(parts.values())])
    lines = {name: np.where(owner == k, xy[:, 1], np.nan) for k, name in enumerate(list(parts)[:3])}
    # A line of nothing, so that the dots have a colour and an entry in the legend.
    lines["moved"] = np.full(len(xy), np.nan)
    title = f"{len(frame.moved):,} moved, {len(new):,} edges new: length {frame.length:,.5g}"
    return Curves(
        title, xy[:, 0], lines, Axis("x"), Axis("y"), square=True, large=True,
        dots={"moved": np.where(owner == 3, xy[:, 1], np.nan)},
    )  # fmt: skip


def _segments(points: np.ndarray, chosen: np.ndarray, n: int) -> np.ndarray:
    """Edges as lines with gaps between them: float64[_, 2]."""
    ends = np.stack([points[chosen // n], points[chosen % n]], axis=1)
    gaps = np.full((len(chosen), 1, 2), np.nan)
    return np.concatenate([ends, gaps], axis=1).reshape(-1, 2)


def lengths(frame: RepairFrame) -> Bars:
    """How much longer than solving anew, after this move."""
    longer = 100 * (np.array([frame.kept_length, frame.length]) / frame.anew_length - 1)
    mended, anew = (1e3 * s for s in frame.seconds)
    took = f"{mended:.1f} ms, anew " + (f"{anew:.0f} ms" if anew == anew else "…")
    ticks = tuple((float(k), name) for k, name in enumerate(_NAMES))
    return Bars(f"Repaired in {took}", longer, Axis("", ticks=ticks), Axis("above anew", "%"))


def judged(trials: Trials) -> Bars:
    """How much longer than solving anew, over random moves."""
    mean, half = trials.longer.mean(axis=1), half_widths(trials.longer)
    ticks = tuple((float(k), name) for k, name in enumerate(_JUDGED))
    title = f"{len(trials.lengths)} random moves, 95 % intervals"
    return Bars(
        title, mean, Axis("", ticks=ticks), Axis("above anew", "%"),
        whiskers=(mean - half, mean + half),
    )  # fmt: skip


def times(trials: Trials) -> Table:
    """Both in numbers."""
    mean, half = trials.longer.mean(axis=1), half_widths(trials.longer)
    ms = trials.milliseconds
    return Table(
        f"{len(trials.lengths)} random moves",
        {
            "tour": (*_JUDGED, "with windows, anew"),
            "above anew, %": np.r_[mean, 0.0],
            "95 % interval, ± %": np.r_[half, np.nan],
            "CPU time, ms": np.r_[0.0, ms.mean(axis=1)],
        },
    )
