"""How a printed number and ours are compared, for one row and for the whole page together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.lab.statistics import holm
from engines.sorting.paper.samples import Estimate
from engines.sorting.paper.targets import Target

REPRODUCED, CORRECTED, DIFFERS, IMPOSSIBLE = (
    "reproduced",
    "reproduced after correction",
    "differs",
    "impossible",
)
LEVEL = 0.05
"""The chance of calling any row of the page different when none is (Holm)."""


@dataclass(frozen=True)
class Row:
    """One target with our answers: under the page's scheduler and under the other one."""

    target: str
    """The id of its target."""
    ours: Estimate
    other: Estimate | None
    """None for the traditional version, which has no scheduler."""
    verdict: str = ""
    why: str = ""

    @property
    def hidden(self) -> bool:
        """Whether the number depends on the scheduler: the two intervals have nothing in common."""
        return self.other is not None and self.ours.apart(self.other)


def judged(rows: tuple[Row, ...], targets: dict[str, Target]) -> tuple[Row, ...]:
    """The rows with their verdicts; all tests of the page are corrected together (Holm 1979).

    A number is reproduced within its tolerance, and also when two samples of its size from one
    population would differ as much by chance.
    """
    found = [(row, targets[row.target]) for row in rows]
    p = holm(np.array([_p(row.ours, target) for row, target in found]))
    return tuple(
        Row(row.target, row.ours, row.other, *_verdict(row.ours, target, chance))
        for (row, target), chance in zip(found, p, strict=True)
    )


def correction(value: float, target: Target) -> float:
    """What the paper's counter adds, where that brings ours closer to what is printed; else 0."""
    gap = value - target.printed
    return target.correction if abs(gap + target.correction) < abs(gap) else 0.0


def _p(ours: Estimate, target: Target) -> float:
    """Two-sided, of two independent samples with our spread and a normal mean."""
    gap = abs(ours.value + correction(ours.value, target) - target.printed)
    if ours.deviation == 0:
        return 1.0 if gap <= target.tolerance else 0.0
    return math.erfc(gap / (math.sqrt(2) * ours.deviation) / math.sqrt(2))


def _verdict(ours: Estimate, target: Target, p: float) -> tuple[str, str]:
    if target.impossible:
        return IMPOSSIBLE, target.impossible
    added = correction(ours.value, target)
    within = abs(ours.value + added - target.printed) <= target.tolerance + 1e-9
    if not within and p < LEVEL:
        return DIFFERS, _joined(_gap(ours, target), target.aside)
    chance = "" if within else "the gap is within the chance of two samples"
    as_is = abs(ours.value - target.printed) <= target.tolerance
    if added and not as_is:
        return CORRECTED, _joined(f"{added:+g}: {target.correction_why}", chance)
    return REPRODUCED, _joined(chance, target.aside)


def _gap(ours: Estimate, target: Target) -> str:
    share = (ours.value + correction(ours.value, target) - target.printed) / (
        abs(target.printed) or 1.0
    )
    return f"ours is {abs(share):.0%} {'above' if share > 0 else 'below'}"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
