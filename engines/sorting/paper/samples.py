"""From the runs of a condition to one number with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engines.lab.statistics import curve_interval, unpaired_z
from engines.sorting.ensembles.results import EnsembleSpec
from engines.sorting.ensembles.runs import Runs, growing
from engines.sorting.paper.targets import Z_OF, Target
from engines.sorting.settings.spec import SortSpec

Reduce = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Estimate:
    """A statistic of the runs: its value, bootstrap SD and 95 % interval."""

    value: float
    deviation: float
    low: float
    high: float
    null: float = float("nan")
    """The same statistic with algotype labels permuted, where it has one."""

    def apart(self, other: Estimate) -> bool:
        """Whether the two intervals have nothing in common."""
        return self.low > other.high or other.low > self.high


def runs_of(spec: SortSpec, n_runs: int) -> Runs:
    """All runs of a condition, done now."""
    runs = Runs(EnsembleSpec(run=spec, n_runs=n_runs))
    for _ in growing(runs):
        pass
    return runs


def remembered(spec: SortSpec, n_runs: int) -> Runs:
    """`runs_of`, kept for the next who asks: verify reads many numbers off the same runs."""
    return _remembered(spec.to_json(), n_runs)


@lru_cache(maxsize=256)
def _remembered(text: str, n_runs: int) -> Runs:
    return runs_of(SortSpec.from_json(text), n_runs)


def estimate(target: Target, runs: Runs, against: Runs | None = None) -> Estimate:
    """Our value of a target from its condition's runs, and those a Z score is held against."""
    if against is not None:
        return _z_estimate(Z_OF[target.measure], runs, against)
    samples, reduce = _samples(target.measure, runs)
    seed = runs.spec.run.seed
    return Estimate(*curve_interval(samples, seed, reduce), null=_null(target.measure, runs))


def _samples(measure: str, runs: Runs) -> tuple[np.ndarray, Reduce]:
    """float64[run, point] and what turns mean curves into the number."""
    match measure:
        case "curve_peak":
            return runs.aggregation(), lambda curves: curves.max(axis=1)
        case "curve_peak_at":
            return runs.aggregation(), lambda curves: curves.argmax(axis=1).astype(np.float64)
        case "final_aggregation":
            column = runs.aggregation()[:, -1]
        case "final_sortedness":
            column = runs.sortedness()[:, -1]
        case _:
            column = _steps(measure, runs)
    return np.asarray(column, np.float64)[:, None], lambda means: means[:, 0]


def _steps(measure: str, runs: Runs) -> np.ndarray:
    return runs.per_run()[measure].astype(np.float64)


def _null(measure: str, runs: Runs) -> float:
    match measure:
        case "peak_aggregation":
            return float(runs.per_run()["null_peak"].mean())
        case "curve_peak":
            return float(runs.null_aggregation().mean(axis=0).max())
        case "final_aggregation":
            return float(runs.null_aggregation()[:, -1].mean())
        case _:
            return float("nan")


def _z_estimate(name: str, cell: Runs, other: Runs) -> Estimate:
    """The paper's Z; its interval is that of a unit normal around it, as the paper takes it."""
    z = unpaired_z(_steps(name, cell), _steps(name, other))
    return Estimate(z, 1.0, z - 1.96, z + 1.96)
