"""Partners of units: by the largest correlation, by assignment, by sparse sums, by groups.

Li, Yosinski, Clune, Lipson & Hopcroft 2016, Convergent learning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_N_ITERATIONS = 400


@dataclass(frozen=True, eq=False)
class Scored:
    """Units that vary, each with mean 0 and variance 1 over the stimuli it was fitted on."""

    fitted: np.ndarray
    """float64[stimulus, unit]."""
    held_out: np.ndarray
    """float64[other stimulus, unit], by the means and deviations of the fitted ones."""
    units: np.ndarray
    """int64[unit]: their numbers in the layer."""
    n_constant: int
    """Units that were left out because they say the same to every fitted stimulus."""


def scored(fitted: np.ndarray, held_out: np.ndarray) -> Scored:
    """Units of a layer [stimulus, unit] on the stimuli to fit and on others."""
    mean, deviation = fitted.mean(axis=0), fitted.std(axis=0)
    # What rounding leaves of equal values is no spread.
    varies = deviation > 1e-7 * np.maximum(np.abs(mean), 1e-30)
    shift, scale = mean[varies], deviation[varies]
    return Scored(
        (fitted[:, varies] - shift) / scale,
        (held_out[:, varies] - shift) / scale,
        np.flatnonzero(varies),
        int((~varies).sum()),
    )


def correlations(one: Scored, other: Scored) -> np.ndarray:
    """float64[unit of one, unit of other] over the fitted stimuli."""
    return one.fitted.T @ other.fitted / len(one.fitted)


def assigned(correlation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the one-to-one assignment with the largest sum (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(correlation, maximize=True)


def lasso(x: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """float64[unit of x, unit of y]: weights that make |y - x w|² / 2n + penalty |w|₁ least.

    All targets at once, by accelerated proximal gradient steps on the products of x (Beck &
    Teboulle 2009), started again where it overshoots.
    """
    n = len(x)
    square, target = x.T @ x / n, x.T @ y / n
    step = 1.0 / max(float(np.linalg.eigvalsh(square)[-1]), 1e-30)
    weights = ahead = np.zeros_like(target)
    pace = 1.0
    for _ in range(_N_ITERATIONS):
        moved = ahead - step * (square @ ahead - target)
        found = np.sign(moved) * np.maximum(np.abs(moved) - step * penalty, 0.0)
        change = found - weights
        if float(((ahead - found) * change).sum()) > 0:
            pace = 1.0
        faster = (1.0 + np.sqrt(1.0 + 4.0 * pace**2)) / 2.0
        ahead = found + (pace - 1.0) / faster * change
        weights, pace = found, faster
        if np.abs(change).max() < 1e-9:
            break
    return weights


def explained(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float64[unit of y]: share of variance that x w explains, R²; nan where y does not vary."""
    left, whole = ((y - x @ weights) ** 2).sum(axis=0), ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    return 1.0 - np.divide(left, whole, out=np.full(len(whole), np.nan), where=whole > 1e-12)


def groups(correlation: np.ndarray, n_groups: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Groups of units of both networks at once: int64[unit of one] and int64[unit of other].

    Spectral co-clustering of the bipartite graph of |correlation| (Dhillon 2001): singular vectors
    of the degree-normalised matrix, then k-means.
    """
    from scipy.cluster.vq import kmeans2

    size = np.abs(correlation)
    rows, columns = (np.maximum(size.sum(axis=k), 1e-12) ** -0.5 for k in (1, 0))
    left, _, right = np.linalg.svd(rows[:, None] * size * columns)
    n_vectors = max(1, int(np.ceil(np.log2(n_groups))))
    places = np.concatenate([
        rows[:, None] * left[:, 1 : 1 + n_vectors],
        columns[:, None] * right[1 : 1 + n_vectors].T,
    ])  # fmt: skip
    rng = np.random.Generator(np.random.Philox(seed))
    _, found = kmeans2(places, n_groups, minit="++", rng=rng, iter=50)
    return found[: len(size)], found[len(size) :]


def agreement(one: Scored, other: Scored, a: np.ndarray, b: np.ndarray) -> float:
    """Mean canonical correlation of two groups of units, fitted, then held out.

    Args:
        one: units of one network.
        other: units of the other.
        a: bool[unit of one]: who is in the group.
        b: bool[unit of other].
    """
    x, y = one.fitted[:, a], other.fitted[:, b]
    (to_x, to_y), n = (_whitening(v) for v in (x, y)), min(int(a.sum()), int(b.sum()))
    left, _, right = np.linalg.svd((x @ to_x).T @ (y @ to_y), full_matrices=False)
    u = one.held_out[:, a] @ to_x @ left[:, :n]
    v = other.held_out[:, b] @ to_y @ right[:n].T
    u, v = (part - part.mean(axis=0) for part in (u, v))
    size = np.sqrt((u**2).sum(axis=0) * (v**2).sum(axis=0))
    return float(np.mean((u * v).sum(axis=0) / np.maximum(size, 1e-30)))


def _whitening(values: np.ndarray) -> np.ndarray:
    """float64[unit, direction] that makes values orthonormal; directions without spread go to 0."""
    _, size, axes = np.linalg.svd(values, full_matrices=False)
    kept = size > 1e-9 * max(float(size[0]), 1e-30)
    return axes.T * np.where(kept, 1.0 / np.where(kept, size, 1.0), 0.0)


def agreement_of_groups(
    one: Scored, other: Scored, of_one: np.ndarray, of_other: np.ndarray
) -> float:
    """Mean over groups that have units of both networks, weighted by how many directions."""
    total, weight = 0.0, 0
    for group in np.intersect1d(of_one, of_other):
        a, b = of_one == group, of_other == group
        n = min(int(a.sum()), int(b.sum()))
        total, weight = total + n * agreement(one, other, a, b), weight + n
    return total / weight if weight else float("nan")
