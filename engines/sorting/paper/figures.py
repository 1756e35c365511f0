"""The page's pictures: tables by section, and figures 4, 5, 7, 8, 9 with ours beside printed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engines.contract.pictures import Axis, Curves, Picture, Points, Table
from engines.sorting.paper.conditions import Condition
from engines.sorting.paper.targets import SECTIONS, Target, targets
from engines.sorting.paper.verdicts import Row
from engines.sorting.settings.shares import ALGOTYPES

_PROCESS = Axis("sorting process", "%")
_PERCENT = np.arange(101)


@dataclass(frozen=True, eq=False)
class MeanCurves:
    """Mean curves of a condition's runs, float64[101] over the sorting process."""

    condition: str
    sortedness: np.ndarray
    aggregation: np.ndarray
    null: np.ndarray
    """Aggregation with every run's labels permuted."""
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, eq=False)
class BurstLine:
    """A number over the mean burst, as a share of the printed one."""

    what: str
    bursts: np.ndarray
    ratio: np.ndarray
    """float64[burst, 3]: value and 95 % interval over the printed value."""


def by_id() -> dict[str, Target]:
    """Every target by its id."""
    return {target.id: target for target in targets()}


def conditions_with_curves() -> tuple[Condition, ...]:
    """Conditions whose whole curves the figures draw."""
    curved = [t.condition for t in targets() if t.section in ("chimeras", "duplicates", "conflict")]
    return tuple(dict.fromkeys(curved))


def targets_over_bursts() -> tuple[Target, ...]:
    """One number of each kind, to see which of them the scheduler moves."""
    bubble, selection = Condition(("bubble",)), Condition(("selection",))
    mixed = Condition(("bubble", "selection"))
    wanted = (
        (bubble, "dg_net"),
        (selection, "n_swaps"),
        (mixed, "n_swaps"),
        (mixed, "peak_aggregation"),
    )
    return tuple(
        next(t for t in targets() if t.condition == condition and t.measure == measure)
        for condition, measure in wanted
    )


# Tables -----------------------------------------------------------------------------------


def tables(rows: Iterable[Row]) -> tuple[Table, ...]:
    """One table per section of the paper that has rows."""
    named = by_id()
    found = []
    for section, title in SECTIONS.items():
        here = [(row, named[row.target]) for row in rows if named[row.target].section == section]
        if here:
            found.append(Table(title, _columns(here)))
    return tuple(found)


def _columns(here: list[tuple[Row, Target]]) -> dict[str, np.ndarray | tuple[str, ...]]:
    return {
        "what": tuple(target.what for _, target in here),
        "paper": np.array([target.printed for _, target in here]),
        "ours": np.array([row.ours.value for row, _ in here]),
        "95 % from": np.array([row.ours.low for row, _ in here]),
        "95 % to": np.array([row.ours.high for row, _ in here]),
        "labels permuted": np.array([row.ours.null for row, _ in here]),
        "other scheduler": np.array([_other(row) for row, _ in here]),
        "the scheduler matters": tuple("yes" if row.hidden else "no" for row, _ in here),
        "verdict": tuple(row.verdict for row, _ in here),
        "why": tuple(row.why for row, _ in here),
        "printed at": tuple(target.place for _, target in here),
    }


def _other(row: Row) -> float:
    return math.nan if row.other is None else row.other.value


# Figures ----------------------------------------------------------------------------------


def drawn(
    rows: tuple[Row, ...], curves: tuple[MeanCurves, ...], bursts: tuple[BurstLine, ...]
) -> tuple[Picture, ...]:
    """The figures that the rows and curves suffice for."""
    if not curves:
        return ()
    found: list[Picture] = [_figure_4(rows, "n_swaps"), _figure_4(rows, "n_paper_steps")]
    found += [_over_frozen(rows, a, movable=False) for a in ALGOTYPES]
    found += [_over_frozen(rows, a, movable=True) for a in ALGOTYPES]
    found += [_gratification(rows, a) for a in ALGOTYPES]
    found += [_clusters(c, rows) for c in curves if " up" not in c.condition]
    found += [_conflicts([c for c in curves if " up" in c.condition])]
    return (*found, _bursts(bursts))


def _values(rows: tuple[Row, ...], section: str) -> dict[tuple[Condition, str], tuple[Row, Target]]:
    named = by_id()
    pairs = [(row, named[row.target]) for row in rows]
    return {(t.condition, t.measure): (row, t) for row, t in pairs if t.section == section}


