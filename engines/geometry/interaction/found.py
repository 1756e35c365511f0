"""How many edges every basis needs, and how pure its features are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.interaction.spec import InteractionSpec
from engines.lab.statistics import mean_over, paired

KEPT = 0.99
"""Of the accuracy with all edges."""
_NETS = "networks"
_N_LOOKS, _FEWEST = 20, 4


def looks(spec: InteractionSpec) -> np.ndarray:
    """int64[look]: edges that are kept, from few to as many as neurons have."""
    most = spec.n_embedded * spec.width
    return np.unique(np.rint(np.geomspace(_FEWEST, most, _N_LOOKS)).astype(np.int64))


def fewest(
    n_edges: np.ndarray, accuracy: np.ndarray, level: float, judge: Callable[[int], float]
) -> int:
    """The least number from which on accuracy stays at a level.

    Looked for among int64[look] with accuracy float64[look], then by halves between two looks.

    >>> fewest(np.array([1, 4, 16, 64]), np.array([0.1, 1.0, 0.9, 1.0]), 0.95, lambda n: n >= 20)
    20
    """
    below = np.flatnonzero(accuracy < level)
    if not len(below):
        return int(n_edges[0])
    last = int(below[-1])
    low, high = int(n_edges[last]), int(n_edges[min(last + 1, len(n_edges) - 1)])
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if judge(middle) >= level else (middle, high)
    return high


def dominant(spectra: np.ndarray) -> np.ndarray:
    """float64[feature]: share of the power float64[feature, frequency] at its strongest."""
    return spectra.max(axis=1) / np.maximum(spectra.sum(axis=1), 1e-300)


@dataclass(frozen=True, eq=False)
class Found:
    """``n_edges`` int64[look]; ``accuracy`` float64[basis, look, net]; ``whole`` float64[net].

    ``least`` float64[basis, net]: edges for 99 % of the accuracy. ``pure`` float64[basis, net]:
    mean share of a feature's power at one frequency; ``n_features`` int64[basis, (embedding,
    hidden), net]. Of the first network ``strengths`` are edges of each basis, float64[feature,
    hidden feature].
    """

    spec: InteractionSpec
    n_edges: np.ndarray
    accuracy: np.ndarray
    least: np.ndarray
    whole: np.ndarray
    pure: np.ndarray
    n_features: np.ndarray
    strengths: tuple[np.ndarray, ...]

    def edges(self, basis: int) -> Estimate:
        """For 99 % of the accuracy, mean over networks."""
        return mean_over(self.least[basis], of="edges for 99 % of the accuracy", unit=_NETS)

    def fewer(self, basis: int, other: int) -> Estimate:
        """One basis less another, network by network."""
        pair = self.least[other], self.least[basis]
        return paired(*pair, self.spec.seed).estimate("difference", _NETS)

    def purity(self, basis: int) -> Estimate:
        """How much of an embedding feature is one frequency, mean over networks."""
        return mean_over(self.pure[basis], of="share of power at one frequency", unit=_NETS)

    def purer(self, basis: int, other: int) -> Estimate:
        """One basis less another, network by network."""
        pair = self.pure[other], self.pure[basis]
        return paired(*pair, self.spec.seed).estimate("difference", _NETS)

    def shown(self, basis: int, look: int) -> int:
        """Edges of the first network that a look keeps: no more than a basis has."""
        return min(int(self.n_edges[look]), self.strengths[basis].size)

    def enough(self, basis: int) -> int:
        """The first look from which on the first network keeps 99 % of its accuracy."""
        below = np.flatnonzero(self.accuracy[basis, :, 0] < KEPT * self.whole[0])
        return min(int(below[-1]) + 1, len(self.n_edges) - 1) if len(below) else 0

    @property
    def learnt(self) -> bool:
        """Whether every network adds; else there is nothing to keep."""
        return bool((self.whole > KEPT).all())
