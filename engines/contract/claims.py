"""A sentence somebody published, our figure, its control, and a rule that decides.

A claim is declared beside the experiment and judged on the result of a run. It ends in one of three
words: *holds*, *differs*, or *no difference seen* at the n of the figure. A claim that differs is a
finding like any other and is shown with both figures; nothing is tuned until it holds.

Reading a claim costs nothing: what it computes, it computes when a result is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from engines.contract.errors import SpecError

Word = Literal["holds", "differs", "no difference seen"]
HOLDS: Word = "holds"
DIFFERS: Word = "differs"
UNSEEN: Word = "no difference seen"


@dataclass(frozen=True)
class Estimate:
    """A number with what is known of it: 95 % interval, how many of what it rests on, and how.

    Raises:
        SpecError: an interval that does not hold its own estimate, or ends that are not numbers.
    """

    of: str
    """What it is, say "peak aggregation, mean"."""
    value: float
    low: float
    high: float
    """Ends of the 95 % interval; both are the value where nothing is sampled."""
    n: int = 0
    """How many units it rests on; 0 where nothing is sampled."""
    unit: str = ""
    """What is counted, in the plural: "runs", "networks", "neurons"."""
    estimator: str = ""
    """How value and interval were made."""
    seed: int | None = None
    """What its draws began with, where there are any."""

    def __post_init__(self) -> None:
        slack = 1e-9 * max(abs(self.low), abs(self.high), 1e-300)
        if not self.low - slack <= self.value <= self.high + slack:
            raise SpecError(
                f"the interval of {self.of!r} is {self.low:g} to {self.high:g} and does not hold "
                f"its estimate {self.value:g}; use an interval around the estimate"
            )

    @classmethod
    def exact(cls, of: str, value: float, estimator: str = "exact") -> Estimate:
        """A number without chance: a closed form, or a count of everything there is."""
        return cls(of, float(value), float(value), float(value), estimator=estimator)

    def less(self, other: Estimate) -> Estimate:
        """This one less an independent one, with an interval made from both intervals.

        Zou & Donner 2008 (MOVER): the distances of the ends are added in squares, so that lopsided
        intervals stay lopsided. For units that both share, measure the difference unit by unit.
        """
        value = self.value - other.value
        below = math.hypot(self.value - self.low, other.high - other.value)
        above = math.hypot(self.high - self.value, other.value - other.low)
        said = "difference of independent estimates (Zou & Donner 2008)"
        n = min((e.n for e in (self, other) if e.n), default=0)
        unit = self.unit or other.unit
        return Estimate(
            f"{self.of} less {other.of}", value, value - below, value + above, n, unit, said
        )

    def turned(self) -> Estimate:
        """The same with the other sign: B less A from A less B."""
        return replace(self, value=0.0 - self.value, low=0.0 - self.high, high=0.0 - self.low)

    @property
    def size(self) -> str:
        """Say "n = 100 runs"; empty where nothing is sampled."""
        return f"n = {self.n:,} {self.unit}".strip() if self.n else ""

    def __str__(self) -> str:
        """Say "0.712 [0.70, 0.72], n = 100 runs"."""
        ends = "" if self.low == self.high else f" [{self.low:.4g}, {self.high:.4g}]"
        return ", ".join(part for part in (f"{self.value:.4g}{ends}", self.size) if part)


class Rule(Protocol):
    """Decides a claim from its figure, its control, their difference and what is published."""

    @property
    def sentence(self) -> str:
        """When the claim holds, in words."""
        ...

    def word(self, seen: Seen) -> Word:
        """The verdict."""
        ...


@dataclass(frozen=True)
class Seen:
    """What a rule decides on."""

    figure: Estimate
    control: Estimate | None = None
    difference: Estimate | None = None
    """Figure less control."""
    published: float | None = None


@dataclass(frozen=True)
class Claim:
    """One claim of an experiment.

    ``figure``, ``control`` and ``difference`` take the result of a run. A figure of None says that
    the run does not test the claim (other settings than the claim is about).

    Raises:
        SpecError: a rule that needs a published figure, and none is given.
    """

    sentence: str
    """What is claimed, in one sentence."""
    figure: Callable[[Any], Estimate | None]
    control: Callable[[Any], Estimate | None]
    """The same without what the claim says is the cause."""
    holds_when: Rule
    source: str = ""
    """Paper and place; empty for a claim of our own."""
    published: float | None = None
    """The figure in the source, where there is one."""
    difference: Callable[[Any], Estimate | None] | None = None
    """Figure less control, measured unit by unit; without it the two count as independent."""
    preset: str = ""
    """The preset that tests it; the first one when empty."""

    def __post_init__(self) -> None:
        if isinstance(self.holds_when, Near) and self.published is None:
            raise SpecError(
                f"the claim {self.sentence!r} is held against a published figure; give it one"
            )

    def finding(self, result: Any) -> Finding | None:
        """Judge it on a result; None where the run does not test it."""
        figure = self.figure(result)
        if figure is None:
            return None
        control = self.control(result)
        difference = self.difference(result) if self.difference else None
        if difference is None and control is not None:
            difference = figure.less(control)
        seen = Seen(figure, control, difference, self.published)
        word = self.holds_when.word(seen)
        rule = self.holds_when.sentence
        paired = difference if self.difference else None
        return Finding(
            self.sentence, self.source, figure, control, paired, self.published, rule, word
        )


@dataclass(frozen=True)
class Finding:
    """A claim judged on one run."""

    sentence: str
    source: str
    figure: Estimate
    control: Estimate | None
    difference: Estimate | None
    """Figure less control where that was measured unit by unit."""
    published: float | None
    rule: str
    """When it holds, in words."""
    word: Word

    @property
    def says(self) -> str:
        """The verdict for people: *no difference seen* names the n at which none was."""
        if self.word != UNSEEN:
            return self.word
        return f"{self.word} at {self.figure.size}" if self.figure.n else self.word


# Rules ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exceeds:
    """The figure lies above its control: the interval of the difference decides."""

    by: float = 0.0

    @property
    def sentence(self) -> str:
        """In words."""
        more = f" by more than {self.by:g}" if self.by else ""
        return f"holds when the figure exceeds its control{more}, with 95 % of the difference"

    def word(self, seen: Seen) -> Word:
        """From figure less control."""
        return _above(_difference(seen), self.by)


@dataclass(frozen=True)
class FallsBelow:
    """The figure lies below its control: the interval of the difference decides."""

    by: float = 0.0

    @property
    def sentence(self) -> str:
        """In words."""
        more = f" by more than {self.by:g}" if self.by else ""
        return f"holds when the figure falls below its control{more}, with 95 % of the difference"

    def word(self, seen: Seen) -> Word:
        """From figure less control."""
        return _above(_difference(seen).turned(), self.by)


@dataclass(frozen=True)
class Alike:
    """The figure is as good as its control: the whole interval of the difference is small."""

    within: float

    @property
    def sentence(self) -> str:
        """In words."""
        return f"holds when 95 % of the difference to the control lies within ± {self.within:g}"

    def word(self, seen: Seen) -> Word:
        """From figure less control."""
        difference = _difference(seen)
        if -self.within <= difference.low and difference.high <= self.within:
            return HOLDS
        apart = difference.low > self.within or difference.high < -self.within
        return DIFFERS if apart else UNSEEN


@dataclass(frozen=True)
class AtLeast:
    """The figure reaches a level."""

    level: float

    @property
    def sentence(self) -> str:
        """In words."""
        return f"holds when the whole interval lies at {self.level:g} or above"

    def word(self, seen: Seen) -> Word:
        """From the figure alone."""
        if seen.figure.low >= self.level:
            return HOLDS
        return DIFFERS if seen.figure.high < self.level else UNSEEN


@dataclass(frozen=True)
class AtMost:
    """The figure stays at or under a level."""

    level: float

    @property
    def sentence(self) -> str:
        """In words."""
        return f"holds when the whole interval lies at {self.level:g} or below"

    def word(self, seen: Seen) -> Word:
        """From the figure alone."""
        if seen.figure.high <= self.level:
            return HOLDS
        return DIFFERS if seen.figure.low > self.level else UNSEEN


@dataclass(frozen=True)
class Near:
    """The figure is the published one.

    It holds when ours lies within the tolerance and our interval leaves the control out, so that
    wide intervals prove nothing. It differs when no value of our interval lies within the
    tolerance. Else ours is off, and not by more than chance at this n.
    """

    within: float

    @property
    def sentence(self) -> str:
        """In words."""
        return (
            f"holds when ours lies within {self.within:g} of the published figure and the control "
            "lies outside our interval"
        )

    def word(self, seen: Seen) -> Word:
        """From the figure, the published one and the control."""
        if seen.published is None:
            raise SpecError("a rule that compares with a published figure was given none")
        low, high = seen.published - self.within, seen.published + self.within
        ours, slack = seen.figure, 1e-9
        if ours.low > high + slack or ours.high < low - slack:
            return DIFFERS
        near = low - slack <= ours.value <= high + slack
        control = seen.control
        told_apart = control is None or not ours.low <= control.value <= ours.high
        return HOLDS if near and told_apart else UNSEEN


def _difference(seen: Seen) -> Estimate:
    if seen.difference is None:
        raise SpecError(
            f"a rule compares {seen.figure.of!r} with its control, and there is none; give the "
            "claim a control or a rule that needs none"
        )
    return seen.difference


def _above(estimate: Estimate, level: float) -> Word:
    if estimate.low > level:
        return HOLDS
    return DIFFERS if estimate.high < level else UNSEEN
