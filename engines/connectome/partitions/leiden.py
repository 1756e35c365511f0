"""Communities: Louvain, Leiden and spectral partitions, their consensus, and how they agree."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from engines.connectome.partitions.labels import ranked
from engines.connectome.partitions.modularity import modularity
from engines.connectome.partitions.signed import is_signed, signed_louvain

_ROUNDS_MAX = 50


def louvain(weights: Any, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """int32[neuron] labels, largest community 0 (Blondel et al. 2008).

    With negative weights the modularity is signed, as in ``signed_louvain``.
    """
    if is_signed(weights):
        return signed_louvain(weights, resolution=resolution, seed=seed)
    return _levels(weights, resolution, seed, refined=False)


def leiden(weights: Any, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """int32[neuron] labels: Louvain with greedy refinement, repeated until nothing changes.

    Communities of the result are connected (Traag, Waltman & van Eck 2019), unless weights are
    negative: then ``signed_louvain`` finds them.
    """
    if is_signed(weights):
        return signed_louvain(weights, resolution=resolution, seed=seed)
    label = _levels(weights, resolution, seed, refined=True)
    quality = modularity(weights, label, resolution)
    for k in range(1, _ROUNDS_MAX):
        again = _levels(weights, resolution, seed + k, refined=True, start=label)
        better = modularity(weights, again, resolution)
        if not better > quality + 1e-10:
            break
        label, quality = again, better
    return ranked(_connected_parts(weights, label))


def _levels(
    weights: Any, resolution: float, seed: int, *, refined: bool, start: np.ndarray | None = None
) -> np.ndarray:
    """Move, (refine,) aggregate, until no neuron moves."""
    from engines.connectome.kernels import moves

    rng = np.random.Generator(np.random.Philox(seed))
    n = weights.shape[0]
    place = np.arange(n, dtype=np.int32)  # of each neuron among the aggregates
    graph, loops = weights, np.zeros(n)
    community = np.arange(n, dtype=np.int32) if start is None else start.astype(np.int32)
    while True:
        strength = np.asarray(graph.sum(axis=1)).ravel() + loops
        order = rng.permutation(graph.shape[0]).astype(np.int32)
        shared = (
            graph.indptr.astype(np.int32),
            graph.indices.astype(np.int32),
            graph.data,
            strength,
        )
        nothing = np.zeros(graph.shape[0], np.int32)
        moved = moves.local_moves(*shared, order, resolution, community, nothing, False)
        parts = community
        if refined:
            parts = np.arange(graph.shape[0], dtype=np.int32)
            moves.local_moves(*shared, order, resolution, parts, community, True)
        _, parts = np.unique(parts, return_inverse=True)
        parts = parts.astype(np.int32)
        n_parts = int(parts.max(initial=-1)) + 1
        if (not moved and start is None) or n_parts == graph.shape[0]:
            return ranked(community[place])
        start = None
        above = np.zeros(n_parts, np.int32)
        above[parts] = community
        place = parts[place]
        onto = sparse.csr_array(
            (np.ones(len(parts)), (np.arange(len(parts)), parts)), shape=(len(parts), n_parts)
        )
        merged: Any = sparse.csr_array(onto.T @ graph @ onto)
        loops = onto.T @ loops + merged.diagonal()
        merged.setdiag(0.0)
        merged.eliminate_zeros()
        graph = merged
        _, community = np.unique(above, return_inverse=True)
        community = community.astype(np.int32)


def _connected_parts(weights: Any, label: np.ndarray) -> np.ndarray:
    """Labels with every community split into its connected parts."""
    coo = sparse.coo_array(weights)
    same = label[coo.coords[0]] == label[coo.coords[1]]
    kept = sparse.csr_array(
        (coo.data[same], (coo.coords[0][same], coo.coords[1][same])), shape=weights.shape
    )
    return sparse.csgraph.connected_components(kept, directed=False)[1]
