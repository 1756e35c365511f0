"""What an ensemble is asked and what it says: one number per run, curves, intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, Result, Spec, knob
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.sorting.settings.spec import SortSpec
from engines.sorting.trajectory.moments import STOPS

EnsembleEngine = Literal["auto", "numba", "torch"]


class EnsembleSpec(Spec):
    """Many runs that differ in their seed only: run r has the seed of ``run`` plus r."""

    run: SortSpec = knob(SortSpec(), label="Run", help="What is repeated.")
    n_runs: int = knob(
        100,
        label="Runs",
        help="Number of repeats; run r is the single run with seed + r.",
        unit="runs",
        ge=1,
        le=100_000,
        soft=(1, 1000),
        marks={100: "paper"},
    )
    engine: EnsembleEngine = knob(
        "auto",
        label="Engine",
        help="What computes synchronous runs; both give the same bytes, auto times them and takes "
        "the faster one. Other schedulers always use numba.",
        group="Engine",
    )
    control: bool = knob(
        True,
        label="Identical-policy control",
        help="Beside a mixture, the same runs with one algotype for all cells and the mixture's "
        "labels on them: clusters that labels alone would form. Takes as long again.",
        group="Engine",
    )


@dataclass(frozen=True, eq=False)
class EnsembleFrame(Frame):
    """How far an ensemble is."""

    n_done: int
    mean_swaps: float
    sortedness: np.ndarray
    """float64[101]: mean curve of the runs done so far, percent."""
    aggregation: np.ndarray
    """float64[101]: mean curve of the runs done so far, share."""

    def pictures(self) -> tuple[Picture, ...]:
        """The mean curves so far."""
        lines = {"sortedness": self.sortedness, "aggregation": 100.0 * self.aggregation}
        return (_over_process(f"Mean of {self.n_done} runs so far", lines, {}, {}),)


@dataclass(frozen=True, eq=False)
class Control:
    """The identical-policy control of a mixture: its labels on cells of one algotype."""

    algotype: str
    """What every cell follows: the mixture's first algotype."""
    aggregation: np.ndarray
    """float64[101]: mean curve, share (denominator n)."""
    aggregation_low: np.ndarray
    aggregation_high: np.ndarray
    peak: np.ndarray
    """float64[run]: greatest aggregation."""
    peak_interval: np.ndarray
    """float64[2]: bootstrap 95 % interval of the mean peak."""


