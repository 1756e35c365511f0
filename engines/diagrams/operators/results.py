"""What a comparison over grids gives: errors by grid, and what everybody says of an exam field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Table, steps_axis
from engines.diagrams.operators.asked import (
    ARMS,
    DILATED,
    FOURIER,
    GRIDS,
    PLAIN,
    TRAINED,
    OperatorSpec,
)
from engines.lab.statistics import mean_over, paired

UNIT = "networks"
TRUTH, START = "truth", "start"
_OPENS_WITH = GRIDS.index(2 * TRAINED)


@dataclass(frozen=True, eq=False)
class OperatorFrame(Frame):
    """The comparison so far."""

    steps: np.ndarray
    """int64[look]."""
    error: np.ndarray
    """float64[look, arm, net, grid]: mean relative L2 error of the exam, in per cent."""

    def pictures(self) -> tuple[Picture, ...]:
        """Errors by grid now, and up to here."""
        return (by_grid(self.error[-1]), course(self.steps, self.error))


@dataclass(frozen=True, eq=False)
class OperatorResult(Result):
    """The whole comparison."""

    spec: OperatorSpec
    steps: np.ndarray
    error: np.ndarray
    """float64[look, arm, net, grid]: relative L2 error in per cent, mean of the exam."""
    n_parameters: tuple[int, ...]
    """By arm."""
    start: np.ndarray
    """float32[field, grid, point]: shown fields at the start, nan beyond a grid's own points."""
    end: np.ndarray
    """float32[field, grid, point]: what becomes of them."""
    said: np.ndarray
    """float32[arm, field, grid, point]: what each arm's first network says."""

    def at(self, arm: str, grid: int) -> np.ndarray:
        """float64[net]: error of an arm on a grid, in the end."""
        return self.error[-1, ARMS.index(arm), :, GRIDS.index(grid)]

    def mean(self, arm: str, grid: int) -> Estimate:
        """Error in per cent, with its interval."""
        return mean_over(self.at(arm, grid), of=f"error at {grid} points, {arm}, %", unit=UNIT)

    def change(self, arm: str) -> Estimate:
        """Largest difference to the grid that was learnt, in points of per cent."""
        there = np.stack([self.at(arm, grid) for grid in GRIDS])
        moved = np.nanmax(np.abs(there - self.at(arm, TRAINED)), axis=0)
        return mean_over(moved, of=f"largest change over grids, {arm}, points", unit=UNIT)

    def times(self, arm: str, grid: int) -> Estimate:
        """Error on a grid over that on the grid that was learnt."""
        ratio = self.at(arm, grid) / self.at(arm, TRAINED)
        of = f"error at {grid} points over that at {TRAINED}, {arm}"
        return mean_over(ratio, of=of, unit=UNIT)

    def apart(self, one: str, other: str) -> Estimate:
        """Error of one arm less another's on the grid that was learnt, network by network."""
        found = paired(self.at(other, TRAINED), self.at(one, TRAINED), self.spec.seed)
        return found.estimate(f"error at {TRAINED} points, {one} less {other}, points", UNIT)

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        n = len(self.steps)
        return tuple(
            OperatorFrame(self.steps[:k], self.error[:k], fraction=k / n) for k in range(1, n + 1)
        )

    def pictures(self, grid: int = GRIDS[_OPENS_WITH], field: int = 0) -> tuple[Picture, ...]:
        """A field of the exam on a grid, errors by grid, their course, and the table."""
        return (
            self.field(grid, field),
            by_grid(self.error[-1]),
            course(self.steps, self.error),
            self.table(),
        )

    def field(self, grid: int, field: int) -> Curves:
        """A field of the exam: truth, and what the first network of each arm says on a grid."""
        place = GRIDS.index(grid)
        drawn = {arm: self.said[k, field, place] for k, arm in enumerate(ARMS)}
        drawn |= {TRUTH: self.end[field, place], START: self.start[field, place]}
        lines = {name: each[:grid].astype(float) for name, each in drawn.items()}
        known = "learnt from" if grid == TRAINED else "never learnt from"
        return Curves(
            f"Exam field {field + 1} on {grid} points, {known}",
            np.arange(grid) / grid,
            lines,
            Axis("place, period 1"),
            Axis("u"),
            large=True,
        )

    def table(self) -> Table:
        """Everybody's error on every grid."""
        last = self.error[-1]
        return Table(
            f"Relative L2 error in per cent after {self.spec.n_steps:,} steps at {TRAINED} points, "
            f"mean of {self.spec.n_nets} networks",
            {
                "network": ARMS,
                "learnt numbers": np.array(self.n_parameters),
                **{f"{grid} points": _mean(last[..., k]) for k, grid in enumerate(GRIDS)},
                "low at 128": np.array([self.mean(arm, 128).low for arm in ARMS]),
                "high at 128": np.array([self.mean(arm, 128).high for arm in ARMS]),
            },
        )


def _mean(error: np.ndarray) -> np.ndarray:
    """Mean over networks; nan where there is none."""
    return error.mean(axis=1)


def _decades(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Ticks of a logarithm at 1, 2, 5, 10 ..."""
    marks = [m * 10.0**k for k in range(-2, 4) for m in (1, 2, 5)]
    return tuple((float(np.log10(m)), f"{m:g}") for m in marks if low / 2 <= m <= high * 2)


def by_grid(error: np.ndarray) -> Curves:
    """Error [arm, net, grid] against the grid."""
    log = np.log10(error)
    lines = {arm: log[k].mean(0) for k, arm in enumerate(ARMS)}
    return Curves(
        f"Error by grid, learnt at {TRAINED} points",
        np.log2(np.array(GRIDS, float)),
        lines,
        Axis("points", ticks=tuple((float(np.log2(g)), str(g)) for g in GRIDS)),
        Axis("relative L2 error, %", ticks=_decades(np.nanmin(error), np.nanmax(error))),
        clouds={arm: log[k] for k, arm in enumerate(ARMS)},
        dots=lines,
    )


def course(steps: np.ndarray, error: np.ndarray) -> Curves:
    """Error by step on the grid that is learnt and on the next finer one."""
    here, finer = GRIDS.index(TRAINED), GRIDS.index(2 * TRAINED)
    log = np.log10(error)
    shown = {
        FOURIER: log[:, ARMS.index(FOURIER), :, finer],
        PLAIN: log[:, ARMS.index(PLAIN), :, finer],
        DILATED: log[:, ARMS.index(DILATED), :, finer],
        f"{PLAIN}, at {TRAINED}": log[:, ARMS.index(PLAIN), :, here],
    }
    return Curves(
        f"While they learn at {TRAINED}: error at {2 * TRAINED} points",
        np.log10(steps + 1.0),
        {name: each.mean(1) for name, each in shown.items()},
        steps_axis(int(steps[-1])),
        Axis("relative L2 error, %", ticks=_decades(np.nanmin(error), np.nanmax(error))),
        clouds={name: each.T for name, each in shown.items()},
    )
