"""What is measured along a run, by name; the paper's variants beside ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.contract import ExplorerError
from engines.sorting.trajectory.trajectory import Trajectory


@dataclass(frozen=True)
class Measure:
    """A named quantity of a run: one number, or one per step."""

    label: str
    unit: str
    of: Callable[[Trajectory], np.ndarray | float]
    per_step: bool


def drops_and_gains(trajectory: Trajectory) -> tuple[np.ndarray, np.ndarray]:
    """How far the error grew, and how far it then fell, in every detour."""
    start, trough, end = trajectory.errors.astype(np.float64)[trajectory.detours].T
    return trough - start, trough - end


def dg_net(trajectory: Trajectory) -> float:
    """Delayed gratification as in the paper's figures: mean of (gain - drop) / drop.

    0 for a run without detours. With the spec's ``dg_early_return`` the sum instead of the mean
    when the run ends while the error grows, as the paper's code does.
    """
    if not len(trajectory.detours):
        return 0.0
    drop, gain = drops_and_gains(trajectory)
    total = float(((gain - drop) / drop).sum())
    if trajectory.spec.dg_early_return and ends_worsening(trajectory.errors):
        return total
    return total / len(trajectory.detours)


def dg_ratio(trajectory: Trajectory) -> float:
    """Delayed gratification as in the paper's text: mean of gain / drop, so `dg_net` plus 1."""
    return dg_net(trajectory) + 1.0


def ends_worsening(errors: np.ndarray) -> bool:
    """Whether the last change of the error was for the worse."""
    changes = np.flatnonzero(np.diff(errors[1:]))
    return bool(len(changes)) and bool(errors[1:][changes[-1] + 1] > errors[1:][changes[-1]])


def peak_aggregation(trajectory: Trajectory) -> float:
    """Greatest aggregation of the run; its null is far above one half, see `Ensemble.null_peak`."""
    return float(trajectory.aggregation().max())


def aggregation_null(trajectory: Trajectory) -> float:
    """Expected share of like neighbours among n - 1 pairs when types are placed at random."""
    counts = np.bincount(trajectory.algotype).astype(np.float64)
    n = counts.sum()
    return float((counts * (counts - 1)).sum() / (n * (n - 1))) if n > 1 else float("nan")


MEASURES: dict[str, Measure] = {
    "sortedness": Measure("Sortedness", "%", Trajectory.sortedness, True),
    "error": Measure("Monotonicity error", "", lambda t: t.errors, True),
    "aggregation": Measure("Aggregation (of n cells)", "", Trajectory.aggregation, True),
    "aggregation_pairs": Measure(
        "Aggregation (of n - 1 pairs)", "", lambda t: t.aggregation(per_pair=True), True
    ),
    "aggregation_null": Measure("Aggregation of a random placement", "", aggregation_null, False),
    "peak_aggregation": Measure("Peak aggregation of the run", "", peak_aggregation, False),
    "dg_net": Measure("Delayed gratification, net", "", dg_net, False),
    "dg_ratio": Measure("Delayed gratification, ratio", "", dg_ratio, False),
    "n_detours": Measure("Detours", "events", lambda t: float(len(t.detours)), False),
    "n_swaps": Measure("Swaps", "swaps", lambda t: float(t.n_swaps), False),
    "n_paper_steps": Measure("Paper steps", "steps", lambda t: float(t.n_paper_steps), False),
    "n_reads": Measure("Reads", "values", lambda t: float(t.n_reads), False),
    "n_activations": Measure("Activations", "", lambda t: float(t.n_activations), False),
}


def measure(trajectory: Trajectory, name: str) -> np.ndarray | float:
    """A measure of a run by its name: an array with one entry per step, or one number.

    Raises:
        ExplorerError: there is no measure of this name; the message lists those there are.
    """
    if name not in MEASURES:
        raise ExplorerError(f"there is no measure {name!r}; there are {', '.join(MEASURES)}")
    return MEASURES[name].of(trajectory)