@dataclass(frozen=True, eq=False)
class Ensemble(Result):
    """Many runs in numbers: one entry per run, curves over the sorting process, intervals.

    Curves have 101 points: point k is taken at step floor((m - 1) k / 100) of the run's m steps.
    Bands are the 5 % and 95 % quantiles over runs.
    """

    spec: EnsembleSpec
    seed: np.ndarray
    """uint64[run]."""
    stop: np.ndarray
    """uint8[run]: index into STOPS."""
    n_swaps: np.ndarray
    n_paper_steps: np.ndarray
    n_reads: np.ndarray
    n_activations: np.ndarray
    final_error: np.ndarray
    dg_net: np.ndarray
    dg_ratio: np.ndarray
    peak_aggregation: np.ndarray
    """float64[run]: greatest aggregation of the run (denominator n); nan below two cells."""
    peak_at: np.ndarray
    """float64[run]: where in the process that is, percent."""
    null_peak: np.ndarray
    """float64[run]: the same statistic with the run's algotype labels permuted at random."""
    sortedness: np.ndarray
    """float64[101]: mean curve, percent."""
    sortedness_low: np.ndarray
    sortedness_high: np.ndarray
    aggregation: np.ndarray
    """float64[101]: mean curve, share (denominator n)."""
    aggregation_low: np.ndarray
    aggregation_high: np.ndarray
    null_aggregation: np.ndarray
    """float64[101]: mean curve with permuted labels."""
    null_aggregation_low: np.ndarray
    null_aggregation_high: np.ndarray
    sortedness_cloud: np.ndarray
    """float64[run, 101]: the first twenty runs."""
    aggregation_cloud: np.ndarray
    control: Control | None
    """None for arrays of one algotype."""
    summary_names: tuple[str, ...]
    summary: np.ndarray
    """float64[name, 4]: mean, standard deviation, and bootstrap 95 % interval of the mean."""

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return len(self.seed)

    def mean(self, name: str) -> float:
        """Mean of one of ``summary_names`` over the runs."""
        return float(self.summary[self.summary_names.index(name), 0])

    def interval(self, name: str) -> tuple[float, float]:
        """Bootstrap 95 % interval of that mean (10,000 draws from the spec's seed)."""
        low, high = self.summary[self.summary_names.index(name), 2:]
        return float(low), float(high)

    def stops(self) -> dict[str, int]:
        """How many runs stopped for which reason; none is ever left out."""
        counts = np.bincount(self.stop, minlength=len(STOPS))
        return {name: int(count) for name, count in zip(STOPS, counts, strict=True) if count}

    def pictures(self) -> tuple[Picture, ...]:
        """Mean curves with bands and null, endpoints, intervals and the runs themselves."""
        columns = {
            "measure": tuple(
                name.removeprefix("n_").replace("_", " ") for name in self.summary_names
            ),
            **{
                name: self.summary[:, column]
                for column, name in enumerate(("mean", "SD", "95 % from", "95 % to"))
            },
        }
        return (
            self._curves(),
            *self._endpoints(),
            Table("Means over the runs, with bootstrap 95 % intervals", columns),
            endings_table({"": self.stop}),
            Table("Runs", self._runs()),
        )

    def _endpoints(self) -> tuple[Bars, ...]:
        endpoints = (
            ("Swaps per run", self.n_swaps, "swaps"),
            ("Final error per run", self.final_error, "neighbours in the wrong order"),
            ("Peak aggregation per run", self.peak_aggregation, "share of n"),
        )
        return tuple(_histogram(*shown) for shown in endpoints if np.isfinite(shown[1]).all())

    def _curves(self) -> Curves:
        shown = {
            "sortedness": (self.sortedness, self.sortedness_low, self.sortedness_high),
            "aggregation": (self.aggregation, self.aggregation_low, self.aggregation_high),
            "aggregation, labels permuted": (
                self.null_aggregation,
                self.null_aggregation_low,
                self.null_aggregation_high,
            ),
        }
        if self.control is not None:
            c = self.control
            curves = (c.aggregation, c.aggregation_low, c.aggregation_high)
            shown[f"aggregation, all cells {c.algotype}"] = curves
        scale = {name: 1.0 if name == "sortedness" else 100.0 for name in shown}
        lines = {name: scale[name] * mean for name, (mean, _, _) in shown.items()}
        bands = {name: (scale[name] * a, scale[name] * b) for name, (_, a, b) in shown.items()}
        clouds = {
            "sortedness": self.sortedness_cloud,
            "aggregation": 100.0 * self.aggregation_cloud,
        }
        title = f"Mean of {self.n_runs} runs, 5 to 95 % of runs, and single runs"
        return _over_process(title, lines, bands, clouds)

    def _runs(self) -> dict[str, np.ndarray]:
        return {
            "seed": self.seed,
            "swaps": self.n_swaps,
            "paper steps": self.n_paper_steps,
            "reads": self.n_reads,
            "activations": self.n_activations,
            "final error": self.final_error,
            "delayed gratification": self.dg_net,
            "peak aggregation": self.peak_aggregation,
            "peak, labels permuted": self.null_peak,
        }


def _over_process(
    title: str,
    lines: dict[str, np.ndarray],
    bands: dict[str, tuple[np.ndarray, np.ndarray]],
    clouds: dict[str, np.ndarray],
) -> Curves:
    process, share = Axis("sorting process", "%"), Axis("share of cells", "%")
    return Curves(title, np.arange(101), lines, process, share, bands, clouds)


def endings_table(stops: Mapping[str, np.ndarray]) -> Table:
    """How the runs of every condition ended: counts, and Wilson intervals of their shares.

    Args:
        stops: uint8[run] by condition, indices into STOPS.
    """
    from engines.lab.statistics import wilson

    rows = [
        (name, STOPS[code], int(count), *wilson(int(count), len(stop)))
        for name, stop in stops.items()
        for code, count in enumerate(np.bincount(stop, minlength=len(STOPS)))
        if count
    ]
    named = {"condition": tuple(row[0] for row in rows)} if len(stops) > 1 else {}
    return Table(
        "How the runs ended, with Wilson 95 % intervals; none is left out",
        {
            **named,
            "ended": tuple(row[1] for row in rows),
            "runs": np.array([row[2] for row in rows]),
            "share from": np.array([row[3] for row in rows]),
            "share to": np.array([row[4] for row in rows]),
        },
    )


def _histogram(title: str, numbers: np.ndarray, unit: str) -> Bars:
    n_bins = max(1, min(30, math.isqrt(len(numbers)) * 2))
    counts, edges = np.histogram(numbers, bins=n_bins)
    centres = (edges[1:] + edges[:-1]) / 2.0
    return Bars(title, counts.astype(np.float64), Axis(unit), Axis("runs"), x=centres)
