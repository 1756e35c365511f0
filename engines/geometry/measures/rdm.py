"""Dissimilarities between stimuli, and the geo-topological transform of them.

An RDM is float64[stimulus, stimulus], symmetric, 0 on the diagonal. Its *upper triangle* is the
vector of the n (n - 1) / 2 pairs that all comparisons use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # its parts load when used: a reader of files needs none

from engines.contract import InputError
from engines.geometry.measures.checking import finite, named
from engines.geometry.measures.rdm_kinds import RDM_KINDS

NEAR = 1e-6
"""Pairs this much closer than they are far from the mean are measured by their difference."""
PLACES = 4_000_000


def rdm(
    activations: np.ndarray, kind: str = "correlation", precision: np.ndarray | None = None
) -> np.ndarray:
    """Dissimilarity of every two stimuli, [stimulus, stimulus]; angular ones keep float32.

    ``correlation`` is 1 - r over units, 0 to 2; ``squared euclidean`` is the sum over units, not
    divided by their number (rsatoolbox calls the mean "euclidean"); ``mahalanobis`` is
    sqrt((a - b)' P (a - b)) with the noise precision P; ``poisson`` is the symmetric
    Kullback-Leibler divergence of Poisson rates, the sum over units of (a - b) (log a - log b)
    (Schütt et al. 2023; rsatoolbox divides it by the number of units). A stimulus that is constant
    over units (or zero, for cosine) has no correlation distance, and one with nan has none at all:
    its row is nan, never 0.

    Args:
        activations: [stimulus, unit]; centred in float64, and products are float64 wherever
            float32 would show.
        kind: one of `RDM_KINDS`, in any case.
        precision: [unit, unit] or its diagonal [unit], for ``mahalanobis``.

    Raises:
        InputError: a kind that is not there, or what it needs is missing.
    """
    kind = named(kind, RDM_KINDS, "dissimilarity")
    x = np.asarray(activations)
    if x.ndim != 2:
        raise InputError(f"an RDM is made of [stimulus, unit], got {x.ndim} dimensions {x.shape}")
    x = x if x.dtype in (np.float32, np.float64) else x.astype(np.float64)
    known = np.isfinite(x).all(axis=1)
    if not known.all():
        found = np.full((len(x), len(x)), np.nan)
        found[np.ix_(known, known)] = rdm(x[known], kind, precision)
        np.fill_diagonal(found, np.where(known, 0.0, np.nan))
        return found
    match kind:
        case "correlation" | "cosine":
            return _angular(x, centred=kind == "correlation")
        case "poisson":
            return _poisson(x)
        case "mahalanobis":
            x = _whitened(x, precision)
    return _euclidean(x, squared=kind == "squared euclidean")


def _angular(x: np.ndarray, *, centred: bool) -> np.ndarray:
    exact = x.astype(np.float64)
    scale = np.abs(exact).max(axis=1, initial=0.0, keepdims=True)
    exact /= np.where(scale > 0.0, scale, 1.0)
    if centred:
        exact -= exact.mean(axis=1, keepdims=True)
    size = np.linalg.norm(exact, axis=1)
    # What a constant row leaves after its mean is taken off is rounding.
    undefined = size <= 8 * np.finfo(np.float64).eps * np.sqrt(x.shape[1])
    exact /= np.where(undefined, 1.0, size)[:, None]
    distance = _one_minus(exact.astype(x.dtype, copy=False))
    if x.dtype == np.float32 and _closest(distance, undefined) < 1e-2:
        distance = _one_minus(exact)
    _mend_near(distance, exact, 2.0 * NEAR, lambda ways: (ways**2).sum(axis=1) / 2.0)
    np.fill_diagonal(distance, 0.0)
    if undefined.any():
        distance[undefined, :] = distance[:, undefined] = np.nan
    return distance


def _one_minus(unit: np.ndarray) -> np.ndarray:
    distance = unit @ unit.T
    # In place: at ten thousand stimuli every copy is 400 MB.
    np.subtract(1.0, distance, out=distance)
    np.clip(distance, 0.0, 2.0, out=distance)
    np.fill_diagonal(distance, 2.0)
    return distance


def _closest(distance: np.ndarray, undefined: np.ndarray) -> float:
    known = distance[~undefined][:, ~undefined] if undefined.any() else distance
    return float(known.min(initial=2.0))


def _mend_near(
    distance: np.ndarray, x: np.ndarray, limit: float | np.ndarray, measured: Any
) -> None:
    """Measure pairs below ``limit`` again by their differences, where products round them away."""
    rows, columns = np.nonzero(np.triu(distance < limit, 1))
    size = max(1, PLACES // max(1, x.shape[1]))
    for at in range(0, len(rows), size):
        i, j = rows[at : at + size], columns[at : at + size]
        distance[i, j] = distance[j, i] = measured(x[i] - x[j])


def _euclidean(x: np.ndarray, *, squared: bool) -> np.ndarray:
    x = x.astype(np.float64)
    largest = float(np.abs(x).max(initial=0.0)) or 1.0
    x = x / largest
    x -= x.mean(axis=0)
    scale = float(np.abs(x).max(initial=0.0)) or 1.0
    x /= scale
    norms = np.einsum("ij,ij->i", x, x)
    both = norms[:, None] + norms[None, :]
    found = both - 2.0 * (x @ x.T)
    np.maximum(found, 0.0, out=found)
    _mend_near(found, x, NEAR * both, lambda ways: (ways**2).sum(axis=1))
    np.fill_diagonal(found, 0.0)
    found = (found + found.T) / 2.0
    size = scale * largest
    if not squared:
        return np.sqrt(found) * size
    with np.errstate(over="ignore"):
        found = found * size**2 if size < 1e150 else found * size * size
    if not np.isfinite(found).all():
        raise InputError("squared distances overflow; divide the activations by their size first")
    return found


def _whitened(x: np.ndarray, precision: np.ndarray | None) -> np.ndarray:
    """Euclidean distances of what comes back are Mahalanobis distances of x."""
    if precision is None:
        raise InputError(
            "mahalanobis needs the noise precision: rdm(x, 'mahalanobis', precision=...), "
            "[unit, unit] or its diagonal [unit]"
        )
    p = checked_precision(precision, x.shape[1])
    if p.ndim == 1:
        if (p < 0.0).any():
            raise InputError("the precision of a unit is negative; it is 1 / variance")
        return x * np.sqrt(p)
    values, ways = np.linalg.eigh((p + p.T) / 2.0)
    if values.min() < -1e-9 * max(float(values.max()), 1e-300):
        raise InputError("the precision has negative eigenvalues; it is an inverse covariance")
    return x.astype(np.float64) @ (ways * np.sqrt(np.clip(values, 0.0, None)))


def checked_precision(precision: np.ndarray, n_units: int) -> np.ndarray:
    """float64[unit, unit] or float64[unit].

    Raises:
        InputError: another shape, or nan.
    """
    p = np.asarray(precision, np.float64)
    if p.shape not in ((n_units,), (n_units, n_units)):
        raise InputError(
            f"the precision must be [unit, unit] or its diagonal [unit] for {n_units} units, "
            f"got shape {p.shape}"
        )
    return finite(p, "the precision", ("unit", "unit")[: p.ndim])


def _poisson(x: np.ndarray) -> np.ndarray:
    if (x < 0.0).any():
        raise InputError("poisson needs rates or counts, got negative activations")
    if (x == 0.0).any():
        raise InputError(
            "poisson needs positive rates, got 0, whose logarithm is infinite; add a prior to all, "
            "as (x + 0.1) / 1.1 does in rsatoolbox"
        )
    x = x.astype(np.float64)
    kernel = x @ np.log(x).T
    own = np.diag(kernel)
    found = np.maximum(own[:, None] + own[None, :] - kernel - kernel.T, 0.0)
    np.fill_diagonal(found, 0.0)
    return found


def crossnobis(folds: np.ndarray, precision: np.ndarray | None = None) -> np.ndarray:
    """Cross-validated squared Mahalanobis distance; unbiased, so it may be negative.

    Mean over pairs of folds of (a - b)' P (a - b)', Walther et al. 2016.

    Args:
        folds: [fold, stimulus, unit], independent measurements of the same stimuli.
        precision: [unit, unit], the inverse noise covariance, or its diagonal [unit]; the
            identity when None.

    Raises:
        InputError: fewer than two folds, nan (with its fold, stimulus and unit), or a precision of
            another shape.
    """
    folds = np.asarray(folds)
    if folds.ndim != 3 or len(folds) < 2:
        raise InputError(
            f"crossnobis needs at least 2 folds of the same stimuli, [fold, stimulus, unit], got "
            f"shape {folds.shape}"
        )
    folds = finite(folds, "crossnobis", ("fold", "stimulus", "unit"))
    folds = folds - folds.mean(axis=(0, 1))
    if precision is None:
        weighted = folds
    else:
        p = checked_precision(precision, folds.shape[2])
        weighted = folds * p if p.ndim == 1 else folds @ p
    total = folds.sum(axis=0)
    gram = total @ weighted.sum(axis=0).T - np.einsum("fip,fjp->ij", folds, weighted)
    gram /= len(folds) * (len(folds) - 1)
    diagonal = np.diag(gram)
    return diagonal[:, None] + diagonal[None, :] - gram - gram.T


def upper_triangle(matrix: np.ndarray) -> np.ndarray:
    """Pairs of a square matrix, row by row; [..., pair]."""
    rows, columns = np.triu_indices(matrix.shape[-1], 1)
    return matrix[..., rows, columns]


def from_upper_triangle(pairs: np.ndarray, n_stimuli: int) -> np.ndarray:
    """The symmetric matrix with these pairs and 0 on its diagonal."""
    matrix = np.zeros((*pairs.shape[:-1], n_stimuli, n_stimuli))
    rows, columns = np.triu_indices(n_stimuli, 1)
    matrix[..., rows, columns] = matrix[..., columns, rows] = pairs
    return matrix


def ranks(dissimilarity: np.ndarray) -> np.ndarray:
    """Each RDM's ranks, from 0 to 1; undefined pairs stay nan; a stack is ranked one by one."""
    n = dissimilarity.shape[-1]
    stack = dissimilarity.reshape(-1, n, n)
    return from_upper_triangle(np.stack([_ranked(upper_triangle(m)) for m in stack]), n).reshape(
        dissimilarity.shape
    )


def _ranked(pairs: np.ndarray) -> np.ndarray:
    known = np.isfinite(pairs)
    placed = np.full(pairs.shape, np.nan)
    if known.any():
        order = scipy.stats.rankdata(pairs[known])
        spread = order.max() - order.min()
        placed[known] = (order - order.min()) / spread if spread else 0.0
    return placed


def rgtm(dissimilarity: np.ndarray, low: float = 0.2, high: float = 0.8) -> np.ndarray:
    """Geo-topological transform: ranks, cut at two quantiles and stretched between them.

    GT(d) = clip((d - a) / (b - a), 0, 1) with a, b the quantiles ``low`` and ``high`` of each RDM's
    own ranks. low = high is the thresholded adjacency; 0 and 1 give the ranked RDM. Lin and
    Kriegeskorte 2024, "The topology and geometry of neural representations". A stack is treated
    one RDM at a time, and the input is left as it is.

    Exactly a share ``low`` of the pairs is 0 and 1 - ``high`` is 1 where all dissimilarities
    differ. Tied ones stay together, so that more are: the corners of a cube have three distances,
    and 12 of 28 pairs are 0, 16 are 1 at .2 and .8. `saturated` counts.

    Raises:
        InputError: not 0 <= low <= high <= 1.
    """
    if not 0.0 <= low <= high <= 1.0:
        raise InputError(f"the quantiles must be 0 <= l <= u <= 1, got l={low:g}, u={high:g}")
    n = dissimilarity.shape[-1]
    pairs = upper_triangle(ranks(dissimilarity)).reshape(-1, n * (n - 1) // 2)
    a, b = np.nanquantile(pairs, [low, high], axis=1)[:, :, None]
    if low == high:
        cut = np.where(np.isnan(pairs), np.nan, pairs > a)
    else:
        cut = np.clip((pairs - a) / np.where(b > a, b - a, 1.0), 0.0, 1.0)
    return from_upper_triangle(cut, n).reshape(dissimilarity.shape)


def saturated(transformed: np.ndarray) -> tuple[float, float]:
    """Shares of the defined pairs of one transformed RDM that are 0 and that are 1."""
    pairs = upper_triangle(transformed)
    pairs = pairs[np.isfinite(pairs)]
    n = max(1, len(pairs))
    return float((pairs == 0.0).sum() / n), float((pairs == 1.0).sum() / n)


def rgdm(dissimilarity: np.ndarray, n_neighbours: int = 5) -> np.ndarray:
    """Geodesic distances: shortest ways over edges to each stimulus's nearest neighbours.

    Pairs that no way joins are infinite. Edges keep their dissimilarity as length.
    """
    n = len(dissimilarity)
    order = np.argsort(np.where(np.eye(n, dtype=bool), np.inf, dissimilarity), axis=1)
    near = order[:, : min(n_neighbours, n - 1)]
    edges = np.full((n, n), np.inf)
    rows = np.repeat(np.arange(n), near.shape[1])
    edges[rows, near.ravel()] = dissimilarity[rows, near.ravel()]
    edges = np.minimum(edges, edges.T)
    return scipy.sparse.csgraph.shortest_path(
        scipy.sparse.csgraph.csgraph_from_dense(edges, null_value=np.inf), "D"
    )
