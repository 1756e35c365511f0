"""How far a map is to be trusted: neighbours kept, groups seen, and agreement of two maps."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

_N_STARTS = 4
"""Of k-means; the best is kept."""


def nearest(x: np.ndarray, k: int) -> np.ndarray:
    """bool[stimulus, stimulus]: whether a stimulus is among the k nearest of another, not itself.

    Of equal distances the first stimulus counts.
    """
    from scipy.spatial.distance import cdist

    apart = cdist(x, x)
    np.fill_diagonal(apart, np.inf)
    near = np.zeros(apart.shape, bool)
    np.put_along_axis(near, np.argsort(apart, axis=1, kind="stable")[:, :k], True, axis=1)
    return near


def kept(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the nearest neighbours in one, bool[stimulus, stimulus], that are so in another."""
    return float((one & other).sum() / one.sum())


def trusted(x: np.ndarray, drawn: np.ndarray, k: int) -> float:
    """Trustworthiness of Venna & Kaski 2001, by scikit-learn: 1 where no stranger came near."""
    from sklearn.manifold import trustworthiness

    return float(trustworthiness(x, drawn, n_neighbors=k))


def grouped(x: np.ndarray, n_groups: int, seed: int) -> tuple[float, np.ndarray]:
    """Mean silhouette (Rousseeuw 1987) of the groups of k-means, and the groups int64[stimulus]."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        means: Any = KMeans(n_groups, n_init=cast("Any", _N_STARTS), random_state=seed % 2**31)
        groups = means.fit_predict(x)
        if len(np.unique(groups)) < 2:
            return 0.0, np.zeros(len(x), np.int64)
        return float(silhouette_score(x, groups)), groups.astype(np.int64)


def onto(drawn: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    """A map moved, turned and scaled onto another, and what is left over (Procrustes, 0 to 1)."""
    from scipy.spatial import procrustes

    first, second, left = procrustes(target, drawn)
    return second * (np.linalg.norm(target - target.mean(axis=0)) / np.linalg.norm(first)), left
