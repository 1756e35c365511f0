"""What searches give: the area under what they have seen, and how soon it is nearly all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Points, Table
from engines.diagrams.guided.area import ahead
from engines.diagrams.guided.asked import (
    CHOICES,
    GUIDED,
    LEVELS,
    N_FIRST,
    RANDOM,
    WAYS,
    WIDTHS,
    GuidedSpec,
)
from engines.lab.statistics import half_widths, mean_over, paired

UNIT = "networks"
_N_DRAWN = 120
_COST = "FLOP of an example, from its costs"


def cloud(title: str, cost: np.ndarray, error: np.ndarray, axis: Axis) -> Points:
    """Every nested network, those that nobody beats told apart."""
    best = set(ahead(np.column_stack([cost, error])).tolist())
    kind = tuple("nobody is cheaper and better" if k in best else "others" for k in
                 range(len(cost)))  # fmt: skip
    return Points(title, np.column_stack([np.log10(cost), 100.0 * error]), axis,
                  Axis("wrong in half of the exam", "%"), kind)  # fmt: skip


def log_axis(label: str, values: np.ndarray) -> Axis:
    """Ticks 1, 2, 5 of every power of ten that is there."""
    low, high = float(values.min()), float(values.max())
    marks = [m * 10.0**k for k in range(-6, 9) for m in (1, 2, 5)]
    ticks = tuple((float(np.log10(v)), f"{v:,g}") for v in marks if 0.9 * low < v < 1.1 * high)
    return Axis(label, ticks=ticks)


@dataclass(frozen=True, eq=False)
class GuidedFrame(Frame):
    """The networks nested in the first one, while it learns."""

    step: int
    cost: np.ndarray
    error: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """All 343."""
        title = f"The {len(CHOICES)} networks nested in one, step {self.step:,}"
        return (cloud(title, self.cost, self.error, log_axis(_COST, self.cost)),)


@dataclass(frozen=True, eq=False)
class GuidedResult(Result):
    """The whole comparison."""

    spec: GuidedSpec
    steps: tuple[int, ...]
    course: np.ndarray
    """float64[look, choice]: share wrong of those nested in the first network."""
    cost: np.ndarray
    """int64[choice]."""
    error: np.ndarray
    """float64[net, choice]: share wrong in the half of the exam that searches are told of."""
    share: np.ndarray
    """float64[way, net, look]: of the area under all, after each network that is looked at."""
    needed: np.ndarray
    """int64[level, way, net]: networks looked at until the area is so large."""
    kept: np.ndarray
    """float64[choice]: share wrong in the other half, of those nested in the first network."""
    milliseconds: np.ndarray
    """float64[choice]: of 1,024 examples through each network nested in the first. Measured:
    numbers that another run of the spec does not repeat, so no declared picture holds them."""
    order: np.ndarray
    """int64[way, look]: what was looked at in the first network."""

    def looked(self, way: str, level: float = 0.95) -> Estimate:
        """Networks looked at until so much of the area is found, mean."""
        found = self.needed[LEVELS.index(level), WAYS.index(way)]
        return mean_over(found.astype(float), of=f"looks to {level:.0%} of the area, {way}",
                         unit=UNIT)  # fmt: skip

    def apart(self, one: str, other: str, level: float = 0.95) -> Estimate:
        """Looks of one way less those of another, network by network."""
        a, b = (self.needed[LEVELS.index(level), WAYS.index(w)].astype(float) for w in (other, one))
        of = f"looks to {level:.0%} of the area, {one} less {other}"
        return paired(a, b, self.spec.seed).estimate(of, UNIT)

    def moments(self) -> tuple[Frame, ...]:
        """The first network's learning as a film."""
        return tuple(
            GuidedFrame(step, self.cost, error, fraction=(k + 1) / len(self.steps))
            for k, (step, error) in enumerate(zip(self.steps, self.course, strict=True))
        )

    def pictures(self) -> tuple[Picture, ...]:
        """How soon the area is found, networks by cost, in numbers."""
        title = "Networks nested in the first one"
        by_cost = cloud(f"{title}, by cost", self.cost, self.error[0],
                        log_axis(_COST, self.cost))  # fmt: skip
        return (self.found(), by_cost, self.table(), self.best())

    def pictures_by_time(self) -> tuple[Picture, ...]:
        """The same with the time that each network took in this run, which no other run repeats."""
        return (self.found(), self.by_time(), self.table(), self.best(measured=True))

    def by_time(self) -> Points:
        """The same networks by the time that they took here, measured."""
        time = log_axis("milliseconds for 1,024 examples, measured", self.milliseconds)
        title = "Networks nested in the first one, by measured time"
        return cloud(title, self.milliseconds, self.error[0], time)

    def found(self) -> Curves:
        """Share of the area by networks looked at, mean and interval."""
        look = slice(N_FIRST - 1, _N_DRAWN)
        x = np.arange(1, self.share.shape[-1] + 1, dtype=float)[look]
        share = {way: 100.0 * self.share[k, :, look].T for k, way in enumerate(WAYS)}
        middle = {way: values.mean(axis=1) for way, values in share.items()}
        half = {way: half_widths(values) for way, values in share.items()}
        return Curves(
            "Area found, of that under all 343",
            x,
            middle,
            Axis("networks looked at"),
            Axis("area", "%"),
            bands={w: (middle[w] - half[w], middle[w] + half[w]) for w in WAYS},
            large=True,
        )

    def table(self) -> Table:
        """Looks to every level."""
        columns = {
            f"to {level:.0%}": tuple(_told(self.needed[k, w]) for w in range(len(WAYS)))
            for k, level in enumerate(LEVELS)
        }
        said = f"mean ± 95 % interval of {self.spec.n_nets} {UNIT}"
        return Table(f"Networks looked at, {said}", {"way": WAYS, **columns})

    def best(self, *, measured: bool = False) -> Table:
        """Those of the first network that nobody beats; ``measured`` adds the time they took."""
        front = ahead(np.column_stack([self.cost, self.error[0]]))
        name = tuple("-".join(str(WIDTHS[g]) for g in CHOICES[k]) for k in front)
        columns: dict[str, np.ndarray | tuple[str, ...]] = {
            "widths": name,
            "FLOP": self.cost[front],
            "wrong where searched, %": 100.0 * self.error[0, front],
            "in the other half, %": 100.0 * self.kept[front],
        }
        if measured:
            columns["milliseconds"] = self.milliseconds[front]
        for way in (GUIDED, RANDOM):
            place = np.argsort(self.order[WAYS.index(way)])
            columns[f"look, {way}"] = place[front] + 1
        return Table("Nobody is cheaper and better, first network", columns)


def _told(values: np.ndarray) -> str:
    return f"{values.mean():.1f} ± {float(half_widths(values.astype(float))):.1f}"
