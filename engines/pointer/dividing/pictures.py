"""Pictures of a large tour: windows in colours, one window opened, gaps against time."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics.intervals import half_widths
from engines.pointer.dividing.courses import Courses

_COLOURS = 4
_N_COLOURS = 8
"""Of lines, in every theme."""
_GAP_FLOOR, _MS_FLOOR = 0.1, 0.01
"""Per cent and milliseconds, for axes that have no zero."""
_OFF_SCALE = 60.0
"""Per cent: a method above is told in the title, or the bars of the others could not be read."""


class Stage(Protocol):
    """A tour before and after a stage of windows."""

    @property
    def points(self) -> np.ndarray:
        """float64[city, 2]."""
        ...

    @property
    def name(self) -> str:
        """What was done."""
        ...

    @property
    def before(self) -> np.ndarray:
        """int64[city]."""
        ...

    @property
    def after(self) -> np.ndarray:
        """int64[city]."""
        ...

    @property
    def begins(self) -> np.ndarray:
        """int64[window]: places of the tour."""
        ...

    @property
    def saved(self) -> np.ndarray:
        """float64[window]."""
        ...

    @property
    def length(self) -> float:
        """Of the tour."""
        ...

    @property
    def shown(self) -> int:
        """The opened window, counted from 1, or 0."""
        ...


def tour_in_windows(frame: Stage) -> Curves:
    """The tour, in four colours that come again along it; a line each, however many cities."""
    n, n_windows = len(frame.after), len(frame.begins)
    pieces = [_piece(frame.begins, k, n) for k in range(n_windows)]
    x = np.concatenate([np.r_[frame.points[frame.after[p], 0], np.nan] for p in pieces])
    y = np.concatenate([np.r_[frame.points[frame.after[p], 1], np.nan] for p in pieces])
    colour = np.concatenate([np.full(len(p) + 1, k % _COLOURS) for k, p in enumerate(pieces)])
    lines = {
        f"{k + 1}, {k + 1 + _COLOURS} …": np.where(colour == k, y, np.nan) for k in range(_COLOURS)
    }
    title = f"{frame.name.capitalize()}: length {frame.length:,.5g}"
    return Curves(title, x, lines, Axis("x"), Axis("y"), square=True, large=True)


def _piece(begins: np.ndarray, k: int, n: int) -> np.ndarray:
    """Places of a window, both ends counted."""
    if len(begins) == 1:
        return (begins[0] + np.arange(n + 1)) % n
    size = (begins[(k + 1) % len(begins)] - begins[k]) % n + 1
    return (begins[k] + np.arange(size)) % n


def window_before_and_after(frame: Stage) -> Curves:
    """One window as the stage found it and as it left it."""
    k = min(frame.shown, len(frame.begins)) - 1 if frame.shown else int(np.argmax(frame.saved))
    places = _piece(frame.begins, k, len(frame.after))
    told = (frame.before[places], frame.after[places])
    x = [np.r_[frame.points[cities, 0], np.nan] for cities in told]
    blank = np.full(len(places) + 1, np.nan)
    rows = [np.r_[frame.points[cities, 1], np.nan] for cities in told]
    lines = {
        "before": np.concatenate([rows[0], blank]),
        "after": np.concatenate([blank, rows[1]]),
    }
    gained = f"{frame.saved[k]:.3g} shorter" if frame.saved[k] > 0 else "not shortened"
    title = f"Window {k + 1} of {len(frame.begins)}, {frame.name}: {gained}"
    return Curves(title, np.concatenate(x), lines, Axis("x"), Axis("y"))


def gap_against_time(courses: Courses) -> Curves:
    """Every method's course on the first instance, both axes in powers of ten."""
    ms = np.maximum(1e3 * courses.seconds[:, 0], _MS_FLOOR)
    gap = np.maximum(100 * courses.gaps[:, 0], _GAP_FLOOR)
    known = np.isfinite(ms)
    x = np.unique(ms[known]) if known.any() else np.ones(1)
    lines = {}
    for name, at, to in zip(courses.names, ms, gap, strict=True):
        reached = np.searchsorted(at[np.isfinite(at)], x, side="right") - 1
        lines[name] = np.full(len(x), np.nan)
        there = (reached >= 0) & (x <= np.nanmax(at, initial=0.0))
        lines[name][there] = np.log10(to[reached[there]])
    # Colours come again after eight; who has one a second time has rings at its steps.
    dots = {
        name: np.where(np.isin(x, ms[k]), lines[name], np.nan)
        for k, name in enumerate(courses.names)
        if k >= _N_COLOURS
    }
    return Curves(
        f"Gap to {courses.reference_name}, against CPU time",
        np.log10(x),
        lines,
        Axis("CPU time of one thread", ticks=_decades((0.1, 1, 10, 100, 1_000, 10_000), "ms")),
        Axis("gap", ticks=_decades((0.1, 1, 3, 10, 30, 100, 1_000), "%")),
        dots=dots,
    )


def _decades(values: tuple[float, ...], unit: str) -> tuple[tuple[float, str], ...]:
    return tuple((float(np.log10(v)), f"{v:,g} {unit}") for v in values)


def mean_gaps(courses: Courses) -> np.ndarray:
    """Per cent, over the instances a method has ended on: float64[method], nan for none."""
    gap = 100 * courses.last
    n = np.isfinite(gap).sum(axis=1)
    return np.where(n > 0, np.nansum(gap, axis=1) / np.maximum(n, 1), np.nan)


def comparison(courses: Courses) -> Bars:
    """Mean gap of every method where it ends; those off the scale are told in the title."""
    mean, half = mean_gaps(courses), half_widths(100 * courses.last)
    off = np.flatnonzero(mean > _OFF_SCALE)
    told = "".join(f"; {courses.names[k]}: {mean[k]:,.0f} %" for k in off)
    heights = np.where(mean > _OFF_SCALE, np.nan, mean)
    whiskers = (np.where(mean > _OFF_SCALE, np.nan, mean - half),
                np.where(mean > _OFF_SCALE, np.nan, mean + half))  # fmt: skip
    ticks = tuple((float(k), name) for k, name in enumerate(courses.names))
    n = courses.lengths.shape[1]
    title = f"Mean gap, {n} set{'s' * (n > 1)} of cities{told}"
    return Bars(title, heights, Axis("", ticks=ticks), Axis("gap", "%"), whiskers=whiskers)


def notes(courses: Courses, notices: tuple[str, ...]) -> tuple[Picture, ...]:
    """The comparison in numbers, and what had to be said."""
    gap, first = 100 * courses.last, 100 * courses.first.mean(axis=1)
    seconds = np.nanmax(courses.seconds, axis=2, initial=0.0).mean(axis=1)
    table = Table(
        f"Gap to {courses.reference_name}",
        {
            "method": courses.names,
            "start, %": first,
            "end, %": gap.mean(axis=1),
            "95 % interval, ± %": half_widths(gap),
            "CPU time, ms": 1e3 * seconds,
            "mean length": last_length(courses),
        },
    )
    if not notices:
        return (table,)
    return (table, Table("Notes", {"note": notices}))


def last_length(courses: Courses) -> np.ndarray:
    """Mean length of every method's last tours: float64[method]."""
    steps = np.isfinite(courses.lengths).sum(axis=2)
    last = np.take_along_axis(courses.lengths, np.maximum(steps - 1, 0)[:, :, None], axis=2)
    return last[:, :, 0].mean(axis=1)
