"""What growing gives: losses by the number of dendrites, and how well they follow the error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture
from engines.diagrams.arms.looks import Looks, finite_mean, finite_pairs, mean, scale_of
from engines.diagrams.dendrites.asked import (
    FOLLOWED,
    LEARNT,
    LOSS,
    N_CYCLES,
    PERFORATED,
    WAYS,
    DendritesSpec,
)


@dataclass(frozen=True, eq=False)
class Course:
    """Losses on the exam at every look."""

    steps: np.ndarray
    """int64[look]."""
    loss: np.ndarray
    """float64[look, way, net]."""

    def picture(self) -> Curves:
        """Loss against steps."""
        drawn, axis = scale_of(LOSS, mean(self.loss))
        return Curves(
            "While they learn and grow",
            self.steps.astype(float),
            {name: drawn(mean(self.loss[:, k])) for k, name in enumerate(WAYS)},
            Axis("step"),
            axis,
            clouds={name: drawn(self.loss[:, k].T) for k, name in enumerate(WAYS)},
        )


@dataclass(frozen=True, eq=False)
class DendritesFrame(Frame):
    """The comparison so far."""

    course: Course

    def pictures(self) -> tuple[Picture, ...]:
        """Losses up to here."""
        return (self.course.picture(),)


@dataclass(frozen=True, eq=False)
class DendritesResult(Result):
    """The whole comparison."""

    spec: DendritesSpec
    looks: Looks
    """At the end of every cycle."""
    course: Course
    before: np.ndarray
    """float64[cycle, net]: correlation with the error, of dendrites that have yet to follow it."""

    def drawn(self, cycle: int) -> Estimate | None:
        """Correlation of a cycle's dendrites with the error before they follow it."""
        return finite_mean(self.before[cycle - 1], f"{FOLLOWED} at {cycle}, before it follows")

    def rise(self, cycle: int) -> Estimate | None:
        """Correlation after following less that before, network by network."""
        after = self.looks.at(FOLLOWED, PERFORATED, str(cycle))
        of = f"{FOLLOWED} at {cycle}, after following less before"
        return finite_pairs(self.before[cycle - 1], after, of, self.spec.seed)

    def steepest(self, way: str) -> Estimate | None:
        """Largest rise of the loss on what is learnt from, from one cycle to the next."""
        each = np.stack([self.looks.at(LEARNT, way, str(k)) for k in range(N_CYCLES + 1)])
        of = f"largest rise of the loss from cycle to cycle, {way}, nats"
        return finite_mean(np.diff(each, axis=0).max(axis=0), of)

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        n = len(self.course.steps)
        return tuple(
            DendritesFrame(Course(self.course.steps[:k], self.course.loss[:k]), fraction=k / n)
            for k in range(1, n + 1)
        )

    def pictures(self) -> tuple[Picture, ...]:
        """Losses by dendrites, the course, correlations, in numbers."""
        learnt, exam, right, followed = map(self.looks.by_condition, self.looks.plan.measures)
        tables = (self.looks.table(name) for name in self.looks.plan.measures)
        return (exam, self.course.picture(), followed, learnt, right, *tables)
