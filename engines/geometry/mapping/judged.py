"""How far a map is to be trusted: neighbours kept, groups seen, and agreement of two maps."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

_N_STARTS = 4
"""Of k-means; the best is kept."""


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
