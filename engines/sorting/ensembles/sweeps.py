"""A measure over two knobs: a hundred arrays in every cell of a grid of settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from pydantic import model_validator

from engines.contract import Frame, Result, Spec, knob
from engines.contract.pictures import Axis, Heatmap, Picture, Table
from engines.running.spread import spread
from engines.sorting.ensembles.results import EnsembleSpec
from engines.sorting.ensembles.runs import Runs, growing
from engines.sorting.ensembles.sweep_knobs import KNOBS, KnobName, SweepKnob
from engines.sorting.settings.spec import AlgotypeShare, SortSpec

MeasureName = Literal[
    "peak aggregation",
    "peak aggregation above its null",
    "final aggregation",
    "swaps",
    "activations",
    "final error",
    "final sortedness",
    "delayed gratification",
    "share of runs that end sorted",
]


_MEASURES: Mapping[str, tuple[str, Callable[[Runs], np.ndarray]]] = {
    "peak aggregation": ("share of n", lambda runs: runs.per_run()["peak_aggregation"]),
    "peak aggregation above its null": (
        "share of n",
        lambda runs: runs.per_run()["peak_aggregation"] - runs.per_run()["null_peak"],
    ),
    "final aggregation": ("share of n", lambda runs: runs.aggregation()[:, -1]),
    "swaps": ("swaps", lambda runs: runs.per_run()["n_swaps"]),
    "activations": ("", lambda runs: runs.per_run()["n_activations"]),
    "final error": ("descents", lambda runs: runs.per_run()["final_error"]),
    "final sortedness": ("%", lambda runs: runs.sortedness()[:, -1]),
    "delayed gratification": ("net", lambda runs: runs.per_run()["dg_net"]),
    "share of runs that end sorted": ("", lambda runs: runs.ended_sorted()),
}


class SweepSpec(Spec):
    """Two knobs of a run, their values, and what is measured."""

    run: SortSpec = knob(
        SortSpec(algotypes=(AlgotypeShare(), AlgotypeShare(algotype="selection"))),
        label="Run",
        help="Everything that does not change.",
    )
    measure: MeasureName = knob(
        "peak aggregation above its null",
        label="Measure",
        help="Mean over the runs of every cell.",
        group="Sweep",
    )
    n_runs: int = knob(
        100, label="Runs", help="In every cell.", unit="runs", group="Sweep", ge=1, le=10_000,
        soft=(1, 400), marks={100: "paper"},
    )  # fmt: skip
    x_knob: KnobName = knob(
        "mean burst", label="x: knob", help="What changes along this axis.", group="x axis"
    )
    x_from: float = knob(
        1.0, label="From", help="The first value.", group="x axis", ge=0, widget="number"
    )
    x_to: float = knob(
        50.0, label="To", help="The last value.", group="x axis", ge=0, widget="number"
    )
    n_x: int = knob(
        8, label="Values", help="How many; whole numbers that come twice are taken once.",
        group="x axis", ge=1, le=40,
    )  # fmt: skip
    y_knob: KnobName = knob(
        "share of the second algotype",
        label="y: knob",
        help="What changes along this axis.",
        group="y axis",
    )
    y_from: float = knob(
        10.0, label="From", help="The first value.", group="y axis", ge=0, widget="number"
    )
    y_to: float = knob(
        90.0, label="To", help="The last value.", group="y axis", ge=0, widget="number"
    )
    n_y: int = knob(
        8, label="Values", help="How many; whole numbers that come twice are taken once.",
        group="y axis", ge=1, le=40,
    )  # fmt: skip

    @model_validator(mode="after")
    def _two_axes(self) -> SweepSpec:
        if self.x_knob == self.y_knob:
            raise ValueError(
                f"both axes change the {self.x_knob}; choose another knob for one of them"
            )
        for name, low, high in (
            (self.x_knob, self.x_from, self.x_to),
            (self.y_knob, self.y_from, self.y_to),
        ):
            allowed = KNOBS[name]
            if not allowed.least <= min(low, high) <= max(low, high) <= allowed.most:
                raise ValueError(
                    f"{name} goes from {allowed.least:g} to {allowed.most:g} {allowed.unit}, "
                    f"got {low:g} to {high:g}"
                )
        return self

    def values(self, axis: Literal["x", "y"]) -> np.ndarray:
        """float64[value]: the settings along an axis, evenly or in equal ratios (burst, cells)."""
        if axis == "x":
            return _spaced(KNOBS[self.x_knob], self.x_from, self.x_to, self.n_x)
        return _spaced(KNOBS[self.y_knob], self.y_from, self.y_to, self.n_y)

    def at(self, column: int, row: int) -> SortSpec:
        """The first run of a cell of the map."""
        run = KNOBS[self.y_knob].set(self.run, float(self.values("y")[row]))
        return KNOBS[self.x_knob].set(run, float(self.values("x")[column]))


def _spaced(allowed: SweepKnob, low: float, high: float, n: int) -> np.ndarray:
    evenly = np.geomspace if allowed.log and min(low, high) > 0 else np.linspace
    values = evenly(low, high, n)
    if not allowed.whole:
        return np.round(values, 3)
    return np.array(list(dict.fromkeys(np.round(values))))


@dataclass(frozen=True, eq=False)
class SweepFrame(Frame):
    """The cells that are done; the others are nan."""

    spec: SweepSpec
    mean: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The map so far."""
        return (heat_map(self.spec, self.mean),)


