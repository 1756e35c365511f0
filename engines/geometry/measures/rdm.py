"""Dissimilarities between stimuli, and the geo-topological transform of them.

An RDM is float64[stimulus, stimulus], symmetric, 0 on the diagonal. Its *upper triangle* is the
vector of the n (n - 1) / 2 pairs that all comparisons use.
"""

from __future__ import annotations

import numpy as np
import scipy  # its parts load when used: a reader of files needs none

from engines.contract import InputError
from engines.geometry.measures.rdm_kinds import Dissimilarity


def rdm(activations: np.ndarray, kind: Dissimilarity = "correlation") -> np.ndarray:
    """Dissimilarity of every two stimuli, [stimulus, stimulus]; angular ones keep float32.

    ``correlation`` is 1 - r over units, 0 to 2; ``squared euclidean`` is the sum over units, not
    divided by their number (rsatoolbox calls the mean "euclidean"). A stimulus that is constant
    over units (or zero, for cosine) has no correlation distance: its row is nan, never 0.

    Args:
        activations: [stimulus, unit]; float32 products for float32 input, means and norms in
            float64.
        kind: which dissimilarity.
    """
    x = np.asarray(activations)
    x = x if x.dtype in (np.float32, np.float64) else x.astype(np.float64)
    if kind in ("correlation", "cosine"):
        return _angular(x, centred=kind == "correlation")
    squared = _squared_euclidean(x - x.mean(axis=0))
    return squared if kind == "squared euclidean" else np.sqrt(squared)


def _angular(x: np.ndarray, *, centred: bool) -> np.ndarray:
    if centred:
        x = x - x.mean(axis=1, keepdims=True, dtype=np.float64).astype(x.dtype)
    size = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))
    scale = np.abs(x).max(axis=1, initial=0.0)
    undefined = size <= 1e-6 * scale if not centred else size <= 1e-7 * np.maximum(scale, 1e-300)
    undefined |= size == 0.0
    unit = x / np.where(undefined, 1.0, size)[:, None].astype(x.dtype)
    distance = unit @ unit.T
    # In place: at ten thousand stimuli every copy is 400 MB.
    np.subtract(1.0, distance, out=distance)
    np.clip(distance, 0.0, 2.0, out=distance)
    np.fill_diagonal(distance, 0.0)
    if undefined.any():
        distance[undefined, :] = distance[:, undefined] = np.nan
    return distance


def _squared_euclidean(x: np.ndarray) -> np.ndarray:
    norms = np.einsum("ij,ij->i", x, x, dtype=np.float64)
    squared = norms[:, None] + norms[None, :] - 2.0 * (x @ x.T).astype(np.float64)
    # What is left of a difference of equal numbers is rounding, not distance.
    floor = 8 * np.finfo(x.dtype).eps * (norms[:, None] + norms[None, :])
    squared[squared < floor] = 0.0
    np.fill_diagonal(squared, 0.0)
    return (squared + squared.T) / 2.0


def crossnobis(folds: np.ndarray, precision: np.ndarray | None = None) -> np.ndarray:
    """Cross-validated squared Mahalanobis distance; unbiased, so it may be negative.

    Mean over pairs of folds of (a - b)' P (a - b)', Walther et al. 2016.

    Args:
        folds: [fold, stimulus, unit], independent measurements of the same stimuli.
        precision: [unit, unit], the inverse noise covariance; the identity when None.

    Raises:
        InputError: fewer than two folds.
    """
    if len(folds) < 2:
        raise InputError("crossnobis needs at least 2 folds of the same stimuli")
    total = folds.sum(axis=0)
    weighted = total if precision is None else total @ precision
    own = folds if precision is None else folds @ precision
    gram = total @ weighted.T - np.einsum("fip,fjp->ij", folds, own)
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
