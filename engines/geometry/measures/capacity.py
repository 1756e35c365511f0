"""How many classes a linear readout could tell apart per dimension: the capacity of manifolds.

Cover 1965: points in general position can be split in every way up to 2 per dimension. Chung, Lee &
Sompolinsky 2018 (Phys. Rev. X 8, 031003): for classes of many stimuli, in directions of their own,
1 / capacity is the mean squared length of a random vector's projection on the cone that a class
spans, which is the cone's statistical dimension (Amelunxen et al. 2014, arXiv 1303.6672).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.geometry.measures.checking import FLAT

N_DRAWS = 100


@dataclass(frozen=True, eq=False)
class Capacity:
    """``of`` classes per dimension; ``cones`` float64[class]: statistical dimension of each."""

    names: tuple[str, ...]
    cones: np.ndarray

    @property
    def of(self) -> float:
        """Classes per dimension that any split of them into two would still allow."""
        return float(1.0 / self.cones.mean())


def manifold_capacity(
    activations: np.ndarray, classes: tuple[str, ...], *, seed: int = 0, n_draws: int = N_DRAWS
) -> Capacity:
    """Mean-field capacity of classes of stimuli, [stimulus, unit], about the mean of all.

    Centres of classes count as independent; where they are not, the true capacity is lower. It is
    nan where all of a class lies at the mean of all, which is no direction.

    Raises:
        InputError: as many labels as there are stimuli are asked for, and three classes or more.
    """
    x = np.asarray(activations, np.float64)
    if len(classes) != len(x):
        raise InputError(f"give one class per stimulus: {len(x)} stimuli, {len(classes)} classes")
    names = tuple(sorted(set(classes)))
    if len(names) < 3:
        raise InputError(f"a capacity needs at least 3 classes, got {len(names)}")
    flat = FLAT * np.abs(x).max(initial=0.0)
    x = x - x.mean(axis=0)
    x[np.abs(x) <= flat] = 0.0
    which = np.array(classes)
    cones = [
        statistical_dimension(x[which == name], seed=seed, n_draws=n_draws, stream=k)
        for k, name in enumerate(names)
    ]
    return Capacity(names, np.array(cones))


def statistical_dimension(
    points: np.ndarray, *, seed: int = 0, n_draws: int = N_DRAWS, stream: int = 0
) -> float:
    """Mean squared length of the projection of a normal vector on the cone of [point, unit].

    ``stream``: cones of other streams have draws of their own.
    Half for a point, d for a subspace of d dimensions, half of their number for orthogonal points.
    """
    if not np.any(points):
        return float("nan")
    # The cone lies in the span of its points; only their products matter.
    size, turned = np.linalg.eigh(points @ points.T)
    kept = size > 1e-12 * size[-1]
    rays = (turned[:, kept] * np.sqrt(size[kept])).T
    rng = np.random.default_rng([seed % 2**32, 11, stream])
    drawn = rng.standard_normal((n_draws, int(kept.sum())))
    # A vector and its opposite together have less chance in them than two.
    lengths = [_squared(rays, sign * one) for one in drawn for sign in (1.0, -1.0)]
    return float(np.mean(lengths))


def _squared(rays: np.ndarray, vector: np.ndarray) -> float:
    """Of the projection: what is there less what is left."""
    from scipy.optimize import nnls

    _, left = nnls(rays, vector)
    return float(vector @ vector - left**2)
