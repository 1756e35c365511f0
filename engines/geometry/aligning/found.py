"""Interchange accuracy of every map, in networks that learnt and in their own first weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.aligning.spec import AlignmentSpec
from engines.lab.statistics import mean_over, paired

MAPS = ("neurons", "a rotation", "a map that bends")
NEURONS, TURNED, BENT = range(len(MAPS))
ARMS = ("learnt", "first weights")
LEARNT, FRESH = range(len(ARMS))
PAIRS = ("pairs that were seen", "pairs held out")
SEEN, HELD = range(len(PAIRS))


@dataclass(frozen=True, eq=False)
class Found:
    """``step`` int64[look] of the map's learning; ``course`` float64[map, look, pairs, arm, net].

    ``right`` float64[pairs, arm, net]: what the networks themselves answer right.
    """

    spec: AlignmentSpec
    step: np.ndarray
    course: np.ndarray
    right: np.ndarray

    def accuracy(self, which: int, arm: int, pairs: int = SEEN) -> Estimate:
        """Share of answers that are due at the end, mean over networks."""
        of = f"interchange accuracy, {MAPS[which]}, {ARMS[arm]}, {PAIRS[pairs]}"
        return mean_over(self.course[which, -1, pairs, arm], of=of, unit="networks")

    def answers(self, arm: int, pairs: int = SEEN) -> Estimate:
        """What the networks themselves answer right."""
        of = f"right, {ARMS[arm]}, {PAIRS[pairs]}"
        return mean_over(self.right[pairs, arm], of=of, unit="networks")

    def more(self, one: tuple[int, int], other: tuple[int, int], pairs: int = SEEN) -> Estimate:
        """Accuracy of one (map, arm) less that of another, network by network."""
        a, b = (self.course[which, -1, pairs, arm] for which, arm in (other, one))
        return paired(a, b, self.spec.seed).estimate("difference", "networks")

    def lost(self, which: int, arm: int) -> np.ndarray:
        """float64[net]: accuracy on pairs that were seen less that on those held out."""
        return self.course[which, -1, SEEN, arm] - self.course[which, -1, HELD, arm]

    def gap(self, which: int, arm: int) -> Estimate:
        """The same, mean over networks."""
        of = f"accuracy lost on pairs held out, {MAPS[which]}, {ARMS[arm]}"
        return mean_over(self.lost(which, arm), of=of, unit="networks")

    def wider(self, which: int) -> Estimate:
        """How much more is lost with first weights, network by network."""
        a, b = (self.lost(which, arm) for arm in (LEARNT, FRESH))
        return paired(a, b, self.spec.seed).estimate("difference", "networks")
