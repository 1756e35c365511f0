"""Tickets against their controls: while they learn, and as weights go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.contract.sending import Gift, Matrix
from engines.geometry.pruning.course import Course
from engines.geometry.pruning.spec import AGAIN, ARMS, DEALT, EARLY, TICKET, WIDTHS
from engines.lab.statistics import mean_over

DENSE = "dense"
_SIDE = 8


@dataclass(frozen=True, eq=False)
class TicketFrame(Frame):
    """The course so far, looked at after one round."""

    course: Course
    round_: int

    def pictures(self) -> tuple[Picture, ...]:
        """Learning at this density, and both curves against density."""
        return pictures_of(self.course, self.round_)


@dataclass(frozen=True, eq=False)
class TicketRun(Result):
    """All rounds."""

    course: Course

    def moments(self) -> tuple[Frame, ...]:
        """A frame per round: the scrubber goes through densities."""
        n = self.course.last
        return tuple(TicketFrame(self.course, k, fraction=k / max(1, n)) for k in range(n))

    def pictures(self) -> tuple[Picture, ...]:
        """The last round, and the numbers of every round that was checked."""
        return (*pictures_of(self.course, self.course.last), table_of(self.course))

    def gives(self) -> tuple[Gift, ...]:
        """The ticket as a wiring."""
        return (Gift("The ticket as a wiring", Matrix, self.as_matrix),)

    def as_matrix(self) -> Matrix:
        """Weights of the first network's last ticket, from pixels to digits."""
        starts = np.concatenate([[0], np.cumsum(WIDTHS)])
        weights = np.zeros((int(starts[-1]), int(starts[-1])))
        for k, layer in enumerate(self.course.layers):
            rows, columns = slice(starts[k], starts[k + 1]), slice(starts[k + 1], starts[k + 2])
            weights[rows, columns] = layer.T
        names = (
            *(f"pixel {k // _SIDE + 1},{k % _SIDE + 1}" for k in range(WIDTHS[0])),
            *(f"first {k}" for k in range(WIDTHS[1])),
            *(f"second {k}" for k in range(WIDTHS[2])),
            *(f"digit {k}" for k in range(WIDTHS[3])),
        )
        density = self.course.density[self.course.last]
        return Matrix(f"Winning ticket, {density:.3f} of the weights", weights, names)


def pictures_of(course: Course, round_: int) -> tuple[Picture, ...]:
    """Pictures after one round."""
    return (
        learning(course, round_),
        by_density(course, round_, -1),
        by_density(course, round_, EARLY),
        pixels(course, round_),
    )


def _band(values: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Mean and 95 % t interval of [place, net]; nan where nothing was measured."""
    mean, low, high = (np.full(len(values), np.nan) for _ in range(3))
    for k, row in enumerate(values):
        if np.isfinite(row).all():
            found = mean_over(row, of="", unit="networks")
            mean[k], low[k], high[k] = found.value, found.low, found.high
    return mean, (low, high)


def learning(course: Course, round_: int) -> Curves:
    """Share right of the exam while networks learn."""
    x = np.log10(course.steps + 1.0)
    marks = (0, 1, 10, 100, 1_000)
    ticks = tuple((float(np.log10(m + 1.0)), f"{m:,}") for m in marks if m <= course.steps[-1])
    lines, bands = {}, {}
    groups = {DENSE: (TICKET, 0)} | {name: (arm, round_) for arm, name in enumerate(ARMS)}
    for name, (arm, which) in groups.items():
        lines[name], bands[name] = _band(course.accuracy[arm, which])
    if not round_:
        lines, bands = {DENSE: lines[DENSE]}, {DENSE: bands[DENSE]}
    title = f"{course.density[round_]:.1%} of the weights left"
    return Curves(title, x, lines, Axis("step, by its logarithm", ticks=ticks),
                  Axis("share right of the exam"), bands)  # fmt: skip


def by_density(course: Course, round_: int, step: int) -> Curves:
    """Share right at a step against the share of weights left; rounds that are shown as dots."""
    moment = len(course.steps) - 1 if step < 0 else course.at(step)
    done = course.last + 1
    x = -np.log10(course.density[:done])
    ticks = tuple((-float(np.log10(d)), f"{d:g}") for d in (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
                  if -np.log10(d) <= x[-1] + 0.05)  # fmt: skip
    dense = float(course.accuracy[TICKET, 0, moment].mean())
    lines, bands, dots = {DENSE: np.full(done, dense)}, {}, {}
    for arm, name in enumerate(ARMS):
        mean, (low, high) = _band(course.accuracy[arm, :done, moment])
        seen = np.flatnonzero(np.isfinite(mean))
        lines[name] = _between(x, seen, mean)
        bands[name] = (_between(x, seen, low), _between(x, seen, high))
        dots[name] = np.where(np.arange(done) == round_, mean, np.nan)
    when = "At the end" if step < 0 else f"After {course.steps[moment]} steps"
    return Curves(when, x, lines, Axis("share of weights left", ticks=ticks),
                  Axis("share right of the exam"), bands, {}, dots)  # fmt: skip


def _between(x: np.ndarray, seen: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Straight between what was measured, nan behind the last."""
    if not len(seen):
        return np.full(len(x), np.nan)
    return np.where(x <= x[seen[-1]], np.interp(x, x[seen], values[seen]), np.nan)


def pixels(course: Course, round_: int) -> Heatmap:
    """How many weights of each pixel are left."""
    none = Axis("", ticks=((-9.0, ""),))
    share = course.pixels[round_].reshape(_SIDE, _SIDE) / WIDTHS[1]
    return Heatmap("Weights left of each pixel", share, none, none, Axis("share left"), square=True)


def table_of(course: Course) -> Table:
    """Every round that was checked: ends, early, before learning, and idle units."""
    rounds = (0, *course.spec.checked)
    columns: dict[str, tuple[str, ...]] = {
        "weights left": tuple(f"{course.density[k]:.4f}" for k in rounds)
    }
    for arm in (TICKET, AGAIN, DEALT):
        for step, said in ((-1, "end"), (EARLY, f"step {EARLY}"), (0, "step 0")):
            columns[f"{ARMS[arm]}, {said}"] = tuple(
                f"{course.share(arm, step, k).value:.3f}" for k in rounds
            )
    for layer, name in enumerate(("first", "second")):
        columns[f"idle, {name} layer"] = tuple(f"{course.idle[k, layer]:.3f}" for k in rounds)
    n = course.spec.n_seeds
    return Table(f"Share right of the exam, mean of {n} networks, and units without input", columns)
