"""Opposing signals: what is planted, what is measured, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import model_validator

from engines.contract import Estimate, Frame, Result, Seed, Spec, SpecError, knob
from engines.contract.pictures import Axis, Bars, Curves, Picture, Points, Table
from engines.lab.statistics import mean_over, paired

OPPOSING, EQUAL, INDEPENDENT, ADAM = (
    "opposing labels", "equal labels", "directions of their own", "opposing labels, Adam",
)  # fmt: skip
ARMS = (OPPOSING, EQUAL, INDEPENDENT, ADAM)
MEASURES = (
    "correlation of planted groups",
    "correlation of found groups",
    "share of the found that is planted",
    "share of steps on which the loss rises",
    "sharpness over 2 / rate",
)
PLANTED, FOUND, SHARE, RISES, EDGE = range(len(MEASURES))
GROUPS = ("one label", "the other", "all examples")
_MOST_WORK = 6e9
_WINDOW = 30
"""Steps that are drawn before a moment."""


class OpposingSpec(Spec):
    """Networks of one hidden layer, all examples at every step, some of them far out."""

    size: float = knob(
        10.0, label="Size", help="How far outliers lie, in norms of an ordinary example.",
        group="Outliers", gt=0, le=100, soft=(2, 20),
    )  # fmt: skip
    n_outliers: int = knob(
        20, label="Outliers", help="Beside 400 ordinary examples in 40 dimensions; half of them "
        "have each label.", group="Outliers", ge=4, le=200, soft=(4, 60), step=2,
    )  # fmt: skip
    rate: float = knob(
        0.4, label="Learning rate", help="Of gradient descent; the edge of stability lies at 2 "
        "over it. Adam takes 0.005.", group="Learning", gt=0, le=10, soft=(0.05, 1), log=True,
    )  # fmt: skip
    n_steps: int = knob(
        600, label="Steps", help="Groups are found in the second third of them and judged in the "
        "last.", group="Learning", ge=60, le=20_000, soft=(200, 2_000),
    )  # fmt: skip
    width: int = knob(
        64, label="Width", help="Of the hidden layer, tanh.", group="Learning", ge=4, le=512,
        soft=(16, 128), log=True,
    )  # fmt: skip
    n_seeds: int = knob(
        10, label="Seeds", help="Networks per arm, each with examples of its own; arms share first "
        "weights and ordinary examples.", group="Learning", ge=3, le=40, soft=(5, 20),
    )  # fmt: skip
    network: int = knob(
        1, label="Network", help="Which seed is drawn.", group="Learning", ge=1, le=40,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of networks and examples.", group="Learning")

    @model_validator(mode="after")
    def _possible(self) -> OpposingSpec:
        if self.n_outliers % 2:
            raise SpecError(f"{self.n_outliers} outliers cannot be halved; take an even number")
        if self.network > self.n_seeds:
            raise SpecError(f"there is no network {self.network}; this run has {self.n_seeds}")
        work = self.n_seeds * self.n_steps * self.width * (400 + self.n_outliers)
        if work > _MOST_WORK:
            raise SpecError(
                f"this is {work / _MOST_WORK:.1f} times more than a page should compute; take "
                "fewer steps, seeds or units"
            )
        return self


@dataclass(frozen=True)
class Sharpening:
    """``steps`` int64[moment] and ``sharpness`` float64[moment, arm, seed], nan once diverged."""

    steps: np.ndarray
    sharpness: np.ndarray


@dataclass(frozen=True, eq=False)
class OpposingFrame(Frame):
    """The sharpness so far, and losses of the shown network up to now.

    ``losses`` float32[arm, step, group], see `GROUPS`; nan where it is not learnt yet.
    """

    spec: OpposingSpec
    course: Sharpening
    losses: np.ndarray
    step: int

    def pictures(self) -> tuple[Picture, ...]:
        """Losses of the last steps, and the sharpness."""
        return (
            *(_zigzag(self.losses[k], arm, self.step) for k, arm in enumerate(ARMS[:2])),
            _sharpening(self.spec, self.course),
        )


@dataclass(frozen=True, eq=False)
class OpposingRun(Result):
    """Measures of every network, and the shown one's losses.

    ``measured`` float64[arm, seed, measure], see `MEASURES`, nan where a network diverged.
    """

    spec: OpposingSpec
    course: Sharpening
    losses: np.ndarray
    measured: np.ndarray

    @property
    def alive(self) -> np.ndarray:
        """bool[arm, seed]: networks that did not diverge."""
        return np.asarray(np.isfinite(self.measured).all(-1))

    def of(self, what: int, arm: str) -> Estimate | None:
        """A measure, mean over networks of an arm that did not diverge; None of fewer than two."""
        k = ARMS.index(arm)
        values = self.measured[k, self.alive[k], what]
        if len(values) < 2:
            return None
        return mean_over(values, of=f"{MEASURES[what]}, {arm}", unit="networks")

    def less(self, what: int, arm: str, other: str) -> Estimate | None:
        """A measure of one arm less that of another, seed by seed, where neither diverged."""
        one, two = ARMS.index(arm), ARMS.index(other)
        both = self.alive[one] & self.alive[two]
        if both.sum() < 2:
            return None
        pairs = self.measured[two, both, what], self.measured[one, both, what]
        return paired(*pairs, self.spec.seed).estimate(f"{arm} less {other}", "networks")

    def moments(self) -> tuple[Frame, ...]:
        """One frame per moment."""
        n = len(self.course.steps)
        return tuple(
            OpposingFrame(
                self.spec, Sharpening(self.course.steps[: k + 1], self.course.sharpness[: k + 1]),
                self.losses, int(self.course.steps[k]), fraction=(k + 1) / n,
            )
            for k in range(n)
        )  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """Losses of the last steps, changes against each other, correlations, sharpness, table."""
        last = int(self.course.steps[-1])
        return (
            *(_zigzag(self.losses[k], arm, last) for k, arm in enumerate(ARMS[:2])),
            _sharpening(self.spec, self.course),
            _changes(self.losses),
            self._bars(PLANTED),
            self._bars(FOUND),
            self._bars(EDGE),
            self._table(),
        )

    def _bars(self, what: int) -> Bars:
        found = [self.of(what, arm) for arm in ARMS]
        heights, low, high = (
            np.array([np.nan if e is None else getattr(e, end) for e in found])
            for end in ("value", "low", "high")
        )
        ticks = tuple((float(k), arm) for k, arm in enumerate(ARMS))
        return Bars(MEASURES[what].capitalize(), heights, Axis("", ticks=ticks),
                    Axis(MEASURES[what].split()[0]), whiskers=(low, high))  # fmt: skip

    def _table(self) -> Table:
        rows: dict[str, tuple[str, ...]] = {"": ARMS}
        for k, name in enumerate(MEASURES):
            rows[name] = tuple(self._said(k, arm) for arm in range(len(ARMS)))
        diverged = (~self.alive).sum(1)
        rows["diverged"] = tuple(f"{n} of {self.spec.n_seeds}" for n in diverged)
        return Table(
            "Networks that did not diverge: mean with 95 % t interval over networks, median behind",
            rows,
        )

    def _said(self, what: int, arm: int) -> str:
        found = self.of(what, ARMS[arm])
        if found is None:
            return ""
        middle = np.median(self.measured[arm, self.alive[arm], what])
        return f"{found.value:.3g} [{found.low:.3g}, {found.high:.3g}], {middle:.3g}"


def _zigzag(losses: np.ndarray, arm: str, step: int) -> Curves:
    """Losses of both groups in the steps before a moment."""
    steps = np.arange(max(0, step - _WINDOW), step + 1)
    lines = {name: losses[steps, k].astype(float) for k, name in enumerate(GROUPS)}
    return Curves(f"{arm.capitalize()}: loss of both groups", steps.astype(float), lines,
                  Axis("step"), Axis("squared error"))  # fmt: skip


def _sharpening(spec: OpposingSpec, course: Sharpening) -> Curves:
    x = np.log10(course.steps + 1.0)
    found = {arm: _middle(course.sharpness[:, k]) for k, arm in enumerate(ARMS)}
    found["2 / rate"] = np.full(len(x), 2.0 / spec.rate)
    # A curvature of 0 or below has no place on this axis.
    lines = {arm: np.log10(np.where(line > 0, line, np.nan)) for arm, line in found.items()}
    up = tuple((float(np.log10(m)), f"{m:g}") for m in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100))
    marks = [0, *(10**k for k in range(1 + len(str(spec.n_steps))))]
    ticks = tuple((float(np.log10(m + 1.0)), f"{m:,}") for m in marks if m <= spec.n_steps)
    return Curves("Sharpness, median of networks", x, lines, Axis("step", ticks=ticks),
                  Axis("largest curvature", ticks=up))  # fmt: skip


def _middle(values: np.ndarray) -> np.ndarray:
    """Medians of rows, of what is finite; nan of nothing."""
    return np.array([
        np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in values
    ])  # fmt: skip


def _changes(losses: np.ndarray) -> Points:
    """Step-to-step changes of both groups in the last third, by arm."""
    xy, kind = [], []
    for k, arm in enumerate(ARMS[:3]):
        changes = np.diff(losses[k, -(losses.shape[1] // 3) :, :2], axis=0)
        if np.isfinite(changes).all():
            xy.append(changes)
            kind += [arm] * len(changes)
    return Points("Changes of loss from step to step", np.concatenate(xy or [np.zeros((0, 2))]),
                  Axis("one label"), Axis("the other"), tuple(kind))  # fmt: skip


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's r of two series; 0 where one of them does not change."""
    a, b = one - one.mean(), other - other.mean()
    length = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum() / length) if length else 0.0


