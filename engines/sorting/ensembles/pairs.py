"""Two conditions on the same permutations and the same damage, run by run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engines.contract import Frame, Result, Spec, SpecError, knob
from engines.contract.pictures import Axis, Curves, Picture, Points, Table
from engines.lab.statistics import holm
from engines.sorting.chance.statistics import Paired, paired
from engines.sorting.ensembles.results import EnsembleSpec, endings_table
from engines.sorting.ensembles.runs import Runs, growing
from engines.sorting.settings.spec import AlgotypeShare, SortSpec

Change = Literal[
    "traditional control",
    "uniform scheduler",
    "synchronous scheduler",
    "burst of 50",
    "three immovable cells",
    "three movable cells",
    "all cells bubble",
    "duplicate values",
    "nothing (a control)",
]
_CHANGES: Mapping[str, dict[str, Any]] = {
    "traditional control": {"control": "traditional"},
    "uniform scheduler": {"scheduler": "uniform"},
    "synchronous scheduler": {"scheduler": "synchronous"},
    "burst of 50": {"scheduler": "burst", "mean_burst": 50.0},
    "three immovable cells": {"n_frozen": 3, "frozen_kind": "immovable"},
    "three movable cells": {"n_frozen": 3, "frozen_kind": "movable"},
    "all cells bubble": {"algotypes": (AlgotypeShare(),)},
    "duplicate values": {"value_mode": "duplicates"},
    "nothing (a control)": {},
}

MEASURES: Mapping[str, str] = {
    "n_swaps": "swaps",
    "n_paper_steps": "paper steps",
    "n_reads": "values read",
    "n_activations": "activations",
    "final_error": "final error",
    "dg_net": "delayed gratification",
    "peak_aggregation": "peak aggregation",
    "null_peak": "peak, labels permuted",
}


class PairSpec(Spec):
    """A run, what is changed in it, and how often both are run."""

    run: SortSpec = knob(SortSpec(), label="Run", help="Condition A.")
    change: Change = knob(
        "traditional control",
        label="Condition B",
        help="The same permutations and fault places with this changed.",
        group="Comparison",
    )
    other: SortSpec | None = knob(
        None,
        label="Other run",
        help="Condition B as a whole run; replaces the change. Its seed is that of the run.",
        group="Comparison",
        widget="hidden",
    )
    n_runs: int = knob(
        100,
        label="Runs",
        help="Pairs; run r of both conditions has seed + r.",
        unit="runs",
        group="Comparison",
        ge=2,
        le=20_000,
        soft=(2, 1000),
        marks={100: "paper"},
    )

    def conditions(self) -> tuple[SortSpec, SortSpec]:
        """The first runs of A and B."""
        if self.other is not None:
            return self.run, self.other.replace(seed=self.run.seed)
        return self.run, self.run.replace(**_CHANGES[self.change])

    @property
    def name_of_b(self) -> str:
        """What condition B is called."""
        return "other run" if self.other is not None else self.change


@dataclass(frozen=True)
class PairFrame(Frame):
    """How many runs of each condition are done."""

    n_a: int
    n_b: int


@dataclass(frozen=True, eq=False)
class Condition:
    """All runs of one condition: per-run numbers and curves over the sorting process."""

    name: str
    numbers: np.ndarray
    """float64[measure, run], in the order of MEASURES."""
    stop: np.ndarray
    """uint8[run]: index into STOPS."""
    sortedness: np.ndarray
    """float64[run, 101], percent."""
    aggregation: np.ndarray
    """float64[run, 101]."""
    null_aggregation: np.ndarray
    """float64[run, 101]: with every run's labels permuted."""


