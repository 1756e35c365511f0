"""What may be said of two entrants at a budget: ahead, behind, or no difference seen at n."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import scipy  # its parts load when used

from engines.contract import Estimate
from engines.contract.claims import UNSEEN
from engines.lab.statistics import mean_over, standard_error

AHEAD, BEHIND, SAME, UNTESTED = "ahead", "behind", "identical", "not tested"
LEARNT, HELD_OUT = "learnt from", "held out"


@dataclass(frozen=True)
class Verdict:
    """One entrant against the first at one budget; pairs are seeds."""

    entrant: str
    against: str
    split: str
    """*learnt from* or *held out*."""
    step: int
    word: str
    """*ahead*, *behind*, *no difference seen*, *identical* on every seed, or *not tested*."""
    difference: float
    """Mean of loss less the first entrant's; below 0 is ahead."""
    low: float
    high: float
    """t interval over pairs that holds for all budgets of a strip together at 95 % (Bonferroni),
    nan where there are fewer than two pairs."""
    n_ahead: int
    """Pairs in which the loss is lower."""
    n: int
    """Pairs of which neither diverged."""

    @property
    def says(self) -> str:
        """The word, with the n at which nothing was seen."""
        return f"{UNSEEN} at n = {self.n}" if self.word == UNSEEN else self.word

    def __str__(self) -> str:
        """Say "Deep at step 400, held out: ahead, -0.12 [-0.2, -0.04], 9 of 10 seeds"."""
        ends = f" [{self.low:.3g}, {self.high:.3g}]" if np.isfinite(self.low) else ""
        return (
            f"{self.entrant} against {self.against} at step {self.step:,}, {self.split}: "
            f"{self.says}, {self.difference:.3g}{ends}, lower in {self.n_ahead} of {self.n} seeds"
        )


class Verdicts(tuple[Verdict, ...]):
    """Verdicts that a notebook shows line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        """One line each."""
        return "\n".join(map(str, self))

    def of(self, entrant: str, split: str = HELD_OUT) -> Verdicts:
        """Those of one entrant, by budget."""
        return Verdicts(v for v in self if (v.entrant, v.split) == (entrant, split))


def paired_difference(loss: np.ndarray, first: np.ndarray, of: str) -> Estimate | None:
    """Mean of loss less the first's over seeds where both are finite; None below two pairs.

    Args:
        loss: float64[seed].
        first: float64[seed], of the same seeds.
        of: what the number is.
    """
    both = np.isfinite(loss) & np.isfinite(first)
    if both.sum() < 2:
        return None
    return mean_over((loss - first)[both], of=of, unit="seeds")


def verdict(
    entrant: str,
    against: str,
    split: str,
    step: int,
    loss: np.ndarray,
    first: np.ndarray,
    n_budgets: int = 1,
) -> Verdict:
    """Judge losses float64[seed] by the interval of their paired difference.

    A strip asks several times, so that one of its words would be wrong more often than 5 % of the
    time where there is no difference at all; ``n_budgets`` widens each interval for it.
    """
    both = np.isfinite(loss) & np.isfinite(first)
    difference = (loss - first)[both]
    n = len(difference)
    mean = float(difference.mean()) if n else float("nan")
    half = float("nan")
    if n > 1:
        half = together_quantile(n, n_budgets) * standard_error(difference)[0]
    low, high = mean - half, mean + half
    word = UNTESTED
    if n > 1:
        word = AHEAD if high < 0 else BEHIND if low > 0 else UNSEEN
        word = word if difference.any() else SAME
    return Verdict(entrant, against, split, step, word, mean, low, high,
                   int((difference < 0).sum()), n)  # fmt: skip


def together_quantile(n: int, n_tests: int) -> float:
    """Quantile of Student's t for intervals that hold together at 95 % (Bonferroni)."""
    return float(scipy.special.stdtrit(n - 1, 1.0 - 0.025 / n_tests))


def in_words(strip: Sequence[Verdict]) -> str:
    """A strip of budgets as part of a sentence, such as "ahead at 20-50 steps, behind at 1,000"."""
    return ", ".join(_spans(strip))


def _spans(strip: Sequence[Verdict]) -> Iterator[str]:
    for k, (word, group) in enumerate(groupby(strip, lambda v: v.word)):
        steps = [v.step for v in group]
        span = f"{steps[0]:,}" if len(steps) == 1 else f"{steps[0]:,}–{steps[-1]:,}"
        yield f"{word} at {span}" + (" steps" if k == 0 else "")
