"""What a race shows: curves with every seed, prices against loss, the strip of verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from engines.contract import Estimate, Frame, InputError, Result
from engines.contract.claims import UNSEEN
from engines.contract.pictures import Axis, Curves, Picture, Table, steps_axis
from engines.diagrams.learning.spec import RaceSpec
from engines.diagrams.learning.verdicts import (
    HELD_OUT,
    LEARNT,
    SAME,
    Verdict,
    Verdicts,
    in_words,
    paired_difference,
    verdict,
)
from engines.diagrams.wires.followed import Followed
from engines.lab.statistics import mean_over

PriceAxis = Literal["parameters", "FLOPs", "CPU seconds"]
AGAIN = "{name}, other weights"
"""What the control is called."""


@dataclass(frozen=True)
class Entered:
    """One entrant as it raced."""

    name: str
    parameters: int
    flops: int
    """Of contractions, per example, forward and backward."""
    elementwise: int
    learning_rate: float
    sized: str
    """What was solved for and by how much it misses; empty where nothing was."""
    control: bool = False
    milliseconds: float = 0.0
    """Of a step of all seeds, where the race was matched by time: measured before it, the entrants
    in turn; 0 where it was not."""
    otherwise: str = ""
    """Sizes that its text declares and that the task sets otherwise."""


@dataclass(frozen=True)
class Course:
    """Losses and scores so far; arrays are float64[entrant, moment, seed], nan if diverged."""

    names: tuple[str, ...]
    steps: np.ndarray
    """int64[moment]."""
    learnt: np.ndarray
    """Loss on examples that are learnt from."""
    held_out: np.ndarray
    """Loss on the exam."""
    score: np.ndarray
    """Score on the exam."""
    chance: float
    score_name: str
    loss_name: str

    def until(self, n_moments: int) -> Course:
        """The first moments."""
        cut = {k: getattr(self, k)[:, :n_moments] for k in ("learnt", "held_out", "score")}
        return replace(self, steps=self.steps[:n_moments], **cut)

    def pictures(self) -> tuple[Picture, ...]:
        """Both losses and the score against steps."""
        loss = Axis(self.loss_name)
        chance = {"chance": np.full(len(self.steps), self.chance)}
        return (
            self._curves("Loss on the exam", self.held_out, loss),
            self._curves("Loss on what is learnt from", self.learnt, loss),
            self._curves(f"Score on the exam: {self.score_name}", self.score,
                         Axis(self.score_name), chance),
        )  # fmt: skip

    def _curves(
        self, title: str, values: np.ndarray, axis: Axis, more: dict[str, np.ndarray] | None = None
    ) -> Curves:
        lines, bands, clouds = {}, {}, {}
        for name, each in zip(self.names, values, strict=True):
            lines[name], bands[name] = mean_and_band(each)
            clouds[name] = each.T
        x = np.log10(self.steps + 1.0)
        steps = steps_axis(int(self.steps[-1]), "step, spaced by its logarithm")
        return Curves(title, x, {**lines, **(more or {})}, steps, axis, bands, clouds)


def mean_and_band(values: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Mean [moment] over finite seeds of float64[moment, seed], and its 95 % t interval.

    A single seed has no interval: its band is as thin as its line.
    """
    mean, low, high = (np.full(len(values), np.nan) for _ in range(3))
    for k, row in enumerate(values):
        alive = row[np.isfinite(row)]
        if len(alive) > 1:
            found = mean_over(alive, of="loss", unit="seeds")
            mean[k], low[k], high[k] = found.value, found.low, found.high
        elif len(alive):
            mean[k] = low[k] = high[k] = alive[0]
    return mean, (low, high)


@dataclass(frozen=True, eq=False)
class RaceFrame(Frame):
    """The race so far."""

    course: Course
    said: str = ""
    """What is being done."""

    def pictures(self) -> tuple[Picture, ...]:
        """Curves up to here."""
        return self.course.pictures() if len(self.course.steps) else ()


