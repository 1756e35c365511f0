"""When which model explains how much, beside ceilings and controls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.timed_rsa.course import LABELS, settled
from engines.geometry.timed_rsa.spec import TimedSpec
from engines.lab.statistics import jackknife, mean_over, paired

ARMS = ("labels", "labels dealt anew")
LEARNT, DEALT = range(len(ARMS))
BELOW, ABOVE = range(2)
SETTLED = 0.95
"""Likeness to its own end from which on a layer counts as settled; our bound."""


@dataclass(frozen=True, eq=False)
class Found:
    """Likeness in time; a subject is a network, or a part of the units of a recording.

    ``scores`` float64[arm, layer, model, moment, subject], ``ceilings`` float64[arm, layer, (from
    below, from above), moment, subject], ``own`` float64[arm, layer, moment, subject] to each
    subject's own end, ``alike`` float64[arm, layer, moment, subject, subject], ``chance``
    float64[draw, layer, moment] of the labels' model with labels of other stimuli, ``rdms``
    float64[(first, middle, last), stimulus, stimulus] of the last layer, over their mean.
    """

    spec: TimedSpec
    title: str
    layers: tuple[str, ...]
    models: tuple[str, ...]
    at: np.ndarray
    unit: str
    subjects: str
    scores: np.ndarray
    ceilings: np.ndarray
    own: np.ndarray
    alike: np.ndarray
    chance: np.ndarray
    rdms: np.ndarray
    right: np.ndarray
    """float64[arm, network]: digits of the exam read right at the end; empty for a recording."""

    @property
    def trained(self) -> bool:
        """Whether networks learnt here: claims are about these."""
        return len(self.scores) > 1

    def of(self, model: str, arm: int = LEARNT, layer: int = -1) -> np.ndarray:
        """float64[moment, subject]."""
        return self.scores[arm, layer, self.models.index(model)]

    def rise(self, model: str, arm: int = LEARNT) -> Estimate:
        """From the first to the last moment, last layer, subject by subject."""
        return self._mean(self._rise(model, arm), f"rise of likeness to {model}, {ARMS[arm]}")

    def rises_more(self, model: str) -> Estimate:
        """Networks that learn labels less those that learn labels dealt anew."""
        return self._pair(self._rise(model, DEALT), self._rise(model, LEARNT))

    def _rise(self, model: str, arm: int) -> np.ndarray:
        of = self.of(model, arm)
        return of[-1] - of[0]

    def steps(self, layer: int, *, half: bool = False) -> np.ndarray:
        """float64[subject]: when a layer is settled, or is half of its own way there."""
        own = self.own[LEARNT, layer]
        bound = 0.5 * (own[0] + 1.0) if half else np.full(own.shape[1], SETTLED)
        return self.at[settled(own, bound)]

    def settles(self, layer: int, *, half: bool = False) -> Estimate:
        """Mean over networks."""
        what = "half of its way" if half else f"likeness {SETTLED} to its end"
        return self._mean(self.steps(layer, half=half), f"{self.unit} of {what}, layer {layer + 1}")

    def settles_before(self) -> Estimate:
        """Layer 1 less layer 2, network by network."""
        return self._pair(self.steps(1), self.steps(0))

    def shared(self, layer: int, moment: int = -1) -> Estimate:
        """Mean likeness of two networks' geometries; one network is left out at a time."""
        of = f"likeness of two networks, layer {layer + 1}"
        return self._jackknife(self.alike[LEARNT, layer, moment], of)

    def gap(self, moment: int) -> Estimate:
        """How much more two networks are alike in layer 1 than in layer 2."""
        when = "before learning" if moment == 0 else "after learning"
        return self._jackknife(self._gap(moment), f"likeness of two in layer 1 less 2, {when}")

    def gap_shrinks(self) -> Estimate:
        """The gap after learning less the gap before."""
        return self._jackknife(self._gap(-1) - self._gap(0), "difference")

    def _gap(self, moment: int) -> np.ndarray:
        first, *_, last = self.alike[LEARNT, :, moment]
        return first - last

    def _jackknife(self, alike: np.ndarray, of: str) -> Estimate:
        """Pairs share networks, so one network is left out at a time."""

        def mean(kept: np.ndarray) -> float:
            here = alike[np.ix_(kept, kept)]
            return float(here[np.triu_indices(len(kept), 1)].mean())

        return jackknife(mean, len(alike), of=of, unit=self.subjects)

    def p_of_labels(self, layer: int, moment: int) -> float:
        """Share of orders of the stimuli that are as like to the labels' model; nan without it."""
        if not len(self.chance):
            return float("nan")
        seen = self.of(LABELS, layer=layer)[moment].mean()
        drawn = self.chance[:, layer, moment]
        return float((1 + (drawn >= seen).sum()) / (1 + len(drawn)))

    def _mean(self, values: np.ndarray, of: str) -> Estimate:
        return mean_over(values, of=of, unit=self.subjects)

    def _pair(self, a: np.ndarray, b: np.ndarray) -> Estimate:
        return paired(a, b, self.spec.seed).estimate("difference", self.subjects)
