"""Similarities of many resampled representations at once, [draw, stimulus, unit].

The same measures as `similarity`, written with one more axis, so that intervals and permutation
tests need no loop over draws.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import scipy  # its parts load when used: a reader of files needs none

from engines.geometry.measures.similarity import KEPT, compare_rdms


def similarities(x: np.ndarray, y: np.ndarray, measure: str) -> np.ndarray:
    """float64[draw] of stacks [draw, stimulus, unit]; nan where undefined, as `similarity`."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if measure.startswith("RSA"):  # distances to other stimuli, so nothing is taken off first
        return rdm_similarities(correlation_pairs(x), correlation_pairs(y), measure)
    return _BY_NAME[measure](*(_centred(a) for a in (x, y)))


def _centred(x: np.ndarray) -> np.ndarray:
    """Each draw less its mean, of size 1; measures do not depend on the size."""
    moved = x - x.mean(axis=1, keepdims=True)
    size = np.abs(moved).max(axis=(1, 2), keepdims=True)
    return moved / np.where(size > 1e-14 * np.abs(x).max(initial=0.0), size, np.inf)


def _grams(x: np.ndarray) -> np.ndarray:
    return x @ np.swapaxes(x, 1, 2)


def _cka(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if x.shape[2] + y.shape[2] <= 2 * x.shape[1]:
        cross, own, other = (
            ((np.swapaxes(a, 1, 2) @ b) ** 2).sum(axis=(1, 2)) for a, b in ((y, x), (x, x), (y, y))
        )
    else:
        k, gram = _grams(x), _grams(y)
        cross, own, other = ((a * b).sum(axis=(1, 2)) for a, b in ((k, gram), (k, k), (gram, gram)))
    return _ratio(cross, np.sqrt(own * other))


def _cka_debiased(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    own = _hsic(x, x) * _hsic(y, y)
    return np.where(own > 0.0, _ratio(_hsic(x, y), np.sqrt(np.maximum(own, 0.0))), np.nan)


def _hsic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Unbiased HSIC of each draw, from whichever products are smaller; see `similarity.hsic`."""
    n = x.shape[1]
    if x.shape[2] + y.shape[2] <= 2 * n:
        norms = [np.einsum("snp,snp->sn", a, a) for a in (x, y)]
        trace = ((np.swapaxes(x, 1, 2) @ y) ** 2).sum(axis=(1, 2)) - (norms[0] * norms[1]).sum(1)
        sums = [-norm for norm in norms]  # centred: the whole rows sum to 0
    else:
        grams = [_grams(a) for a in (x, y)]
        for gram in grams:
            gram[:, np.arange(n), np.arange(n)] = 0.0
        trace = (grams[0] * grams[1]).sum(axis=(1, 2))
        sums = [gram.sum(axis=1) for gram in grams]
    total = sums[0].sum(1) * sums[1].sum(1) / ((n - 1) * (n - 2))
    return (trace + total - 2.0 / (n - 2) * (sums[0] * sums[1]).sum(1)) / (n * (n - 3))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0.0, part / np.where(whole > 0.0, whole, 1.0), np.nan)


def _procrustes_angle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if min(x.shape[2], y.shape[2]) > x.shape[1]:
        (a, s, _), (b, t, _) = (np.linalg.svd(v, full_matrices=False) for v in (x, y))
        core = np.swapaxes(a * s[:, None], 1, 2) @ (b * t[:, None])
    else:
        core = np.swapaxes(x, 1, 2) @ y
    nuclear = np.linalg.svd(core, compute_uv=False).sum(axis=1)
    sizes = [np.sqrt((v**2).sum(axis=(1, 2))) for v in (x, y)]
    return np.arccos(np.clip(_ratio(nuclear, sizes[0] * sizes[1]), -1.0, 1.0))


def _basis(x: np.ndarray, kept: float) -> np.ndarray:
    """Left singular vectors of each draw; those that are not kept are zero."""
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    share = s**2 / np.maximum((s**2).sum(axis=1, keepdims=True), 1e-300)
    before = np.cumsum(share, axis=1) - share
    held = (before < kept - 1e-12) & (s > s[:, :1] * 1e-10)
    return u * held[:, None]


def _correlations(x: np.ndarray, y: np.ndarray, kept: float) -> tuple[np.ndarray, ...]:
    """Canonical correlations [draw, direction], how many count, and what turned the basis of x."""
    one, other = _basis(x, kept), _basis(y, kept)
    turned, rho, _ = np.linalg.svd(np.swapaxes(one, 1, 2) @ other, full_matrices=False)
    ranks = [np.round((b**2).sum(axis=(1, 2))).astype(int) for b in (one, other)]
    counted = np.minimum(*ranks)
    full = np.add(*ranks) > x.shape[1] - 1  # some would correlate perfectly in any data
    rho = np.clip(rho, 0.0, 1.0) * (np.arange(rho.shape[1]) < counted[:, None])
    return rho, np.where(full, 0, counted), one @ turned


def _cca(x: np.ndarray, y: np.ndarray, kept: float = 1.0) -> np.ndarray:
    rho, counted, _ = _correlations(x, y, kept)
    return _ratio(rho.sum(axis=1), counted.astype(float))


def _pwcca(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    rho, counted, ways = _correlations(x, y, 1.0)
    weight = np.abs(np.swapaxes(ways, 1, 2) @ x).sum(axis=2)
    weight = weight * (np.arange(weight.shape[1]) < counted[:, None])
    return _ratio((weight * rho).sum(axis=1), weight.sum(axis=1))


def rdm_similarities(one: np.ndarray, other: np.ndarray, measure: str) -> np.ndarray:
    """float64[draw] of upper triangles [draw, pair]; nan pairs leave a draw undefined."""
    if measure == "RSA, Kendall":
        both = zip(one, other, strict=True)
        return np.array([compare_rdms(_square(a), _square(b), "Kendall") for a, b in both])
    a, b = one, other
    if measure == "RSA, Spearman":
        a, b = (scipy.stats.rankdata(v, axis=1) for v in (a, b))
        a, b = (v - v.mean(axis=1, keepdims=True) for v in (a, b))
    size = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return _ratio((a * b).sum(axis=1), size)


def _square(pairs: np.ndarray) -> np.ndarray:
    n = int((1 + np.sqrt(1 + 8 * len(pairs))) / 2)
    matrix = np.zeros((n, n))
    matrix[np.triu_indices(n, 1)] = pairs
    return matrix + matrix.T


def correlation_pairs(x: np.ndarray) -> np.ndarray:
    """Correlation distances [draw, pair]; nan beside a stimulus that is constant over units."""
    x = x - x.mean(axis=2, keepdims=True)
    size = np.linalg.norm(x, axis=2, keepdims=True)
    x = x / np.where(size > 0.0, size, np.nan)
    upper = np.triu_indices(x.shape[1], 1)
    return 1.0 - _grams(x)[:, upper[0], upper[1]]


_BY_NAME: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "CKA, debiased": _cka_debiased,
    "CKA, biased": _cka,
    "Procrustes angle": _procrustes_angle,
    "CCA": _cca,
    "SVCCA": partial(_cca, kept=KEPT["SVCCA"]),
    "PWCCA": _pwcca,
}
