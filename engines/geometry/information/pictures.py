"""The plane by two estimators, its course, the falls, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Picture, Points, Table
from engines.geometry.information.reading import Reading
from engines.geometry.information.spec import (
    ARMS,
    COMPRESSED,
    ESTIMATORS,
    EXACT,
    FIXED,
    HIDDEN,
    MASS,
    N_BITS,
    RANDOM,
    RANGE,
    RELU,
)
from engines.lab.statistics import mean_over

SHOWN = (RELU, FIXED, RANGE)
"""Group, estimator and the one beside it that are drawn unless others are asked for."""


@dataclass(frozen=True, eq=False)
class InformationFrame(Frame):
    """The first moments of a run."""

    reading: Reading
    n_moments: int

    def pictures(self, shown: tuple[int, int, int] = SHOWN) -> tuple[Picture, ...]:
        """The plane so far."""
        return pictures_of(self.reading, self.n_moments, shown)


@dataclass(frozen=True, eq=False)
class InformationRun(Result):
    """A whole run, whose layers are read by every estimator."""

    reading: Reading

    def moments(self) -> tuple[Frame, ...]:
        """The plane as it grew."""
        n = len(self.reading.steps)
        return tuple(
            InformationFrame(self.reading, k, fraction=k / n) for k in range(2, n)
        )  # fmt: skip

    def pictures(self, shown: tuple[int, int, int] = SHOWN) -> tuple[Picture, ...]:
        """Everything, with the group and the two estimators that are asked for.

        ``shown``: places in `ARMS`, `ESTIMATORS` and again `ESTIMATORS`.
        """
        n = len(self.reading.steps)
        return (*pictures_of(self.reading, n, shown), table_of(self.reading))


def pictures_of(reading: Reading, n: int, shown: tuple[int, int, int]) -> tuple[Picture, ...]:
    """Pictures of the first n moments."""
    arm, one, other = shown
    return (
        plane(reading, n, arm, one),
        plane(reading, n, arm, other),
        course(reading, n, arm, one),
        course(reading, n, arm, other),
        falls(reading, n),
        signal(reading, n),
        against_exam(reading, n),
        learnt(reading, n),
    )


def _seen(estimator: int) -> str:
    """What the number is: nothing of it is in the layer alone."""
    return "different values" if estimator == EXACT else ESTIMATORS[estimator]


def plane(reading: Reading, n: int, arm: int, estimator: int) -> Curves:
    """The path of each hidden layer, mean over networks; its end is a dot."""
    path = reading.information[arm, estimator, :n].mean(axis=1, dtype=np.float64)
    x = np.concatenate([path[:, k, 0] for k in range(len(HIDDEN))])
    lines, dots = {}, {}
    for k, name in enumerate(HIDDEN):
        line, end = np.full(len(x), np.nan), np.full(len(x), np.nan)
        line[k * n : (k + 1) * n] = path[:, k, 1]
        read = np.flatnonzero(np.isfinite(line))
        if len(read):
            end[read[-1]] = line[read[-1]]
        lines[name], dots[name] = line, end
    title = f"{ARMS[arm]}: {_seen(estimator)}; dots are the end"
    return Curves(title, np.nan_to_num(x), lines, Axis("I(T; X) as read", "bits"),
                  Axis("I(T; Y) as read", "bits"), dots=dots)  # fmt: skip


def _steps(reading: Reading, n: int) -> tuple[np.ndarray, Axis]:
    last = int(reading.steps[-1])
    marks = [0, *(10**k for k in range(len(str(last))))]
    ticks = tuple((float(np.log10(s + 1.0)), f"{s:,}") for s in marks if s <= last)
    return np.log10(reading.steps[:n] + 1.0), Axis("step, by its logarithm", ticks=ticks)


def _mean_and_band(values: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Of [moment, net]: means and 95 % t intervals, nan where a network is not read."""
    mean, low, high = (np.full(len(values), np.nan) for _ in range(3))
    for k, row in enumerate(values):
        if np.isfinite(row).all():
            found = mean_over(row, of="", unit="networks")
            mean[k], low[k], high[k] = found.value, found.low, found.high
    return mean, (low, high)


