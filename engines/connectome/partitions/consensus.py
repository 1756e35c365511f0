"""One partition for many runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from engines.connectome.partitions.labels import ranked
from engines.connectome.partitions.leiden import louvain

CONSENSUS_MAX = 2_500


def coassignment(labels: np.ndarray) -> np.ndarray:
    """float64[neuron, neuron]: share of runs [run, neuron] that put two neurons together."""
    together = np.zeros((labels.shape[1], labels.shape[1]))
    for label in labels:
        together += label[:, None] == label[None, :]
    return together / max(1, len(labels))


def consensus(labels: np.ndarray, *, seed: int = 0, threshold: float = 0.5) -> np.ndarray:
    """int32[neuron]: one partition for many runs (Lancichinetti & Fortunato 2012)."""
    for k in range(20):
        together = coassignment(labels)
        if np.all((together < 1e-9) | (together > 1 - 1e-9)):
            break
        together[together < threshold] = 0.0
        np.fill_diagonal(together, 0.0)
        graph: Any = sparse.csr_array(together)
        labels = np.stack([louvain(graph, seed=seed + 1_000 * k + r) for r in range(len(labels))])
    return ranked(labels[0])
