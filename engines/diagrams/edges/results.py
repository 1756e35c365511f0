"""What a comparison gives: errors of everybody, the functions of one network, what steps took."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table, steps_axis
from engines.diagrams.edges.asked import ONE, TWO, KanSpec
from engines.diagrams.edges.drawing import Functions, network_picture
from engines.lab.statistics import mean_over

_ROUNDED = 1e-9
UNIT = "networks"


@dataclass(frozen=True, eq=False)
class Course:
    """Errors in the exam while everybody learns."""

    classifies: bool
    names: tuple[str, ...]
    steps: np.ndarray
    """int64[look]."""
    error: np.ndarray
    """float64[look, entrant, net]: root mean square error over the spread of the target, or share
    of wrong digits; nan where a network diverged."""

    def until(self, n: int) -> Course:
        """The first looks only."""
        return Course(self.classifies, self.names, self.steps[:n], self.error[:n])

    @property
    def measure(self) -> str:
        """What an error is."""
        return "share wrong" if self.classifies else "error / spread of the target"

    def picture(self) -> Curves:
        """Error by step, both by their logarithm; the middle network of each, all of them thin."""
        logs = np.log10(np.maximum(self.error, 1e-4))
        lines = {name: np.nanmedian(logs[:, k], axis=1) for k, name in enumerate(self.names)}
        clouds = {name: logs[:, k].T for k, name in enumerate(self.names)}
        shown = [m * 10.0**k for k in range(-4, 2) for m in (1, 3)]
        low, high = float(np.nanmin(logs)), float(np.nanmax(logs))
        ticks = tuple(
            (np.log10(v), f"{v:g}") for v in shown if low - 0.3 < np.log10(v) < high + 0.3
        )
        return Curves(
            "Error in the exam, the middle network of each",
            np.log10(self.steps + 1.0),
            lines,
            steps_axis(int(self.steps[-1])),
            Axis(self.measure, ticks=ticks),
            clouds=clouds,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class KanFrame(Frame):
    """The comparison so far."""

    course: Course
    functions: Functions

    def pictures(self) -> tuple[Picture, ...]:
        """The network of functions, and errors up to here."""
        return (network_picture(self.functions), self.course.picture())


@dataclass(frozen=True, eq=False)
class KanResult(Result):
    """The whole comparison."""

    spec: KanSpec
    course: Course
    n_parameters: tuple[int, ...]
    """Of each entrant."""
    functions: tuple[Functions, ...]
    """Of the first network with splines, look by look."""
    answers: np.ndarray
    """float32[what, row, column] over the plane from -1 to 1, the largest y first: the formula,
    the first network with splines, the first of the better perceptron; empty without a plane."""
    alike: np.ndarray
    """float64[edge in, net]: how well the functions of a single sum are known ones (size of the
    correlation with sin(pi x) and y²); empty where there is no single sum or another formula."""
    seconds: np.ndarray
    """float64[entrant, look]: what steps up to a look took here, all networks. Measured."""

    @cached_property
    def ends(self) -> dict[str, np.ndarray]:
        """float64[net] of every entrant: errors in the end."""
        return {name: self.course.error[-1, k] for k, name in enumerate(self.course.names)}

    @property
    def better_mlp(self) -> str:
        """The perceptron whose middle network ends with less error."""
        return min((ONE, TWO), key=lambda name: float(np.nanmedian(self.ends[name])))

    def ratio(self, one: str, other: str) -> Estimate | None:
        """Error of one entrant over another's: geometric mean with its interval; None if absent."""
        if not {one, other} <= set(self.ends):
            return None
        logs = np.log(np.maximum(self.ends[one], _ROUNDED) / np.maximum(self.ends[other], _ROUNDED))
        return _geometric(logs, f"error of {one} over {other}", UNIT)

    def time_ratio(self, one: str, other: str) -> Estimate | None:
        """CPU time of one entrant over another's, over stretches of the run; None if absent."""
        if not {one, other} <= set(self.ends):
            return None
        at = [self.course.names.index(name) for name in (one, other)]
        long_ = np.diff(self.course.steps, prepend=0) >= 10
        ours, theirs = self.seconds[at][:, long_]
        both = (ours > 0) & (theirs > 0)
        if both.sum() < 2:
            return None
        logs = np.log(ours[both] / theirs[both])
        return _geometric(logs, f"CPU time of {one} over {other}", "stretches of the run")

    def moments(self) -> tuple[Frame, ...]:
        """The film of the functions."""
        n = len(self.functions)
        return tuple(
            KanFrame(self.course.until(k), self.functions[k - 1], fraction=k / n)
            for k in range(1, n + 1)
        )

    def pictures(self) -> tuple[Picture, ...]:
        """The network of functions, errors, answers over the plane, and the table."""
        drawn = (network_picture(self.functions[-1]), self.course.picture())
        return (*drawn, *self._planes(), self.bars(), self.table())

    def _planes(self) -> tuple[Heatmap, ...]:
        titles = (
            "What is taught",
            "The first KAN",
            f"The first {self.better_mlp}",
        )
        places = tuple((0.5 + 9.0 * k, f"{v:g}") for k, v in enumerate(np.linspace(-1, 1, 6)))
        down = tuple((p, t) for (p, _), (_, t) in zip(places, reversed(places), strict=True))
        x, y = Axis("x", ticks=places), Axis("y", ticks=down)
        return tuple(
            Heatmap(title, values, x, y, Axis("value"), square=True)
            for title, values in zip(titles, self.answers, strict=False)
        )

    def bars(self) -> Bars:
        """Errors in the end, geometric means with their intervals, as powers of ten."""
        found = [mean_over(np.log10(np.maximum(v, 1e-4)), of=name, unit=UNIT)
                 for name, v in self.ends.items()]  # fmt: skip
        return Bars(
            f"{self.course.measure.capitalize()} in the end, as a power of ten",
            np.array([e.value for e in found]),
            Axis("", ticks=tuple((float(k), name) for k, name in enumerate(self.ends))),
            Axis("log10"),
            kind=tuple(self.ends),
            whiskers=(np.array([e.low for e in found]), np.array([e.high for e in found])),
        )

    def table(self) -> Table:
        """Everybody's parameters and errors."""
        ends = list(self.ends.values())
        return Table(
            f"In the end: {self.course.measure}, {self.spec.n_nets} networks each",
            {
                "entrant": tuple(self.ends),
                "parameters": np.array(self.n_parameters),
                "middle": np.array([np.nanmedian(v) for v in ends]),
                "best": np.array([np.nanmin(v) for v in ends]),
                "worst": np.array([np.nanmax(v) for v in ends]),
            },
        )


def _geometric(logs: np.ndarray, of: str, unit: str) -> Estimate | None:
    logs = logs[np.isfinite(logs)]
    if len(logs) < 2:
        return None
    found = mean_over(logs, of=of, unit=unit)
    value, low, high = np.exp((found.value, found.low, found.high))
    said = f"geometric mean, t interval of logarithms over {unit}"
    return Estimate(of, float(value), float(low), float(high), len(logs), unit, said)
