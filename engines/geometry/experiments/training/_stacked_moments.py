"""What a run of many seeds shows: curves with bands, the interventions, and their controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics import mean_over

WHOLE, DONE, RANDOM = "whole", "with interventions", "random, as large"


def mean_and_band(values: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Mean over networks that are finite [moment], and its 95 % t interval; nan below two."""
    mean, low, high = (np.full(len(values), np.nan) for _ in range(3))
    for k, row in enumerate(values):
        alive = row[np.isfinite(row)]
        if len(alive) > 1:
            found = mean_over(alive, of="score", unit="networks")
            mean[k], low[k], high[k] = found.value, found.low, found.high
        elif len(alive):
            mean[k] = low[k] = high[k] = alive[0]
    return mean, (low, high)


@dataclass(frozen=True)
class Course:
    """What was measured so far; every array is float64[moment, net], nan where one diverged."""

    steps: np.ndarray
    """int64[moment]."""
    loss: np.ndarray
    """Loss on examples that were learnt from."""
    learnt: np.ndarray
    """Score on those examples."""
    whole: np.ndarray
    """Score on the exam."""
    done: np.ndarray
    """The same with the interventions; empty where there are none."""
    random: np.ndarray
    """The same with as large random ones, mean over the draws; nan where there are none."""
    chance: float
    score: str
    """What the score is."""

    @property
    def n_diverged(self) -> np.ndarray:
        """int64[moment]: networks that hold no finite number any more."""
        return (~np.isfinite(self.loss)).sum(1)

    def pictures(self, at: int) -> tuple[Picture, ...]:
        """Curves of the whole course, with a dot at the moment that is looked at."""
        return (self._curves(at), self._losses(at), *self._effects(at))

    def _dots(self, lines: Mapping[str, np.ndarray], at: int) -> dict[str, np.ndarray]:
        here = np.arange(len(self.steps)) == at
        return {name: np.where(here, line, np.nan) for name, line in lines.items()}

    def _axis(self) -> tuple[np.ndarray, Axis]:
        return np.log10(self.steps + 1.0), _log_axis(int(self.steps[-1]))

    def _curves(self, at: int) -> Curves:
        x, axis = self._axis()
        lines, bands = {}, {}
        for name, values in (("exam", self.whole), ("learnt from", self.learnt)):
            lines[name], bands[name] = mean_and_band(values)
        dots = self._dots({"exam": lines["exam"]}, at)
        lines["chance"] = np.full(len(x), self.chance)
        title = f"{self.score}, mean of networks that did not diverge"
        return Curves(title, x, lines, axis, Axis(self.score), bands, {"exam": self.whole.T}, dots)

    def _losses(self, at: int) -> Curves:
        x, axis = self._axis()
        mean, band = mean_and_band(self.loss)
        dots = self._dots({"loss": mean}, at)
        return Curves("Loss on what is learnt from", x, {"loss": mean}, axis, Axis("loss"),
                      {"loss": band}, {"loss": self.loss.T}, dots)  # fmt: skip

    def conditions(self) -> dict[str, np.ndarray]:
        """Score on the exam [moment, net] in each condition there is."""
        found = {WHOLE: self.whole}
        if self.done.size:
            found[DONE] = self.done
        if np.isfinite(self.random).any():
            found[RANDOM] = self.random
        return found

    def _effects(self, at: int) -> tuple[Picture, ...]:
        conditions = self.conditions()
        if len(conditions) < 2:
            return ()
        x, axis = self._axis()
        found = {name: mean_and_band(values) for name, values in conditions.items()}
        lines = {name: line for name, (line, _) in found.items()}
        bands = {name: band for name, (_, band) in found.items()}
        names = tuple(conditions)
        ticks = tuple((float(k), name) for k, name in enumerate(names))
        heights = np.array([lines[name][at] for name in names])
        whiskers = tuple(np.array([bands[name][end][at] for name in names]) for end in (0, 1))
        return (
            Curves("What the interventions do at each moment", x, lines, axis, Axis(self.score),
                   bands, {}, self._dots(lines, at)),
            Bars(f"At step {self.steps[at]:,}", heights, Axis("", ticks=ticks), Axis(self.score),
                 whiskers=(whiskers[0], whiskers[1])),
        )  # fmt: skip


def _log_axis(last: int) -> Axis:
    marks = [0, *(10**k for k in range(len(str(last))))]
    ticks = tuple((float(np.log10(step + 1.0)), f"{step:,}") for step in marks if step <= last)
    return Axis("step, spaced by its logarithm", ticks=ticks)


@dataclass(frozen=True, eq=False)
class StackedFrame(Frame):
    """The course so far, looked at in one of its moments."""

    course: Course
    at: int

    def pictures(self) -> tuple[Picture, ...]:
        """Curves with a dot at the moment."""
        return self.course.pictures(self.at)


@dataclass(frozen=True, eq=False)
class StackedResult(Result):
    """The whole course, and what was run."""

    course: Course
    done: str
    """What was done, as text; empty if nothing."""
    only_strongest: bool
    way: str
    """How signals were computed."""
    n_parameters: int
    n_controls: int
    seed: int
    chance_because: str
    diverged_at: np.ndarray
    """int64[net]: the step after which a network was not finite, -1 if never."""

    @property
    def n_alive(self) -> int:
        """Networks that did not diverge."""
        return int((self.diverged_at < 0).sum())

    def moments(self) -> tuple[Frame, ...]:
        """One frame per kept moment."""
        n = len(self.course.steps)
        return tuple(StackedFrame(self.course, k, fraction=(k + 1) / n) for k in range(n))

    def pictures(self) -> tuple[Picture, ...]:
        """The last moment, and what was run in figures."""
        return (*self.course.pictures(len(self.course.steps) - 1), self._facts())

    def _alive(self, values: np.ndarray) -> np.ndarray:
        return values[-1][self.diverged_at < 0]

    def hurt(self, which: str) -> Estimate:
        """Score lost at the end, mean over networks: ``done`` or ``random``."""
        values = self.course.done if which == "done" else self.course.random
        lost = self._alive(self.course.whole) - self._alive(values)
        said = "strongest" if which == "done" else "random"
        return mean_over(lost, of=f"score lost without the {said} units", unit="networks")

    def hurt_more(self) -> Estimate:
        """The difference of both, network by network."""
        more = self._alive(self.course.random) - self._alive(self.course.done)
        return mean_over(more, of="more lost than without random units", unit="networks")

    def _facts(self) -> Table:
        n = len(self.diverged_at)
        dead = n - self.n_alive
        rows = {
            "Networks": f"{n}, {self.n_parameters:,} weights each",
            "Diverged": f"{dead} of {n}" + ("; means are of the others" if dead else ""),
            "Computed": {
                "products": "together, by batched products; every bit as alone",
                "together": "together, vectorised; every bit as alone",
                "alone": "one after the other: this build rounds otherwise together",
            }.get(self.way, self.way),
            "Chance": f"{self.course.chance:.4g}: {self.chance_because}",
            "Done": self.done or "nothing",
            "Controls": f"{self.n_controls} random draws each, seed {self.seed}",
            "Intervals": "95 %, Student's t over networks",
        }
        return Table("This run", {"what": tuple(rows), "how": tuple(rows.values())})
