"""What merging found: losses along ways, ways round, merges of three and in part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.mechanisms.weight_matching import barriers_of
from engines.geometry.merging.spec import MergingSpec
from engines.lab.statistics import mean_over, paired

ARMS = ("as learnt", "weights matched", "activations matched", "order at random", "fork")
PLAIN, WEIGHTS, ACTIVATIONS, DEALT, FORK = range(len(ARMS))
THREE = ("as learnt", "matched to the first", "matched together", "each alone")
AS_LEARNT, TO_FIRST, TOGETHER, ALONE = range(len(THREE))
PARTIAL = ("refitted", "averaged", "averaged, order at random", "refitted, order at random")
REFITTED, AVERAGED, AVERAGED_DEALT, REFITTED_DEALT = range(len(PARTIAL))
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Of units that become one; a network is (2 - share) times as wide."""


@dataclass(frozen=True, eq=False)
class Found:
    """Cross entropies of held-out digits in nats, and orders of units.

    ``place`` float64[point] on the way from the first to the second network of each group.
    ``losses`` float64[arm, group, point] along it, and ``moved`` float64[moment, group, point]
    while units are put in place, ``placed`` float64[moment] of them. ``back`` float64[(learnt,
    dealt), group, layer]: share of units that a way round three networks brings back. ``three``
    float64[way, group]: of the mean of three networks. ``partial`` float64[way, group, share], and
    ``both`` float64[group] of both networks' mean logits. ``right`` float64[group]: share of digits
    that the networks read. ``alike`` float32[unit, unit] of the drawn group: correlations of
    first-layer units, and ``orders`` int64[moment, unit] which one stands where.
    """

    spec: MergingSpec
    place: np.ndarray
    losses: np.ndarray
    placed: np.ndarray
    moved: np.ndarray
    back: np.ndarray
    three: np.ndarray
    partial: np.ndarray
    both: np.ndarray
    right: np.ndarray
    alike: np.ndarray
    orders: np.ndarray
    n_test: int

    def heights(self, arm: int) -> np.ndarray:
        """float64[group]: how far the loss rises above the line between both ends."""
        return barriers_of(self.losses[arm].T)

    def barrier(self, arm: int) -> Estimate:
        """The same, mean over groups."""
        return mean_over(self.heights(arm), of=f"loss barrier, {ARMS[arm]}", unit="groups")

    def lower(self, arm: int, other: int) -> Estimate:
        """Barrier of an arm less that of another one, group by group."""
        return self._pair(self.heights(other), self.heights(arm))

    def returned(self, learnt: int = 0) -> Estimate:
        """Units that come back from a way round three, both layers together."""
        of = "share of units that come back" + (", order at random" if learnt else "")
        return mean_over(self.back[learnt].mean(axis=1), of=of, unit="groups")

    def mean_of_three(self, way: int) -> Estimate:
        """Loss of the mean of three networks' weights."""
        return mean_over(self.three[way], of=f"loss of three merged, {THREE[way]}", unit="groups")

    def less_of_three(self, way: int, other: int) -> Estimate:
        """Loss of one way to merge three less another, group by group."""
        return self._pair(self.three[other], self.three[way])

    def in_part(self, way: int, share: float) -> Estimate:
        """Loss of a network merged in part."""
        of = f"loss, {share:.0%} of units one, {PARTIAL[way]}"
        return mean_over(self.partial[way, :, SHARES.index(share)], of=of, unit="groups")

    def less_in_part(self, one: tuple[int, float], other: tuple[int, float]) -> Estimate:
        """Loss of one (way, share) less another, group by group."""
        a, b = (self.partial[way, :, SHARES.index(share)] for way, share in (other, one))
        return self._pair(a, b)

    def _pair(self, a: np.ndarray, b: np.ndarray) -> Estimate:
        return paired(a, b, self.spec.seed).estimate("difference", "groups")
