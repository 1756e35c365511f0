"""How many dimensions a representation uses: participation ratio, spectrum, TwoNN."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.geometry.measures.checking import centred, finite


def spectrum(activations: np.ndarray) -> np.ndarray:
    """Eigenvalues of the covariance over stimuli, largest first; float64[min(n - 1, p)]."""
    x = finite(activations, "the spectrum")
    largest = float(np.abs(x).max(initial=0.0)) or 1.0
    x = x / largest
    x = np.where(np.ptp(x, axis=0) > 0.0, x - x.mean(axis=0), 0.0) if len(x) else x
    scale = float(np.abs(x).max(initial=0.0)) or 1.0
    x = x / scale
    gram = x @ x.T if len(x) <= x.shape[1] else x.T @ x
    values = np.linalg.eigvalsh(gram)[::-1] / max(1, len(x) - 1) * scale * largest * scale * largest
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
    return participation_from_spectrum(
        spectrum(centred(finite(activations, "participation ratio")))
    )


def participation_from_spectrum(values: np.ndarray) -> float:
    """The participation ratio of eigenvalues; nan when all are 0."""
    largest = float(np.max(values, initial=0.0))
    if not largest > 0.0:
        return float("nan")
    values = values / largest
    return float(values.sum() ** 2 / (values**2).sum())


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
    """Points left out because another has the same place, near copies among them."""
    n_near_copies: int
    """Of these, points beside another at less than a thousandth of usual distances."""

    caveat = "underestimates beyond about ten dimensions"


def two_nn(activations: np.ndarray, discard: float = 0.1) -> TwoNN:
    """TwoNN of a point cloud; points that lie on another are left out first and counted.

    A near copy (a duplicate with rounding noise) has a ratio of distances that says nothing of the
    dimension, so it is left out too: nearer to an earlier point than a thousandth of the median
    second distance or a millionth of the cloud's size.

    Raises:
        InputError: fewer than three different points, nan, or points on a grid, whose neighbours
            are equally far.
    """
    x = centred(finite(activations, "TwoNN"))
    unique, rows = np.unique(x, axis=0, return_index=True)
    n_same = len(x) - len(unique)
    if len(unique) < 3:
        raise InputError(f"TwoNN needs at least 3 different stimuli, got {len(unique)}")
    unique, rows = x[np.sort(rows)], np.sort(rows)
    first, second = _two_nearest(unique)
    size = float(np.sqrt((unique**2).sum(axis=1).mean()))
    limit = max(1e-3 * float(np.median(second)), 1e-6 * size)
    if (first < limit).any():
        apart = ~_near_an_earlier(unique, limit)
        unique, rows = unique[apart], rows[apart]
        if len(unique) < 3:
            raise InputError(f"TwoNN needs at least 3 different stimuli, got {len(unique)}")
        first, second = _two_nearest(unique)
    log_ratio = np.log(second / first)
    if (log_ratio < 1e-9).mean() > 0.5:
        raise InputError(
            "TwoNN has no value here: most stimuli have two nearest neighbours at the same "
            "distance (a grid, one-hot rows, codes), so the ratio says nothing of the dimension"
        )
    order = np.argsort(log_ratio, kind="stable")
    log_ratio = log_ratio[order]
    n = len(log_ratio)
    with np.errstate(divide="ignore"):
        height = -np.log(1.0 - np.arange(1, n + 1) / n)
    kept = max(2, int(n * (1.0 - discard)))
    top, side = log_ratio[:kept], height[:kept]
    slope = float(top @ side) / float(top @ top)
    mle = (n - 1) / float(log_ratio.sum())
    return TwoNN(slope, mle, log_ratio, height, rows[order], n, len(x) - n, len(x) - n - n_same)


def _near_an_earlier(points: np.ndarray, limit: float) -> np.ndarray:
    """bool[point]: whether a point before it is nearer than the limit."""
    from scipy.spatial.distance import cdist

    found = np.zeros(len(points), bool)
    for start in range(0, len(points), 512):
        near = cdist(points[start : start + 512], points) < limit
        found[start : start + len(near)] = np.tril(near, start - 1).any(axis=1)
    return found


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