def course(reading: Reading, n: int, arm: int, estimator: int) -> Curves:
    """I(T; X) of the last hidden layer: mean and 95 % of each group, and without any bins."""
    x, axis = _steps(reading, n)
    lines, bands = {}, {}
    for k, name in enumerate(ARMS):
        lines[name], bands[name] = _mean_and_band(reading.of_input(k, estimator)[:n])
    lines[f"{ARMS[arm]}, no bins"] = reading.of_input(arm, EXACT)[:n].mean(axis=1)
    title = f"Last hidden layer, {_seen(estimator)}"
    return Curves(title, x, lines, axis, Axis("I(T; X) as read", "bits"), bands)


def falls(reading: Reading, n: int) -> Bars:
    """Fall of I(T; X) from its maximum, by group and estimator."""
    heights, kind, ticks, low, high, x = [], [], [], [], [], []
    for arm, name in enumerate(ARMS):
        for e in range(len(ESTIMATORS)):
            values = reading.falls(arm, e, n)
            found = mean_over(values, of="", unit="") if np.isfinite(values).all() else None
            heights.append(found.value if found else 0.0)
            low.append(found.low if found else np.nan)
            high.append(found.high if found else np.nan)
            kind.append(ESTIMATORS[e])
            x.append(float(len(x)))
        ticks.append((x[-1] - (len(ESTIMATORS) - 1) / 2, name))
    return Bars("Fall of its I(T; X) from the maximum", np.array(heights),
                Axis("", ticks=tuple(ticks)), Axis("fall", "bits"), tuple(kind), np.array(x),
                (np.array(low), np.array(high)))  # fmt: skip


def signal(reading: Reading, n: int) -> Curves:
    """Length of the mean gradient over that of its spread between batches, median over layers."""
    x, axis = _steps(reading, n)
    lines, bands, dots = {}, {}, {}
    for arm, name in enumerate(ARMS):
        median = np.median(reading.signal[arm, :n], axis=-1)
        lines[name], bands[name] = _mean_and_band(median)
        below = np.flatnonzero(lines[name] < 1.0)
        crossing = np.full(len(x), np.nan)
        if len(below) and below[0]:
            crossing[below[0]] = lines[name][below[0]]
        dots[name] = crossing
    lines["as steady as it varies"] = np.ones(len(x))
    title = "Drift of the gradient; dots: below 1"
    y = Axis("|mean| / |SD|")
    return Curves(title, x, lines, axis, y, bands, {}, dots)


def learnt(reading: Reading, n: int) -> Curves:
    """Share right of the exam."""
    x, axis = _steps(reading, n)
    lines, bands = {}, {}
    for arm, name in enumerate(ARMS):
        lines[name], bands[name] = _mean_and_band(reading.scores[arm, :n, :, 1])
    return Curves("Words of the exam that are right", x, lines, axis, Axis("share"), bands)


def against_exam(reading: Reading, n: int) -> Points:
    """Fall by bins of equal mass against the exam, a point per network taught the rule."""
    xy, kind = [], []
    for arm, name in enumerate(ARMS):
        if arm == RANDOM:
            continue
        fall, exam = reading.falls(arm, MASS, n), reading.scores[arm, n - 1, :, 1]
        for a, b in zip(fall, exam, strict=True):
            if np.isfinite([a, b]).all():
                xy.append((a, b))
                kind.append(name)
    return Points("Does who compresses generalise?", np.array(xy).reshape(-1, 2),
                  Axis(f"fall, {ESTIMATORS[MASS]}", "bits"), Axis("share right of the exam"),
                  tuple(kind))  # fmt: skip


def table_of(reading: Reading) -> Table:
    """Networks that compress, by group and estimator, and what was learnt."""
    spec = reading.spec
    columns: dict[str, tuple[str, ...]] = {"group": ARMS}
    for e, name in enumerate(ESTIMATORS):
        columns[name] = tuple(
            f"{int((reading.falls(arm, e) > COMPRESSED).sum())} of {spec.n_seeds}"
            for arm in range(len(ARMS))
        )
    columns["right of the exam"] = tuple(f"{s[-1, :, 1].mean():.3f}" for s in reading.scores)
    columns["learnt nothing"] = tuple(str(int((s[-1, :, 0] < 0.55).sum())) for s in reading.scores)
    return Table(
        f"Networks whose I(T; X) falls by more than {COMPRESSED:g} bits; every network is a "
        f"function, so without bins T holds all {N_BITS} bits of X until two words collide",
        columns,
    )
