"""How many dimensions a representation uses: participation ratio, spectrum, TwoNN."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError


def spectrum(activations: np.ndarray) -> np.ndarray:
    """Eigenvalues of the covariance over stimuli, largest first; float64[min(n - 1, p)]."""
    x = np.asarray(activations, np.float64)
    x = x - x.mean(axis=0)
    gram = x @ x.T if len(x) <= x.shape[1] else x.T @ x
    values = np.linalg.eigvalsh(gram)[::-1] / max(1, len(x) - 1)
    return np.clip(values, 0.0, None)[: max(1, min(len(x) - 1, x.shape[1]))]


def carried(activations: np.ndarray, n_components: int) -> np.ndarray:
    """Share of each principal component's variance that each stimulus carries.

    float64[component, stimulus]; rows add up to 1, or to 0 where a component has no variance. Of
    components of equal variance, those that the decomposition happens to give.
    """
    x = np.asarray(activations, np.float64)
    left, scale, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    lasting = scale > 1e-12 * max(float(scale.max(initial=0.0)), 1e-300)
    return (left**2 * lasting).T[:n_components]


def participation_ratio(activations: np.ndarray) -> float:
    """(sum of eigenvalues)^2 / sum of their squares; nan when nothing varies.

    >>> from engines.geometry.tasks.hypercube import hypercube
    >>> round(participation_ratio(hypercube(8)), 9)
    3.0
    """
    return participation_from_spectrum(spectrum(activations))


def participation_from_spectrum(values: np.ndarray) -> float:
    """The participation ratio of eigenvalues; nan when all are 0."""
    squares = float((values**2).sum())
    return float(values.sum() ** 2 / squares) if squares > 1e-300 else float("nan")


@dataclass(frozen=True, eq=False)
class TwoNN:
    """Intrinsic dimension from the ratio of the two nearest distances, Facco et al. 2017."""

    dimension: float
    """Slope of a line through the origin, the top 10 % of ratios left out."""
    dimension_mle: float
    """(N - 1) / sum of log ratios."""
    log_ratio: np.ndarray
    """log(r2 / r1) per point, ascending."""
    minus_log_survival: np.ndarray
    """-log(1 - F) of each, F = rank / N."""
    stimuli: np.ndarray
    """int64[point], whose point each is: the row of the activations."""
    n_points: int
    n_duplicates: int
    """Points left out because another has the same place."""

    caveat = "underestimates beyond about ten dimensions"


def two_nn(activations: np.ndarray, discard: float = 0.1) -> TwoNN:
    """TwoNN of a point cloud; points that lie on another are left out first and counted.

    Raises:
        InputError: fewer than three different points, or nan.
    """
    x = np.asarray(activations, np.float64)
    if not np.isfinite(x).all():
        raise InputError("TwoNN needs finite activations; drop the stimuli with nan first")
    unique, rows = np.unique(x, axis=0, return_index=True)
    if len(unique) < 3:
        raise InputError(f"TwoNN needs at least 3 different stimuli, got {len(unique)}")
    first, second = _two_nearest(unique)
    log_ratio = np.log(second / first)
    order = np.argsort(log_ratio, kind="stable")
    log_ratio = log_ratio[order]
    n = len(log_ratio)
    with np.errstate(divide="ignore"):
        height = -np.log(1.0 - np.arange(1, n + 1) / n)
    kept = max(2, int(n * (1.0 - discard)))
    top, side = log_ratio[:kept], height[:kept]
    flat = float(top @ top)
    slope = float(top @ side) / flat if flat > 0.0 else float("inf")
    total = float(log_ratio.sum())
    mle = (n - 1) / total if total > 0.0 else float("inf")
    return TwoNN(slope, mle, log_ratio, height, rows[order], n, len(x) - n)


def _two_nearest(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances to the nearest and second nearest other point, from blocks of all distances."""
    from scipy.spatial.distance import cdist

    found = []
    for start in range(0, len(points), 512):
        block = cdist(points[start : start + 512], points)
        rows = np.arange(len(block))
        block[rows, start + rows] = np.inf
        found.append(np.partition(block, 1, axis=1)[:, :2])
    first, second = np.concatenate(found).T
    return first, second