@dataclass(frozen=True, eq=False)
class Pair(Result):
    """Both conditions and what their difference is."""

    spec: PairSpec
    a: Condition
    b: Condition
    differences: tuple[Paired, ...]
    """B less A, in the order of MEASURES."""
    adjusted_p: np.ndarray
    """float64[measure]: p of the differences, corrected together (Holm)."""

    def difference(self, name: str) -> Paired:
        """The difference of one of MEASURES."""
        return self.differences[list(MEASURES).index(name)]

    def pictures(self) -> tuple[Picture, ...]:
        """Clouds of runs, endpoints against each other, effects, endings."""
        return (
            _cloud("Sortedness", "%", self.a, self.b, "sortedness"),
            *self._clusters(),
            self._scatter("dg_net"),
            self._scatter("n_swaps"),
            self._effects(),
            endings_table({each.name: each.stop for each in (self.a, self.b)}),
        )

    def _clusters(self) -> tuple[Curves, ...]:
        """Nothing to see where no array has two algotypes."""
        if not any(len({s.algotype for s in run.algotypes}) > 1 for run in self.spec.conditions()):
            return ()
        return (_cloud("Aggregation", "share of n", self.a, self.b, "aggregation"),)

    def _scatter(self, measure: str) -> Points:
        at = list(MEASURES).index(measure)
        xy = np.stack([self.a.numbers[at], self.b.numbers[at]], axis=1)
        name = MEASURES[measure]
        x, y = (Axis(f"{name}, {letter}") for letter in "AB")
        return Points(f"{name.capitalize()}: every pair of runs", xy, x, y)

    def _effects(self) -> Table:
        shown = self.differences
        columns = {
            "measure": tuple(MEASURES.values()),
            "mean A": self.a.numbers.mean(axis=1),
            "mean B": self.b.numbers.mean(axis=1),
            "B - A": tuple(_or_identical(d, d.mean) for d in shown),
            "95 % from": np.array([d.low for d in shown]),
            "95 % to": np.array([d.high for d in shown]),
            "dz": tuple(_or_identical(d, d.dz) for d in shown),
            "Cliff's delta": np.array([d.delta for d in shown]),
            "p": np.array([d.p for d in shown]),
            "p, Holm": self.adjusted_p,
            "the paper's Z, unpaired": tuple(_or_identical(d, d.paper_z) for d in shown),
        }
        return Table(f"What changes: B is {self.b.name}", columns)


def _or_identical(difference: Paired, value: float) -> str:
    if difference.identical:
        return "identical"
    return "exact" if np.isnan(value) else f"{value:.4g}"


def _cloud(title: str, unit: str, a: Condition, b: Condition, name: str) -> Curves:
    lines: dict[str, np.ndarray] = {}
    bands: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    clouds: dict[str, np.ndarray] = {}
    for condition in (a, b):
        curves = getattr(condition, name)
        lines[condition.name] = curves.mean(axis=0)
        bands[condition.name] = tuple(np.quantile(curves, (0.05, 0.95), axis=0))
        clouds[condition.name] = curves[:20]
    if name == "aggregation":
        for condition in (a, b):
            null = f"{condition.name}, labels permuted"
            curves = condition.null_aggregation
            lines[null] = curves.mean(axis=0)
            bands[null] = tuple(np.quantile(curves, (0.05, 0.95), axis=0))
    axes = Axis("sorting process", "%"), Axis(title.lower(), unit)
    shown = f"{title}: mean, 5 to 95 % of runs, and twenty single runs"
    return Curves(shown, np.arange(101), lines, *axes, bands, clouds)


def pair(a: SortSpec, b: SortSpec, n_runs: int = 100) -> Pair:
    """Hold two settings against each other, run by run.

    >>> from engines.sorting import SortSpec, pair
    >>> found = pair(SortSpec(n_cells=20), SortSpec(n_cells=20, control="traditional"), 10)
    >>> found.difference("n_swaps").identical
    True
    """
    *_, last = frames_of(PairSpec(run=a, other=b, n_runs=n_runs))
    assert isinstance(last, Pair)
    return last


def frames_of(spec: PairSpec) -> Iterator[PairFrame | Pair]:
    """How far both are, and the pair last.

    Raises:
        SpecError: the two arrays have different numbers of cells, so that nothing can be paired.
    """
    first, second = spec.conditions()
    if first.n_cells != second.n_cells:
        raise SpecError(
            f"pairs need arrays of one length; A has {first.n_cells} cells and B {second.n_cells}"
        )
    both = [Runs(EnsembleSpec(run=run, n_runs=spec.n_runs)) for run in (first, second)]
    for runs in both:
        for _ in growing(runs):
            n_a, n_b = (r.n_done for r in both)
            yield PairFrame(n_a, n_b, fraction=(n_a + n_b) / (2 * spec.n_runs))
    a, b = (
        _condition(name, runs)
        for name, runs in zip(("A", f"B, {spec.name_of_b}"), both, strict=True)
    )
    differences = tuple(paired(x, y, first.seed) for x, y in zip(a.numbers, b.numbers, strict=True))
    adjusted = holm(np.array([d.p for d in differences]))
    yield Pair(spec, a, b, differences, adjusted)


def _condition(name: str, runs: Runs) -> Condition:
    numbers = runs.per_run()
    return Condition(
        name,
        np.stack([numbers[measure].astype(np.float64) for measure in MEASURES]),
        runs.stops(),
        runs.sortedness(),
        runs.aggregation(),
        runs.null_aggregation(),
    )
