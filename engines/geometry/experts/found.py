"""What experts keep, what learning with them gives, and what bricks carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.experts.spec import ExpertsSpec
from engines.lab.statistics import mean_over, paired

KINDS = ("keys alike", "at random")
ALIKE, RANDOM = range(len(KINDS))
ARMS = ("dense", "experts, keys alike", "experts at random")
DENSE, EXPERTS, DEALT = range(len(ARMS))
BRICKS = ("its brick", "units at random")
BRICK, CHANCE = range(len(BRICKS))
_UNIT = "networks"


@dataclass(frozen=True, eq=False)
class Found:
    """Shares of the exam, network by network.

    ``kept`` float64[kind, number of active experts, network] read right without learning anew,
    ``further`` float64[arm, network] odd or even told right after learning from few examples,
    ``within`` float64[kind, network] the variance of keys that lies within experts. ``lost``
    float64[brick, network, label taken out, label asked]: what is no longer read right.
    """

    spec: ExpertsSpec
    kept: np.ndarray
    further: np.ndarray
    within: np.ndarray
    lost: np.ndarray

    def _kept(self, kind: int) -> np.ndarray:
        """float64[network]: mean over all numbers of experts that answer but all of them."""
        return self.kept[kind, :-1].mean(axis=0)

    def keeps(self, kind: int) -> Estimate:
        """Read right by few experts, on average over how many."""
        of = f"right with some of {self.spec.n_experts} experts, {KINDS[kind]}"
        return mean_over(self._kept(kind), of=of, unit=_UNIT)

    def keeps_more(self) -> Estimate:
        """Keys alike less at random, network by network."""
        return self._pair(self._kept(RANDOM), self._kept(ALIKE))

    def learns(self, arm: int) -> Estimate:
        """Odd or even told right afterwards."""
        return mean_over(self.further[arm], of=f"odd or even right, {ARMS[arm]}", unit=_UNIT)

    def learns_more(self, other: int) -> Estimate:
        """Experts of keys that are alike less another arm, network by network."""
        return self._pair(self.further[other], self.further[EXPERTS])

    def own(self, brick: int = BRICK) -> np.ndarray:
        """float64[network]: lost of the label that was taken out, mean over labels."""
        return np.diagonal(self.lost[brick], axis1=1, axis2=2).mean(axis=1)

    def others(self, brick: int = BRICK) -> np.ndarray:
        """float64[network]: lost of all other labels."""
        n = self.lost.shape[-1]
        whole = self.lost[brick].sum(axis=(1, 2)) - n * self.own(brick)
        return whole / (n * (n - 1))

    def loses(self, brick: int) -> Estimate:
        """Of the label itself."""
        return mean_over(self.own(brick), of=f"lost of a label without {BRICKS[brick]}", unit=_UNIT)

    def loses_more(self) -> Estimate:
        """Without its brick less without units at random, network by network."""
        return self._pair(self.own(CHANCE), self.own())

    def twice_others(self) -> Estimate:
        """Twice what other labels lose."""
        return mean_over(2.0 * self.others(), of="twice what other labels lose", unit=_UNIT)

    def over_twice(self) -> Estimate:
        """What a label loses less that, network by network."""
        return self._pair(2.0 * self.others(), self.own())

    def _pair(self, a: np.ndarray, b: np.ndarray) -> Estimate:
        return paired(a, b, self.spec.seed).estimate("difference", _UNIT)
