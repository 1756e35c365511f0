"""How well every model explains the measurements, beside the ceilings, at every noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.explaining.spec import MODELS, ExplainingSpec
from engines.lab.statistics import mean_over, paired

DISTANCES = ("crossnobis", "squared Euclidean")
CROSSNOBIS, EUCLIDEAN = range(len(DISTANCES))
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Noises that are tried, times the one that is asked for."""
ASKED = FACTORS.index(1.0)
BELOW, ABOVE = range(2)


@dataclass(frozen=True, eq=False)
class Found:
    """Likeness of RDMs, model by model and subject by subject.

    ``scores`` float64[noise, distance, model, subject], ``ceilings`` float64[noise, distance, (from
    below, from above), subject], ``copies`` float64[noise, distance, subject]: distance of a digit
    from itself over the true mean distance. ``shown`` float64[(measured, true), stimulus,
    stimulus]: the mean crossnobis RDM at the noise that is asked for, and the true one.
    """

    spec: ExplainingSpec
    scores: np.ndarray
    ceilings: np.ndarray
    copies: np.ndarray
    shown: np.ndarray

    def explains(self, model: int, distance: int = CROSSNOBIS) -> Estimate:
        """Likeness of a model at the asked noise, mean over subjects."""
        of = f"{self.spec.compare}, {MODELS[model]}"
        return mean_over(self.scores[ASKED, distance, model], of=of, unit="subjects")

    def runner_up(self, distance: int = CROSSNOBIS) -> int:
        """The best of all models but the one that is measured."""
        mean = self.scores[ASKED, distance].mean(axis=1)
        mean[self.spec.truth] = -np.inf
        return int(mean.argmax())

    def more(self, model: int, other: int, distance: int = CROSSNOBIS) -> Estimate:
        """One model less another, subject by subject."""
        return self._pair(self.scores[ASKED, distance, other], self.scores[ASKED, distance, model])

    def bound(self, which: int, distance: int = CROSSNOBIS) -> Estimate:
        """A noise ceiling, mean over subjects."""
        of = f"ceiling from {('below', 'above')[which]}"
        return mean_over(self.ceilings[ASKED, distance, which], of=of, unit="subjects")

    def over_bound(self, model: int, which: int) -> Estimate:
        """A model less a ceiling, subject by subject."""
        return self._pair(self.ceilings[ASKED, CROSSNOBIS, which],
                          self.scores[ASKED, CROSSNOBIS, model])  # fmt: skip

    def of_copies(self, distance: int) -> Estimate:
        """Distance of a digit from itself."""
        of = f"{DISTANCES[distance]} distance of a digit from itself"
        return mean_over(self.copies[ASKED, distance], of=of, unit="subjects")

    def _pair(self, a: np.ndarray, b: np.ndarray) -> Estimate:
        return paired(a, b, self.spec.seed).estimate("difference", "subjects")