@dataclass(frozen=True, eq=False)
class RaceResult(Result):
    """The whole race: curves, prices, verdicts."""

    spec: RaceSpec
    course: Course
    entered: tuple[Entered, ...]
    budgets: tuple[int, ...]
    diverged_at: np.ndarray
    """int64[entrant, seed]: the step at which a network diverged, -1 if never."""
    chance_because: str
    seconds: np.ndarray
    """float64[entrant]: what training took here, all seeds, without looks. A measurement: the only
    numbers that another run of the spec does not repeat, so no declared picture holds them."""
    followed: tuple[Followed, ...] = ()
    """Statistics of every wire of every entrant but the control, through the race."""

    @cached_property
    def verdicts(self) -> Verdicts:
        """Every entrant after the first, on both splits, at every budget."""
        return Verdicts(self._judged())

    def moments(self) -> tuple[Frame, ...]:
        """The race as a film, a frame per look."""
        n = len(self.course.steps)
        return tuple(
            RaceFrame(self.course.until(k), "Racing", fraction=k / n) for k in range(1, n + 1)
        )

    def wires(self, name: str) -> Followed:
        """The wires of an entrant, followed through the race: ``.paths``, ``.pictures_of(path)``.

        Raises:
            InputError: nobody of this name raced, or its wires were not followed.
        """
        places = {one.name: k for k, one in enumerate(self.entered) if not one.control}
        if places.get(name, len(self.followed)) >= len(self.followed):
            there = ", ".join(list(places)[: len(self.followed)]) or "nobody's"
            raise InputError(f"the wires of {name!r} were not followed; {there} were")
        return self.followed[places[name]]

    def _judged(self) -> Iterator[Verdict]:
        first = self.entered[0].name
        splits = {HELD_OUT: self.course.held_out, LEARNT: self.course.learnt}
        for k, one in enumerate(self.entered[1:], start=1):
            for split, values in splits.items():
                for step in self.budgets:
                    at = int(np.searchsorted(self.course.steps, step))
                    yield verdict(one.name, first, split, step, values[k, at], values[0, at],
                                  len(self.budgets))  # fmt: skip

    def difference(
        self, name: str, step: int, split: str = HELD_OUT, *, against: str = ""
    ) -> Estimate | None:
        """Loss of an entrant less that of the first, or another, at a budget, seed by seed."""
        names = [one.name for one in self.entered]
        against = against or names[0]
        if name not in names or against not in names or step not in self.budgets:
            return None
        values = self.course.held_out if split == HELD_OUT else self.course.learnt
        at = int(np.searchsorted(self.course.steps, step))
        ours, theirs = (values[names.index(one), at] for one in (name, against))
        said = f"loss {split} at step {step:,}, {name} less {against}"
        return paired_difference(ours, theirs, said)

    def loss(self, name: str, step: int, split: str = HELD_OUT) -> Estimate | None:
        """Mean loss of an entrant at a budget."""
        names = [one.name for one in self.entered]
        if name not in names or step not in self.budgets:
            return None
        values = self.course.held_out if split == HELD_OUT else self.course.learnt
        row = values[names.index(name), int(np.searchsorted(self.course.steps, step))]
        alive = row[np.isfinite(row)]
        if len(alive) < 2:
            return None
        return mean_over(alive, of=f"{name}, loss {split} at step {step:,}", unit="seeds")

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is to be read first, one sentence per entrant after the first."""
        first = self.entered[0]
        n = self.course.held_out.shape[2]
        if n < 2:
            said = "One seed gives a curve and no test: with others it may be the other way."
            return (said, *self._otherwise())
        found = []
        for one in self.entered[1:]:
            strip = in_words(self.verdicts.of(one.name))
            ratio = "" if one.control else f"; {self._costs(one)}"
            found.append(f"{one.name} against {first.name}, held out: {strip} (n = {n}){ratio}.")
        return (*found, *self._collapses(), *self._otherwise())

    def _otherwise(self) -> tuple[str, ...]:
        """Which sizes of a text the race has changed."""
        told = [f"{one.name} races with {one.otherwise}" for one in self.entered
                if one.otherwise and not one.control]  # fmt: skip
        if not told:
            return ()
        return (f"The task sets sizes that a text declares: {'; '.join(told)}.",)

    def _costs(self, one: Entered) -> str:
        """Say "equal parameters, 4.35 times the FLOPs, 1.8 times the time"."""
        first = self.entered[0]
        ratios = {
            "parameters": one.parameters / first.parameters,
            "FLOPs": one.flops / max(1, first.flops),
        }
        said = [
            f"equal {what}" if abs(ratio - 1) < 0.005 else f"{ratio:.3g} times the {what}"
            for what, ratio in ratios.items()
        ]
        return ", ".join([*said, f"{self.times(one.name):.2g} times the time"])

    def times(self, name: str) -> float:
        """CPU time of an entrant over that of the first, as measured here."""
        names = [one.name for one in self.entered]
        return float(self.seconds[names.index(name)] / self.seconds[0])

    def _collapses(self) -> Iterator[str]:
        n = self.diverged_at.shape[1]
        for one, at in zip(self.entered, self.diverged_at, strict=True):
            dead = int((at >= 0).sum())
            if dead == n:
                rate = min(self.spec.rates)
                yield f"All {n} of {one.name} diverged; try a learning rate below {rate:g}."
            elif dead:
                yield f"{dead} of {n} of {one.name} diverged and are in no mean."

    def pictures(self) -> tuple[Picture, ...]:
        """Curves, what the loss costs, verdicts and prices."""
        curves = self.course.pictures()
        return (*curves, self.front("parameters"), self.strip(), self.prices())

    def front(self, axis: PriceAxis) -> Curves:
        """Loss on the exam at the end against a price: one bar per entrant, its 95 % interval."""
        if axis == "CPU seconds":
            cost = self.seconds
        else:
            cost = np.array([getattr(one, axis.lower()) for one in self.entered], float)
        mean, low, high = self._ends()
        order = np.argsort(cost, kind="stable")
        x = np.repeat(cost[order], 3)
        lines, dots = {}, {}
        for place, k in enumerate(order):
            here = slice(3 * place, 3 * place + 3)
            line, dot = np.full(len(x), np.nan), np.full(len(x), np.nan)
            line[here], dot[here] = (low[k], mean[k], high[k]), (np.nan, mean[k], np.nan)
            lines[self.entered[k].name], dots[self.entered[k].name] = line, dot
        ordered = {one.name: lines[one.name] for one in self.entered}
        title = f"Exam loss at step {self.budgets[-1]:,} against {axis}"
        loss = Axis(self.course.loss_name)
        return Curves(title, x, ordered, Axis(_PRICES[axis]), loss, dots=dots)

    def _ends(self) -> np.ndarray:
        found = [mean_and_band(each[-1:]) for each in self.course.held_out]
        return np.array([(mean[0], low[0], high[0]) for mean, (low, high) in found]).T

    def strip(self) -> Table:
        """Verdicts by budget; differences of loss with 95 % intervals."""
        rows: dict[str, list[Verdict]] = {}
        for one in self.verdicts:
            rows.setdefault(f"{one.entrant}, {one.split}", []).append(one)
        columns: dict[str, tuple[str, ...]] = {"against the first": tuple(rows)}
        for k, step in enumerate(self.budgets):
            columns[f"{step:,} steps"] = tuple(cell(strip[k]) for strip in rows.values())
        return Table("Loss less the first's; none: no difference seen", columns)

    def prices(self, *, measured: bool = False) -> Table:
        """What every entrant is and costs; ``measured`` adds the time it took here."""
        dead = (self.diverged_at >= 0).sum(1)
        n = self.diverged_at.shape[1]
        columns: dict[str, np.ndarray | tuple[str, ...]] = {
            "entrant": tuple(one.name for one in self.entered),
            "parameters": tuple(f"{one.parameters:,}" for one in self.entered),
            "FLOPs": tuple(f"{one.flops:,}" for one in self.entered),
            "elementwise": tuple(f"{one.elementwise:,}" for one in self.entered),
            "learning rate": tuple(f"{one.learning_rate:g}" for one in self.entered),
            "diverged": tuple(f"{d} of {n}" for d in dead),
            "sized": tuple(one.sized or "as written" for one in self.entered),
        }
        if measured:
            columns["CPU seconds"] = tuple(f"{one:.2f}" for one in self.seconds)
            if self.spec.match == "time":
                columns["ms a step"] = tuple(f"{one.milliseconds:.3g}" for one in self.entered)
        return Table("Prices: per example, forward and backward", columns)


_PRICES: dict[str, str] = {
    "parameters": "parameters",
    "FLOPs": "FLOPs per example, forward and backward",
    "CPU seconds": "CPU seconds of training, all seeds, measured",
}


def cell(one: Verdict) -> str:
    """Say "ahead -0.12 ± 0.03", or "none" where no difference was seen."""
    if not np.isfinite(one.low) or one.word == SAME:
        return one.word
    half = (one.high - one.low) / 2
    digits = 2 if half >= 0.005 else 3
    word = "none" if one.word == UNSEEN else one.word
    said = f"{word} {one.difference:+.{digits}f} ± {half:.{digits}f}"
    return said.replace("-", "\N{MINUS SIGN}")