def _figure_4(rows: tuple[Row, ...], measure: str) -> Points:
    found, kinds = [], []
    for (condition, name), (row, target) in _values(rows, "efficiency").items():
        if name != measure:
            continue
        place = ALGOTYPES.index(condition.algotypes[0]) + (0.0 if condition.traditional else 0.2)
        control = "traditional" if condition.traditional else "cell view"
        found += [(place, target.printed), (place + 0.08, row.ours.value)]
        kinds += [f"{control}, paper", f"{control}, ours"]
    unit = "swaps" if measure == "n_swaps" else "swaps and comparisons"
    ticks = tuple((k + 0.14, name) for k, name in enumerate(ALGOTYPES))
    title = f"Figure 4: {unit} to sort 100 cells"
    return Points(title, np.array(found), Axis("algorithm", ticks=ticks), Axis(unit), tuple(kinds))


def _over_frozen(rows: tuple[Row, ...], algorithm: str, *, movable: bool) -> Curves:
    kind = "movable" if movable else "immovable"
    found = _values(rows, "errors")
    lines, bands = _with_printed(
        {
            control: [
                found[Condition((algorithm,), control == "traditional", k, movable), "final_error"]
                for k in (1, 2, 3)
            ]
            for control in ("cell view", "traditional")
        }
    )
    title = f"Figure 5: error left with {kind} frozen cells, {algorithm}"
    frozen = Axis("frozen cells", ticks=((1, "1"), (2, "2"), (3, "3")))
    return Curves(title, np.arange(1, 4), lines, frozen, Axis("error", "descents"), bands)


def _gratification(rows: tuple[Row, ...], algorithm: str) -> Curves:
    found = _values(rows, "gratification")
    lines, bands = _with_printed(
        {
            control: [
                found[Condition((algorithm,), control == "traditional", k), "dg_net"]
                for k in range(4)
            ]
            for control in ("cell view", "traditional")
        }
    )
    frozen = Axis("immovable frozen cells", ticks=tuple((k, str(k)) for k in range(4)))
    title = f"Figure 7: delayed gratification, {algorithm}"
    return Curves(title, np.arange(4), lines, frozen, Axis("net gain over drop"), bands)


Lines = dict[str, np.ndarray]
Bands = dict[str, tuple[np.ndarray, np.ndarray]]


def _with_printed(found: dict[str, list[tuple[Row, Target]]]) -> tuple[Lines, Bands]:
    """Ours with its interval, and the printed bars, for the cell view and the traditional."""
    lines: Lines = {}
    bands: Bands = {}
    for control, pairs in found.items():
        ours = f"{control}, ours"
        lines[ours] = np.array([row.ours.value for row, _ in pairs])
        low, high = np.array([(row.ours.low, row.ours.high) for row, _ in pairs]).T
        bands[ours] = (low, high)
        lines[f"{control}, paper"] = np.array([target.printed for _, target in pairs])
    return lines, bands


def _clusters(curves: MeanCurves, rows: tuple[Row, ...]) -> Curves:
    named = by_id()
    lines = {"mean aggregation": curves.aggregation, "labels permuted": curves.null}
    bands = {"mean aggregation": (curves.low, curves.high)}
    for row in rows:
        target = named[row.target]
        if target.condition.text == curves.condition and target.measure == "peak_aggregation":
            lines["mean of the runs' peaks, ours"] = np.full(101, row.ours.value)
            lines["peak printed"] = np.full(101, target.printed)
            lines["the same peak, labels permuted"] = np.full(101, row.ours.null)
        if target.condition.text == curves.condition and target.measure == "curve_peak":
            lines["peak printed"] = np.full(101, target.printed)
    title = f"Figure 8: clusters on the way, {curves.condition}"
    share = Axis("share of cells beside their like")
    return Curves(title, _PERCENT, lines, _PROCESS, share, bands)


def _conflicts(curves: list[MeanCurves]) -> Curves:
    lines: Lines = {}
    for found in curves:
        lines[found.condition] = found.sortedness - 1.0
        printed = next(
            t.printed
            for t in targets()
            if t.condition.text == found.condition and t.measure == "final_sortedness"
        )
        at_the_end = np.where(_PERCENT >= 90, printed, np.nan)
        lines[f"{found.condition}, paper"] = at_the_end
    title = "Figure 9: sortedness less 1 while two species want opposite orders"
    return Curves(title, _PERCENT, lines, _PROCESS, Axis("sortedness", "%"))


def _bursts(lines: tuple[BurstLine, ...]) -> Curves:
    return Curves(
        "What the scheduler moves: ours over the printed number",
        lines[0].bursts,
        {line.what: line.ratio[:, 0] for line in lines},
        Axis("mean burst", "activations"),
        Axis("ours / paper"),
        {line.what: (line.ratio[:, 1], line.ratio[:, 2]) for line in lines},
    )
