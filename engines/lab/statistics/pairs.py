"""Two conditions on the same units: B less A, unit by unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, InputError
from engines.lab.statistics.effects import cliffs_delta, standardised_mean
from engines.lab.statistics.permutation import sign_flip_test
from engines.lab.statistics.resampling import Method, mean_intervals


@dataclass(frozen=True)
class Paired:
    """Two conditions on the same units: B less A, unit by unit.

    An effect size or test that has no value is nan, never infinite: two conditions that agree in
    every unit are ``identical``, and so is a difference of the same size in every unit ``exact``.
    """

    mean: float
    low: float
    high: float
    """Bootstrap 95 % interval of the mean difference, over pairs."""
    dz: float
    """Mean difference over its standard deviation (Cohen's d for paired samples)."""
    delta: float
    """Cliff's delta: how much more often B exceeds A than A exceeds B, over all pairs of units."""
    p: float
    """Two-sided sign-flip permutation test."""
    p_floor: float
    """The least p that this many pairs and flips can give."""
    n: int
    """How many pairs."""
    identical: bool

    @property
    def exact(self) -> bool:
        """Whether every pair differs by the same amount, so that no spread can be estimated."""
        return math.isnan(self.dz)

    def estimate(self, of: str, unit: str) -> Estimate:
        """The mean difference as a figure of a claim."""
        said = f"mean paired difference, bootstrap over {unit}"
        return Estimate(of, self.mean, self.low, self.high, self.n, unit, said)


def paired(a: np.ndarray, b: np.ndarray, seed: int, *, method: Method = "studentised") -> Paired:
    """Hold unit k of condition B against unit k of condition A.

    Args:
        a: float64[unit].
        b: float64[unit], of the same units.
        seed: where the bootstrap and the permutation test draw from.
        method: the interval of the mean difference.

    Raises:
        InputError: the two have different lengths, or no unit.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if len(a) != len(b) or not len(a):
        raise InputError(
            f"pairs need the same units in both conditions, got {len(a)} and {len(b)}; "
            "compare independent samples without pairing"
        )
    difference = b - a
    mean, _deviation, low, high = mean_intervals(difference[None], seed, method=method)[0]
    flipped = sign_flip_test(difference, seed)
    return Paired(
        mean=float(mean),
        low=float(low),
        high=float(high),
        dz=standardised_mean(difference),
        delta=cliffs_delta(a, b),
        p=flipped.p,
        p_floor=flipped.floor,
        n=len(a),
        identical=not difference.any(),
    )
