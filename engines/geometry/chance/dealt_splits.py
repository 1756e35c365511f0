"""The control task of CCGP: as many conditions a side, dealt at random.

After the control task of probes (Hewitt & Liang 2019, arXiv 1909.03368). Units shuffled say what
noise would give; this says what the same conditions give for splits that nobody asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from engines.contract import InputError
from engines.geometry.measures.dichotomies import ccgp, dichotomies

N_CONTROLS = 40
_ALL_MAX, _LEAST = 8, 4


@dataclass(frozen=True, eq=False)
class CcgpBeside:
    """CCGP of a dichotomy beside that of other ones."""

    value: float
    control: np.ndarray
    """float64[split] of splits dealt at random, none of them the asked one."""
    every: bool
    """Whether these are all others that there are."""

    @property
    def selectivity(self) -> float:
        """How much more the asked split generalises than others do on average."""
        return self.value - float(self.control.mean())

    @property
    def p(self) -> float:
        """Share of splits, the asked one counted, that generalise at least as well."""
        return at_least_as_high(self.value, self.control)


def ccgp_beside(
    activations: np.ndarray, positive: np.ndarray, *, n_controls: int = N_CONTROLS, seed: int = 0
) -> CcgpBeside:
    """CCGP of a dichotomy of [condition, unit] and of others; all of them up to 8 conditions.

    Splits share conditions with the asked one, so that others are no noise: the second axis of a
    cube generalises too, and p says one of how many the asked one is. With four conditions there
    are but two others, and p cannot be less than 1 / 3.

    Raises:
        InputError: sides of different sizes, fewer than four conditions, a side that is not one per
            condition, or no control.
    """
    side = np.asarray(positive, bool)
    if side.shape != np.shape(activations)[:1] or len(side) < _LEAST:
        raise InputError(
            f"a split needs a side for each of {_LEAST} conditions or more, got sides "
            f"{side.shape} for activations {np.shape(activations)} [condition, unit]"
        )
    if n_controls < 1:
        raise InputError(f"a control needs at least 1 other split, got n_controls {n_controls}")
    value = ccgp(activations, side, seed=seed)
    found = other_splits(side, n_controls, seed)
    control = np.array([ccgp(activations, one, seed=seed) for one in found])
    return CcgpBeside(value, control, len(found) == _n_others(len(side)))


def other_splits(positive: np.ndarray, n_most: int, seed: int) -> np.ndarray:
    """bool[split, condition]: balanced, each once, and none that parts as the asked one does."""
    side = positive ^ positive[0]
    n = len(side)
    if n <= _ALL_MAX:
        every = dichotomies(n)
        return every[(every != side).any(axis=1)]
    rng, found = np.random.default_rng([seed % 2**32, 19]), {side.tobytes(): side}
    half = np.arange(n) < n // 2
    while len(found) < 1 + min(n_most, _n_others(n)):
        dealt = rng.permutation(half)
        found.setdefault((dealt ^ dealt[0]).tobytes(), dealt ^ dealt[0])
    return np.array(list(found.values())[1:])


def _n_others(n: int) -> int:
    return comb(n, n // 2) // 2 - 1


def at_least_as_high(value: float, others: np.ndarray) -> float:
    """Share of all, this one counted, that are as high; nan without others."""
    if not len(others):
        return float("nan")
    return float((1 + (others >= value).sum()) / (1 + len(others)))
