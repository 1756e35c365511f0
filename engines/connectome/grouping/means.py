"""K-means, the control of both: each thing by its own row alone."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import numpy as np
from threadpoolctl import ThreadpoolController

N_STARTS = 5


def by_means(rows: np.ndarray, n_groups: int, seed: int) -> np.ndarray:
    """int64[row]: labels of k-means on float64[row, number], the best of `N_STARTS` starts."""
    from sklearn.cluster import KMeans

    fitted: Any = KMeans(n_groups, n_init=cast("Any", N_STARTS), random_state=seed % 2**32)
    # A round takes microseconds: threads that wait for each other take most of a busy machine.
    with _threads().limit(limits=1):
        return np.asarray(fitted.fit(rows).labels_, np.int64)


@cache
def _threads() -> ThreadpoolController:
    """Made once scikit-learn has brought its threads; to look for them takes milliseconds."""
    return ThreadpoolController()
