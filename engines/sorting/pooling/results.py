"""What pooling gives: losses of every kind of network on the exam."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, InputError, Result
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table, steps_axis
from engines.lab.statistics import half_widths, mean_over, paired
from engines.sorting.pooling.asked import ARMS, RATES, PoolSpec

LOSS, RIGHT = 0, 1


@dataclass(frozen=True, eq=False)
class PoolFrame(Frame):
    """Everything seen so far."""

    steps: np.ndarray
    """int64[look]."""
    seen: np.ndarray
    """float64[look, arm, loss or share right, net]: on the exam."""

    def pictures(self) -> tuple[Picture, ...]:
        """Losses now and up to here."""
        return (bars(self.seen), course(self.steps, self.seen))


@dataclass(frozen=True, eq=False)
class PoolResult(Result):
    """The whole comparison."""

    spec: PoolSpec
    steps: np.ndarray
    seen: np.ndarray
    """As in the frames."""

    def at(self, measure: int, arm: str) -> np.ndarray:
        """float64[net]: on the exam, in the end.

        Raises:
            InputError: no such arm.
        """
        if arm not in ARMS:
            raise InputError(f"there is no {arm!r} here; there are: {', '.join(ARMS)}")
        return self.seen[-1, ARMS.index(arm), measure]

    def mean(self, arm: str) -> Estimate:
        """Loss on the exam, mean over networks."""
        return mean_over(self.at(LOSS, arm), of=f"loss on the exam, {arm}, nats", unit="networks")

    def apart(self, one: str, other: str) -> Estimate:
        """One arm less another, network by network."""
        pairs = paired(self.at(LOSS, other), self.at(LOSS, one), self.spec.seed)
        return pairs.estimate(f"loss on the exam, {one} less {other}, nats", "networks")

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        n = len(self.steps)
        return tuple(
            PoolFrame(self.steps[:k], self.seen[:k], fraction=k / n) for k in range(1, n + 1)
        )

    def pictures(self) -> tuple[Picture, ...]:
        """Losses, their course, and in numbers."""
        return (bars(self.seen), course(self.steps, self.seen), self.table())

    def table(self) -> Table:
        """Every way to pool."""
        n = self.seen.shape[-1]
        told = {
            name: tuple(_told(row) for row in self.seen[-1, :, measure])
            for measure, name in ((LOSS, "loss, nats"), (RIGHT, "share right"))
        }
        return Table(
            f"On the exam, mean ± 95 % interval of {n} networks",
            {"pool": ARMS, "learning rate": np.array(list(RATES.values())), **told},
        )


def bars(seen: np.ndarray) -> Bars:
    """Loss on the exam by arm."""
    found = seen[-1, :, LOSS]
    mean, half = found.mean(-1), half_widths(found)
    ticks = tuple((float(k), name) for k, name in enumerate(ARMS))
    return Bars("Loss on the exam", mean,
                Axis("pool", ticks=ticks), Axis("loss", "nats"),
                whiskers=(mean - half, mean + half))  # fmt: skip


def course(steps: np.ndarray, seen: np.ndarray) -> Curves:
    """Share right on the exam against steps."""
    found = seen[:, :, RIGHT]
    return Curves(
        "While they learn",
        np.log10(steps + 1.0),
        {arm: found[:, k].mean(-1) for k, arm in enumerate(ARMS)},
        steps_axis(int(steps[-1])),
        Axis("share right on the exam"),
    )


def _told(row: np.ndarray) -> str:
    return f"{row.mean():.4g} ± {float(half_widths(row)):.2g}"
