"""Pictures of routes: one colour a vehicle, how full they are, cost against time."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics.intervals import half_widths
from engines.pointer.delivering.asked import STARTS, VehiclesSpec
from engines.pointer.delivering.instances import AM_GREEDY, LKH3, is_usual
from engines.pointer.delivering.progress import Progress
from engines.pointer.delivering.routes import routes_of

_COLOURS = 6
"""Beside them the depot's; more do not fit over a picture."""
_MS_FLOOR = 0.01
_OFF_SCALE = 25.0
"""Per cent above the cheapest: what lies higher is told in the title."""
_OFF_LINE = 1.3
"""Times the least mean cost: lines begin below."""
_DIAMOND = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, -1.0], [-1.0, 0.0], [0.0, 1.0]])


class Moment(Protocol):
    """Routes on stage."""

    @property
    def spec(self) -> VehiclesSpec:
        """What was asked."""
        ...

    @property
    def points(self) -> np.ndarray:
        """float64[node, 2]."""
        ...

    @property
    def demand(self) -> np.ndarray:
        """float64[node]."""
        ...

    @property
    def capacity(self) -> float:
        """Of a vehicle."""
        ...

    @property
    def name(self) -> str:
        """What was done."""
        ...

    @property
    def visits(self) -> np.ndarray:
        """int64[stop]."""
        ...

    @property
    def cost(self) -> float:
        """Of all routes."""
        ...


def around(points: np.ndarray, visits: np.ndarray) -> list[np.ndarray]:
    """Routes in the order of where they lie around the depot, so that neighbours differ."""
    routes = routes_of(visits)
    middles = np.array([points[r].mean(axis=0) for r in routes]).reshape(-1, 2) - points[0]
    return [routes[k] for k in np.argsort(np.arctan2(middles[:, 1], middles[:, 0]), kind="stable")]


def colour_names(n_routes: int) -> list[str]:
    """One for each colour, with the numbers of its vehicles."""
    found = []
    for k in range(min(n_routes, _COLOURS)):
        numbers = range(k + 1, n_routes + 1, _COLOURS)
        found.append(", ".join(map(str, numbers[:2])) + (" …" if len(numbers) > 2 else ""))
    return found


def routes_in_colours(moment: Moment) -> Curves:
    """Every route from the depot and back; customers are rings, the depot a diamond."""
    points, routes = moment.points, around(moment.points, moment.visits)
    pieces = [points[np.r_[0, r, 0]] for r in routes]
    extent = float(np.ptp(points, axis=0).max(initial=0.0)) or 1.0
    pieces.append(points[0] + 0.02 * extent * _DIAMOND)
    names = [*colour_names(len(routes)), "depot"]
    drawn = [np.vstack([piece, [[np.nan, np.nan]]]) for piece in pieces]
    x, y = np.concatenate(drawn).T
    colour = np.concatenate([np.full(len(p), k % _COLOURS) for k, p in enumerate(drawn)])
    colour[-len(drawn[-1]) :] = len(names) - 1
    inner = np.concatenate([_inner(len(p)) for p in drawn[:-1]] + [np.zeros(len(drawn[-1]), bool)])
    lines = {name: np.where(colour == k, y, np.nan) for k, name in enumerate(names)}
    dots = {name: np.where((colour == k) & inner, y, np.nan) for k, name in enumerate(names[:-1])}
    title = f"{moment.spec.start.capitalize()}, {moment.name}: cost {moment.cost:,.5g}"
    return Curves(title, x, lines, Axis("x"), Axis("y"), dots=dots, square=True, large=True)


def _inner(n: int) -> np.ndarray:
    """Which of a route's points are customers."""
    found = np.ones(n, bool)
    found[[0, -2, -1]] = False
    return found


def loads_of(moment: Moment) -> Bars:
    """What every vehicle carries, in per cent of what it takes."""
    routes = around(moment.points, moment.visits)
    load = np.array([moment.demand[r].sum() for r in routes])
    names, n = colour_names(len(routes)), len(routes)
    kind = tuple(names[k % _COLOURS] for k in range(n))
    # A sum of shares rounds; 30 in vehicles of 30 are one.
    least = int(np.ceil(moment.demand.sum() / moment.capacity - 1e-9))
    ticks = tuple((float(k), str(k + 1)) for k in range(n)) if n <= 30 else ()
    title = f"{n} vehicle{'s' * (n > 1)} of {moment.capacity:g}; {least} or more needed"
    return Bars(
        title, 100 * load / moment.capacity, Axis("vehicle", ticks=ticks), Axis("load", "%"), kind
    )


