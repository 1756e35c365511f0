"""What maps keep and make up, beside PCA and beside normal clouds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.mapping.spec import N_NEAR, MappingSpec
from engines.lab.statistics import jackknife, mean_over, paired

ARMS = ("data", "clouds")
DATA, CLOUDS = range(len(ARMS))
KEPT, TRUSTED, SILHOUETTE = range(3)
_MAPS = "maps"


@dataclass(frozen=True, eq=False)
class Found:
    """Of each map ``scores`` float64[arm, map, (neighbours kept, trustworthiness, silhouette)].

    ``plain`` is the same of two principal components, ``own`` float64[arm, map] the silhouette in
    all dimensions. Maps of the data are of the same data, those of clouds each of a cloud of its
    own. ``agree`` and ``apart`` float64[map, map]: neighbours that two maps of the data share, and
    what Procrustes leaves; ``cloud_agree`` and ``cloud_apart`` float64[map] of two maps of one
    cloud. Drawn are ``places`` float64[picture, stimulus, 2] (PCA, first map, second map turned
    onto it, the first cloud's) and ``seen`` int64[stimulus], the groups of the cloud's map.
    """

    spec: MappingSpec
    title: str
    scores: np.ndarray
    plain: np.ndarray
    own: np.ndarray
    agree: np.ndarray
    apart: np.ndarray
    cloud_agree: np.ndarray
    cloud_apart: np.ndarray
    places: np.ndarray
    seen: np.ndarray
    kinds: tuple[str, ...]

    def score(self, which: int, arm: int = DATA) -> Estimate:
        """Of maps: what is kept, trustworthiness, or the silhouette of groups."""
        of = f"{self._names[which]}, maps of {ARMS[arm]}"
        return mean_over(self.scores[arm, :, which], of=of, unit=_MAPS)

    def components(self, which: int, arm: int = DATA) -> Estimate:
        """The same of two principal components, where nothing is drawn for the data."""
        of = f"{self._names[which]}, two principal components of {ARMS[arm]}"
        return self._of(self.plain[arm, :, which], of, arm)

    def everywhere(self, arm: int) -> Estimate:
        """Silhouette of groups in all dimensions."""
        return self._of(self.own[arm], f"silhouette in all dimensions, {ARMS[arm]}", arm)

    @property
    def _names(self) -> tuple[str, ...]:
        near = f"of {N_NEAR} nearest neighbours kept"
        return near, "trustworthiness", f"silhouette of {self.spec.n_groups} groups"

    def _of(self, values: np.ndarray, of: str, arm: int) -> Estimate:
        if arm == DATA:
            return Estimate.exact(of, float(values[0]))
        return mean_over(values, of=of, unit=_MAPS)

    def made_up(self) -> Estimate:
        """Silhouette in maps of clouds less that in two of their components, cloud by cloud."""
        pair = self.plain[CLOUDS, :, SILHOUETTE], self.scores[CLOUDS, :, SILHOUETTE]
        return paired(*pair, self.spec.seed).estimate("difference", _MAPS)

    def agreement(self, arm: int) -> Estimate:
        """Share of nearest neighbours that two maps have in common."""
        of = f"neighbours shared by two maps, {ARMS[arm]}"
        return self._of_pairs(self.agree, self.cloud_agree, arm, of)

    def left_over(self, arm: int) -> Estimate:
        """What Procrustes leaves between two maps; 0 is none, 1 all."""
        return self._of_pairs(self.apart, self.cloud_apart, arm, f"left over, {ARMS[arm]}")

    def _of_pairs(self, data: np.ndarray, clouds: np.ndarray, arm: int, of: str) -> Estimate:
        """Pairs of maps of the data share maps, so one map is left out; clouds are independent."""
        if arm == CLOUDS:
            return mean_over(clouds, of=of, unit="clouds")

        def mean(maps: np.ndarray) -> float:
            here = data[np.ix_(maps, maps)]
            return float(here[np.triu_indices(len(maps), 1)].mean())

        return jackknife(mean, len(data), of=of, unit=_MAPS)
