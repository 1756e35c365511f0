"""Numbers that we did not write ourselves, held against ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """A known answer held against ours."""

    target: str
    source: str
    expected: float
    tolerance: float
    ours: float

    @property
    def reproduced(self) -> bool:
        """Whether ours lies within the tolerance of the expected value."""
        return abs(self.ours - self.expected) <= self.tolerance


@dataclass(frozen=True)
class KnownAnswer:
    """A number that we did not write ourselves, and how to compute ours.

    ``source`` names where it comes from (paper and figure, closed form, reference library).
    ``full`` marks the slow ones, which ``verify`` computes only with ``--full``.
    """

    target: str
    source: str
    expected: float
    tolerance: float
    ours: Callable[[], float]
    full: bool = False

    def verdict(self) -> Verdict:
        """Compute ours and compare."""
        return Verdict(self.target, self.source, self.expected, self.tolerance, float(self.ours()))