def mean_and_half(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over instances [..., instance] that have one, and half its 95 % interval."""
    n = np.isfinite(values).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(values, axis=-1) / n
    return mean, half_widths(values)


def cost_against_time(progress: Progress, spec: VehiclesSpec) -> Curves:
    """Mean cost of every method after each of its steps, with 95 % intervals over instances."""
    cost, half = mean_and_half(np.moveaxis(progress.costs[:, progress.whole], 1, -1))
    seconds = mean_and_half(np.moveaxis(progress.seconds[:, progress.whole], 1, -1))[0]
    ms = np.log10(np.maximum(1e3 * seconds, _MS_FLOOR))
    least = np.nanmin(cost, initial=np.inf)
    cost = np.where(cost <= _OFF_LINE * least, cost, np.nan)
    there = np.isfinite(cost) & np.isfinite(ms)
    x = np.unique(ms[there]) if there.any() else np.ones(1)
    lines, bands, dots = {}, {}, {}
    for k, name in enumerate(progress.names):
        at, to, by = ms[k, there[k]], cost[k, there[k]], half[k, there[k]]
        lines[name], dots[name] = _between(x, at, to), np.where(np.isin(x, at), 1.0, np.nan)
        dots[name] = dots[name] * lines[name]
        bands[name] = (_between(x, at, to - by), _between(x, at, to + by))
    if is_usual(spec):
        n = spec.n_customers
        lines["AM (published)"] = np.full(len(x), AM_GREEDY[n])
        lines["LKH3 (published)"] = np.full(len(x), LKH3[n])
    n = int(progress.whole.sum())
    title = f"Mean cost, {n} instance{'s' * (n != 1)}, 95 % bands"
    return Curves(
        title, x, lines, Axis("CPU time of one thread", ticks=_DECADES), Axis("mean cost"),
        bands=bands, dots=dots,
    )  # fmt: skip


_DECADES = tuple(
    (float(np.log10(ms)), text)
    for ms, text in {
        0.01: "10 µs", 0.1: "0.1 ms", 1: "1 ms", 10: "10 ms", 100: "0.1 s", 1e3: "1 s",
        1e4: "10 s", 1e5: "100 s",
    }.items()
)  # fmt: skip


def _between(x: np.ndarray, at: np.ndarray, to: np.ndarray) -> np.ndarray:
    """A line through (at, to), nothing before its first point or after its last."""
    if not len(at):
        return np.full(len(x), np.nan)
    order = np.argsort(at, kind="stable")
    return np.interp(x, at[order], to[order], left=np.nan, right=np.nan)


def comparison(progress: Progress) -> Bars:
    """Mean excess over the cheapest that was found, for each method's steps up to windows."""
    heights, half = mean_and_half(100 * np.moveaxis(progress.excess[:, progress.whole], 1, -1))
    rows, names, kind = [], [], []
    for k, name in enumerate(progress.names):
        chosen = _shown_steps(progress, k)
        rows += [(k, j) for j in chosen]
        names += [_short(progress.step_names[j]) if len(chosen) > 1 else name for j in chosen]
        kind += [name] * len(chosen)
    at = tuple(np.array(rows, int).T)
    mean, by = heights[at], half[at]
    off = bool((mean > _OFF_SCALE).any())
    mean = np.where(mean > _OFF_SCALE, np.nan, mean)
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    said = f"; bars above {_OFF_SCALE:.0f} % are in the table only" if off else ""
    title = f"Mean cost above the cheapest that any method found{said}"
    return Bars(title, mean, Axis("", ticks=ticks), Axis("mean excess", "%"), tuple(kind),
                whiskers=(mean - by, mean + by))  # fmt: skip


def _shown_steps(progress: Progress, row: int) -> list[int]:
    """Of a method with steps: start, both local searches, and the last stage of windows."""
    if np.isfinite(progress.costs[row, :, 1:]).any() or progress.names[row] in STARTS:
        return sorted({0, 1, 2, len(progress.step_names) - 1})
    return [0]


def _short(step: str) -> str:
    return "windows" if step.startswith("windows") else step


def notes(progress: Progress, told: tuple[str, ...]) -> tuple[Picture, ...]:
    """The comparison in numbers, and what had to be said."""
    cost, half = mean_and_half(np.moveaxis(progress.costs, 1, -1))
    excess = mean_and_half(100 * np.moveaxis(progress.excess, 1, -1))[0]
    seconds = mean_and_half(np.moveaxis(progress.seconds, 1, -1))[0]
    names, which = [], []
    for k, name in enumerate(progress.names):
        chosen = _shown_steps(progress, k)
        said = [_short(progress.step_names[j]) for j in chosen]
        names += [f"{name}: {s}" if len(chosen) > 1 else name for s in said]
        which += [(k, j) for j in chosen]
    at = tuple(np.array(which, int).reshape(-1, 2).T)
    table = Table(
        f"Mean cost, {progress.costs.shape[1]} instances",
        {
            "method": tuple(names),
            "mean cost": cost[at],
            "95 % interval, ±": half[at],
            "above the cheapest, %": excess[at],
            "CPU time, ms": 1e3 * seconds[at],
        },
    )
    return (table, Table("Notes", {"note": told})) if told else (table,)