@dataclass(frozen=True, eq=False)
class Sweep(Result):
    """Mean, spread and standard error of a measure in every cell, float64[row, column]."""

    spec: SweepSpec
    mean: np.ndarray
    deviation: np.ndarray
    sorted_runs: np.ndarray
    """int64[row, column]: how many runs ended sorted; the others ended some other way."""

    def pictures(self) -> tuple[Picture, ...]:
        """The map, and its cells as a table."""
        rows, columns = np.indices(self.mean.shape).reshape(2, -1)
        spec = self.spec
        table = {
            spec.x_knob: spec.values("x")[columns],
            spec.y_knob: spec.values("y")[rows],
            spec.measure: self.mean[rows, columns],
            "standard error": self.deviation[rows, columns] / np.sqrt(spec.n_runs),
            "runs that ended sorted": self.sorted_runs[rows, columns],
        }
        return (heat_map(spec, self.mean), Table(f"Every cell, {spec.n_runs} runs", table))


def heat_map(spec: SweepSpec, mean: np.ndarray) -> Heatmap:
    """The measure over both knobs, first row at the top."""
    unit, _ = _MEASURES[spec.measure]
    return Heatmap(
        f"{spec.measure}, mean of {spec.n_runs} runs",
        mean,
        _ticked(spec.x_knob, spec.values("x")),
        _ticked(spec.y_knob, spec.values("y")),
        Axis(spec.measure, unit),
    )


def _ticked(name: str, values: np.ndarray) -> Axis:
    every = max(1, len(values) // 10)
    ticks = tuple((k + 0.5, f"{values[k]:.3g}") for k in range(0, len(values), every))
    return Axis(name, KNOBS[name].unit, ticks)


def sweep(spec: SweepSpec) -> Sweep:
    """A measure in every cell of a map of settings.

    >>> spec = SweepSpec(run=SortSpec(n_cells=20), measure="final error", y_knob="frozen cells",
    ...     y_from=0, y_to=3, n_y=2, n_x=1, n_runs=5)
    >>> found = sweep(spec)
    >>> float(found.mean[0, 0]), bool(found.mean[1, 0] > 0)
    (0.0, True)
    """
    *_, last = frames_of(spec)
    assert isinstance(last, Sweep)
    return last


def frames_of(spec: SweepSpec) -> Iterator[SweepFrame | Sweep]:
    """The map filling up, cell by cell, and the sweep last.

    Raises:
        SpecError: a cell's setting does not exist, say more frozen cells than cells.
    """
    shape = (len(spec.values("y")), len(spec.values("x")))
    cells = [(row, column) for row in range(shape[0]) for column in range(shape[1])]
    asked = [
        EnsembleSpec(run=spec.at(column, row), n_runs=spec.n_runs).to_json()
        for row, column in cells
    ]
    found = np.full((*shape, 3), np.nan)
    measure = partial(cell, measure=spec.measure)
    for n_done, (k, numbers) in enumerate(spread(measure, asked), 1):
        found[cells[k]] = numbers
        if n_done < len(cells):
            yield SweepFrame(spec, found[..., 0].copy(), fraction=n_done / len(cells))
    counts = found[..., 2].astype(np.int64)
    yield Sweep(spec, found[..., 0].copy(), found[..., 1].copy(), counts)


def cell(asked: str, measure: str) -> tuple[float, float, float]:
    """Mean, standard deviation and number of runs that ended sorted, of one ensemble (as JSON)."""
    runs = Runs(EnsembleSpec.from_json(asked))
    for _ in growing(runs):
        pass
    numbers = np.asarray(_MEASURES[measure][1](runs), np.float64)
    spread_of = float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
    return float(numbers.mean()), spread_of, float(runs.ended_sorted().sum())
