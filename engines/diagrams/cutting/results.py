"""What a comparison of widths gives: shares right, and what is lost by cutting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Table, steps_axis
from engines.diagrams.cutting.asked import ALONE, ARMS, SORTED, WIDTHS, SortedSpec
from engines.lab.statistics import mean_over, paired

UNIT = "networks"


@dataclass(frozen=True, eq=False)
class SortedFrame(Frame):
    """The comparison so far."""

    steps: np.ndarray
    """int64[look]."""
    right: np.ndarray
    """float64[look, arm, width, net]."""

    def pictures(self) -> tuple[Picture, ...]:
        """Shares right by width now, and the one run up to here."""
        return (by_width(self.right[-1]), course(self.steps, self.right))


@dataclass(frozen=True, eq=False)
class SortedResult(Result):
    """The whole comparison."""

    spec: SortedSpec
    steps: np.ndarray
    right: np.ndarray
    """float64[look, arm, width, net]: share right in the exam."""
    groups: tuple[str, ...]
    """The network's groups: which rows die together, and which refuse."""
    exact: np.ndarray
    """float64[net]: largest difference of outputs with 48 of 64 units put to 0 and cut out."""
    inexact: np.ndarray
    """float64[net]: the same cut without putting them to 0 before."""

    def at(self, arm: str, width: int) -> np.ndarray:
        """float64[net]: share right in the end."""
        return self.right[-1, ARMS.index(arm), WIDTHS.index(width)]

    def mean(self, arm: str, width: int) -> Estimate:
        """Share right in the end, with its interval."""
        return mean_over(self.at(arm, width), of=f"share right at {width}, {arm}", unit=UNIT)

    def behind(self, arm: str, widths: tuple[int, ...] = WIDTHS) -> Estimate:
        """How far an arm is behind a network for each width, at the worst of some widths."""
        lost = np.stack([self.at(ALONE, w) - self.at(arm, w) for w in widths]).max(axis=0)
        return mean_over(lost, of=f"largest loss against a network for each, {arm}", unit=UNIT)

    def share(self, arm: str, width: int) -> Estimate:
        """Share right over that of the same arm at full width."""
        part = self.at(arm, width) / self.at(arm, WIDTHS[-1])
        return mean_over(part, of=f"share right at {width} over that at 64, {arm}", unit=UNIT)

    def apart(self, one: str, other: str, width: int) -> Estimate:
        """Share right of one arm less another's, network by network."""
        found = paired(self.at(other, width), self.at(one, width), self.spec.seed)
        return found.estimate(f"share right at {width}, {one} less {other}", UNIT)

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        n = len(self.steps)
        return tuple(
            SortedFrame(self.steps[:k], self.right[:k], fraction=k / n) for k in range(1, n + 1)
        )

    def pictures(self) -> tuple[Picture, ...]:
        """Shares right by width, the one run as it learns, shares in numbers, groups."""
        return (by_width(self.right[-1]), course(self.steps, self.right), *self.tables())

    def tables(self) -> tuple[Table, Table]:
        """Shares right by width, and which rows of weights die together."""
        last = self.right[-1].mean(axis=-1)
        shares = {f"{width} units": 100 * last[:, k] for k, width in enumerate(WIDTHS)}
        said = f"{self.spec.n_steps:,} steps, mean of {self.spec.n_nets} networks"
        axes, _, what = zip(*(one.partition(": ") for one in self.groups), strict=True)
        return (
            Table(f"Per cent right, {said}", {"arm": ARMS, **shares}),
            Table("Which rows die together in these networks", {"axis": axes, "arrays": what}),
        )


def _widths() -> Axis:
    ticks = tuple((float(np.log2(width)), str(width)) for width in WIDTHS)
    return Axis("hidden units that are used", ticks=ticks)


def by_width(right: np.ndarray) -> Curves:
    """Share right [arm, width, net] against the width."""
    return Curves(
        "How many hidden units are used",
        np.log2(np.array(WIDTHS, float)),
        {arm: right[k].mean(axis=-1) for k, arm in enumerate(ARMS)},
        _widths(),
        Axis("share right"),
        clouds={arm: right[k].T for k, arm in enumerate(ARMS)},
        dots={arm: right[k].mean(axis=-1) for k, arm in enumerate(ARMS)},
    )


def course(steps: np.ndarray, right: np.ndarray) -> Curves:
    """Share right of the one run at every width, by step."""
    one = right[:, ARMS.index(SORTED)]
    return Curves(
        "All widths of the one run while it learns",
        np.log10(steps + 1.0),
        {f"{width} units": one[:, k].mean(axis=-1) for k, width in enumerate(WIDTHS)},
        steps_axis(int(steps[-1])),
        Axis("share right"),
    )
