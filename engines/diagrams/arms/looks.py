"""What is seen of arms: numbers by look, arm, condition and network, their means and pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.contract import Estimate, InputError
from engines.contract.pictures import Axis, Curves, Picture, Table, steps_axis
from engines.lab.statistics import half_widths, mean_over, paired

UNIT = "networks"


_ARMS_SMALL = 6
"""Lines that a small picture can hold with their names."""


@dataclass(frozen=True)
class Plan:
    """What is compared, under what, and by which numbers."""

    arms: tuple[str, ...]
    conditions: tuple[str, ...]
    """What every arm is examined under."""
    under: str
    """What the conditions are, the label of their axis."""
    measures: tuple[str, ...]
    """What is measured, labels with units; the course of the first is drawn."""
    opens: int = -1
    """The condition whose course is drawn."""


@dataclass(frozen=True, eq=False)
class Looks:
    """Everything seen so far."""

    plan: Plan
    steps: np.ndarray
    """int64[look]."""
    seen: np.ndarray
    """float64[measure, look, arm, condition, net]; nan where a network diverged, or nothing is
    measured."""

    def until(self, n_looks: int) -> Looks:
        """The first looks."""
        return replace(self, steps=self.steps[:n_looks], seen=self.seen[:, :n_looks])

    def at(self, measure: str, arm: str, condition: str) -> np.ndarray:
        """float64[net]: at the last look.

        Raises:
            InputError: nothing of this name.
        """
        plan = self.plan
        places = [
            _place(name, names)
            for name, names in (
                (measure, plan.measures), (arm, plan.arms), (condition, plan.conditions)
            )
        ]  # fmt: skip
        return self.seen[places[0], -1, places[1], places[2]]

    def mean(self, measure: str, arm: str, condition: str) -> Estimate | None:
        """Mean over networks at the last look, with its interval."""
        of = f"{measure} at {condition}, {arm}"
        return finite_mean(self.at(measure, arm, condition), of)

    def apart(
        self, measure: str, one: str, other: str, condition: str, seed: int
    ) -> Estimate | None:
        """One arm less another, network by network."""
        of = f"{measure} at {condition}, {one} less {other}"
        a, b = (self.at(measure, arm, condition) for arm in (other, one))
        return finite_pairs(a, b, of, seed)

    def pictures(self) -> tuple[Picture, ...]:
        """Every measure by condition, and the first one's course."""
        drawn = tuple(self.by_condition(name) for name in self.plan.measures)
        return (drawn[0], self.course(), *drawn[1:])

    def by_condition(self, measure: str) -> Curves:
        """A measure at the last look against the condition."""
        plan = self.plan
        last = self.seen[_place(measure, plan.measures), -1]
        ticks = tuple((float(k), name) for k, name in enumerate(plan.conditions))
        drawn, axis = scale_of(measure, mean(last))
        middle = {arm: drawn(mean(last[k])) for k, arm in enumerate(plan.arms)}
        ends = {arm: _band(last[k]) for k, arm in enumerate(plan.arms)}
        return Curves(
            _begun(measure),
            np.arange(len(plan.conditions), dtype=float),
            middle,
            Axis(plan.under, ticks=ticks),
            axis,
            bands={arm: (drawn(low), drawn(high)) for arm, (low, high) in ends.items()},
            dots=middle,
            large=len(plan.arms) > _ARMS_SMALL,
        )

    def course(self, measure: str = "") -> Curves:
        """A measure against steps, under the condition that the plan opens with."""
        plan = self.plan
        measure = measure or plan.measures[0]
        every = self.seen[_place(measure, plan.measures), :, :, plan.opens]
        told = f", at {plan.conditions[plan.opens]}" if len(plan.conditions) > 1 else ""
        drawn, axis = scale_of(measure, mean(every))
        return Curves(
            f"While they learn: {measure}{told}",
            np.log10(self.steps + 1.0),
            {arm: drawn(mean(every[:, k])) for k, arm in enumerate(plan.arms)},
            steps_axis(int(self.steps[-1])),
            axis,
            clouds={arm: drawn(every[:, k].T) for k, arm in enumerate(plan.arms)},
        )

    def table(self, measure: str) -> Table:
        """Means with half widths of their intervals, arm by condition."""
        plan = self.plan
        last = self.seen[_place(measure, plan.measures), -1]
        columns = {
            name: tuple(_told(last[k, c]) for k in range(len(plan.arms)))
            for c, name in enumerate(plan.conditions)
        }
        said = f"mean ± 95 % interval of {last.shape[-1]} {UNIT}"
        return Table(f"{measure}, {said}", {"arm": plan.arms, **columns})


def scale_of(measure: str, values: np.ndarray) -> tuple[Callable[[np.ndarray], np.ndarray], Axis]:
    """How a measure is drawn: losses and errors that span tenfold by their logarithm."""
    known = values[np.isfinite(values)]
    wide = len(known) > 0 and 0 < 10 * known.min() < known.max()
    if not (wide and measure.startswith(("loss", "error"))):
        return np.asarray, Axis(measure)
    tenths = range(int(np.floor(np.log10(known.min()))), int(np.log10(known.max())) + 1)
    marks = [m * 10.0**k for k in tenths for m in (1, 2, 5)]
    ticks = tuple((float(np.log10(mark)), f"{mark:g}") for mark in marks)
    return _logarithm, Axis(measure, ticks=ticks)


def _logarithm(values: np.ndarray) -> np.ndarray:
    """Of what is above 0; nan for the rest."""
    there = np.where(values > 0, values, np.nan)
    return np.log10(there)


def _begun(name: str) -> str:
    return name[:1].upper() + name[1:]


def finite_mean(values: np.ndarray, of: str) -> Estimate | None:
    """Mean of float64[net] over those that did not diverge; None below two."""
    alive = values[np.isfinite(values)]
    return mean_over(alive, of=of, unit=UNIT) if len(alive) > 1 else None


def finite_pairs(a: np.ndarray, b: np.ndarray, of: str, seed: int) -> Estimate | None:
    """Mean of b less a over networks where both are finite; None below two."""
    both = np.isfinite(a) & np.isfinite(b)
    return paired(a[both], b[both], seed).estimate(of, UNIT) if both.sum() > 1 else None


def mean(values: np.ndarray) -> np.ndarray:
    """Means over the last axis of what is finite; nan where nothing is."""
    there = np.isfinite(values)
    n = there.sum(axis=-1)
    total = np.where(there, values, 0.0).sum(axis=-1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of 95 % t intervals over the last axis."""
    half = half_widths(values)
    return mean(values) - half, mean(values) + half


def _told(row: np.ndarray) -> str:
    known = np.isfinite(row).any()
    return f"{float(mean(row)):.4g} ± {float(half_widths(row)):.2g}" if known else "—"


def _place(name: str, names: Sequence[str]) -> int:
    if name not in names:
        raise InputError(f"there is no {name!r} here; there are: {', '.join(names)}")
    return list(names).index(name)
