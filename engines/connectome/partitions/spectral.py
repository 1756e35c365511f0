"""Communities from the leading modes of the Laplacian."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.cluster.vq import kmeans2
from scipy.linalg import eigh

from engines.connectome.partitions.labels import ranked
from engines.connectome.partitions.signed import is_signed
from engines.contract import InputError


def spectral(weights: Any, n_communities: int, *, seed: int = 0) -> np.ndarray:
    """int32[neuron]: k-means on the leading modes of the normalised Laplacian (Ng et al. 2002).

    Raises:
        InputError: a weight is negative, of which these modes know nothing.
    """
    if is_signed(weights):
        raise InputError(
            "the spectral method needs weights of zero or more; choose Leiden or Louvain, or set "
            "Negative weights to absolute or left out"
        )
    n = weights.shape[0]
    if n <= n_communities:
        return np.arange(n, dtype=np.int32)
    strength = np.asarray(weights.sum(axis=1)).ravel()
    half = 1.0 / np.sqrt(np.maximum(strength, 1e-12))
    walk = sparse.diags_array(half) @ weights @ sparse.diags_array(half)
    if n <= 2_000:
        _, modes = eigh(walk.toarray(), subset_by_index=[n - n_communities, n - 1])
    else:
        _, modes = sparse.linalg.eigsh(walk, k=n_communities, v0=np.ones(n))
    length = np.linalg.norm(modes, axis=1, keepdims=True)
    points = modes / np.maximum(length, 1e-12)
    best: tuple[float, np.ndarray] | None = None
    for attempt in range(8):
        centres, label = kmeans2(points, n_communities, minit="++", rng=seed + attempt)
        error = float(np.sum((points - centres[label]) ** 2))
        if best is None or error < best[0] - 1e-12:
            best = error, label
    assert best is not None
    return ranked(best[1])
