"""Pictures of a one-way city: streets and tours along them, what differs there and back, gaps."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap
from engines.lab.statistics.intervals import half_widths
from engines.pointer.cities.city import City, way
from engines.pointer.cities.told import TOLD


def city_map(city: City, stops: np.ndarray, tours: dict[str, np.ndarray]) -> Curves:
    """Streets drawn thin, the river, and tours along the fastest ways between stops."""
    back = {tuple(street) for street in city.streets[:, ::-1].tolist()}
    both = np.array([tuple(street) in back for street in city.streets.tolist()])
    parts = {"two-way": _segments(city, city.streets[both])}
    parts["one-way"] = _segments(city, city.streets[~both])
    parts["river"] = np.array([[0.0, city.river], [1.0, city.river], [np.nan, np.nan]])
    for name, tour in tours.items():
        legs = zip(stops[tour], stops[np.roll(tour, -1)], strict=True)
        crossings = np.concatenate([way(city, int(a), int(b)) for a, b in legs])
        parts[name] = np.concatenate([city.places[crossings], [[np.nan, np.nan]]])
    xy = np.concatenate(list(parts.values()))
    of = np.repeat(np.arange(len(parts)), [len(part) for part in parts.values()])
    lines = {name: np.where(of == k, xy[:, 1], np.nan) for k, name in enumerate(parts)}
    thin = {name: lines[name][None] for name in ("two-way", "one-way")}
    lines |= {name: np.full(len(xy), np.nan) for name in thin}
    at_stop = (xy[:, None] == city.places[stops][None]).all(axis=2).any(axis=1)
    dots = {name: np.where(at_stop, lines[name], np.nan) for name in tours}
    return Curves(
        "The city, and tours told", xy[:, 0], lines, Axis("x"), Axis("y"), clouds=thin, dots=dots,
        square=True,
    )  # fmt: skip


def _segments(city: City, streets: np.ndarray) -> np.ndarray:
    ends = city.places[streets]
    return np.concatenate([ends, np.full((len(ends), 1, 2), np.nan)], axis=1).reshape(-1, 2)


def there_and_back(between: np.ndarray) -> Heatmap:
    """How much longer it takes there than back, of every pair of stops."""
    return Heatmap(
        "There less back", between - between.T, Axis("to stop"), Axis("from stop"),
        Axis("difference", "min"), diverging=True, square=True,
    )  # fmt: skip


def course(steps: np.ndarray, gap: np.ndarray) -> Curves:
    """Mean gaps[look, told, seed] while it is taught, with t intervals over seeds.

    The first look, before anything is learnt, would leave no room for the others.
    """
    steps, gap = (steps[1:], gap[1:]) if len(steps) > 1 else (steps, gap)
    percent = 100 * gap
    mean, n = percent.mean(axis=-1), percent.shape[-1]
    half = half_widths(percent)
    lines = {name: mean[:, k] for k, name in enumerate(TOLD)}
    bands = {
        name: (mean[:, k] - half[:, k], mean[:, k] + half[:, k]) for k, name in enumerate(TOLD)
    }
    return Curves(
        f"Cities not learnt from, {n} seeds", steps.astype(float), lines, Axis("step"),
        Axis("gap to the best tour", "%"), bands,
    )  # fmt: skip


def ends(gap: np.ndarray, floors: dict[str, np.ndarray]) -> Bars:
    """Gaps[told, seed] at the end, and of tours that nobody had to learn, over cities."""
    rows = [*100 * gap, *(100 * each for each in floors.values())]
    mean = np.array([row.mean() for row in rows])
    half = np.array([half_widths(row) for row in rows])
    names = ("places", "mean", "both", "nearest", "places", "mean")
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    kind = ("network, told",) * len(gap) + ("nearest, or exact by",) * len(floors)
    return Bars(
        "Gap to the best tour", mean, Axis("", ticks=ticks), Axis("gap", "%"), kind,
        whiskers=(mean - half, mean + half),
    )  # fmt: skip