def found_groups(changes: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n examples whose loss changes most, parted by the way in which they change together.

    The sign of their part in the first principal component; if all agree, its median parts them.

    Args:
        changes: float[step, example], of the loss from step to step.
        n: how many.
    """
    most = np.argsort(-np.abs(changes).mean(0), kind="stable")[:n]
    centred = changes[:, most] - changes[:, most].mean(0)
    part = np.linalg.svd(centred, full_matrices=False)[2][0]
    up = part > 0
    if up.all() or not up.any():
        up = part > np.median(part)
    return most[up], most[~up]


def measures_of(losses: np.ndarray, first: np.ndarray, n_outliers: int) -> list[float]:
    """What one network's losses say, all of `MEASURES` but the sharpness.

    Args:
        losses: float[step, example]; outliers are the last.
        first: bool[outlier]: those of the first planted group.
        n_outliers: how many.
    """
    changes, third = np.diff(losses.astype(float), axis=0), len(losses) // 3
    middle, late = changes[third : 2 * third], changes[2 * third :]
    outliers = np.arange(losses.shape[1] - n_outliers, losses.shape[1])
    groups = found_groups(middle, n_outliers)
    planted = outliers[first], outliers[~first]
    rises = float((changes[third:].mean(1) > 0).mean())
    share = float(np.isin(np.concatenate(groups), outliers).mean())
    by_planted, by_found = (
        correlation(late[:, a].mean(1), late[:, b].mean(1)) for a, b in (planted, groups)
    )
    return [by_planted, by_found, share, rises]
