"""Communities: Louvain, Leiden and spectral partitions, their consensus, and how they agree."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.cluster.vq import kmeans2

CONSENSUS_MAX = 2_500
_ROUNDS_MAX = 50


def symmetric_weights(matrix: Any, *, binary: bool) -> Any:
    """Undirected weights without self-loops: sums of both directions, or ones."""
    both = sparse.csr_array(abs(matrix) + abs(matrix).T, dtype=np.float64)
    both.setdiag(0.0)
    both.eliminate_zeros()
    if binary:
        both.data[:] = 1.0
    return both


def modularity(weights: Any, label: np.ndarray, resolution: float = 1.0) -> float:
    """Newman & Girvan's Q of int labels on a symmetric graph; nan without edges."""
    strength = np.asarray(weights.sum(axis=1)).ravel()
    two_m = float(strength.sum())
    if two_m <= 0:
        return float("nan")
    coo = sparse.coo_array(weights)
    inside = coo.data[label[coo.coords[0]] == label[coo.coords[1]]].sum()
    total = np.bincount(label, strength)
    return float(inside / two_m - resolution * np.sum((total / two_m) ** 2))


def louvain(weights: Any, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """int32[neuron] labels, largest community 0 (Blondel et al. 2008)."""
    return _levels(weights, resolution, seed, refined=False)


def leiden(weights: Any, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """int32[neuron] labels: Louvain with greedy refinement, repeated until nothing changes.

    Communities of the result are connected (Traag, Waltman & van Eck 2019).
    """
    label = _levels(weights, resolution, seed, refined=True)
    quality = modularity(weights, label, resolution)
    for k in range(1, _ROUNDS_MAX):
        again = _levels(weights, resolution, seed + k, refined=True, start=label)
        better = modularity(weights, again, resolution)
        if not better > quality + 1e-10:
            break
        label, quality = again, better
    return _ranked(_connected_parts(weights, label))


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
            return _ranked(community[place])
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


def _ranked(label: np.ndarray) -> np.ndarray:
    """int32 labels by size, largest 0; ties by the first neuron."""
    if not len(label):
        return np.zeros(0, np.int32)
    values, first, inverse, count = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(values), np.int32)
    rank[np.lexsort((first, -count))] = np.arange(len(values))
    return rank[inverse]


def spectral(weights: Any, n_communities: int, *, seed: int = 0) -> np.ndarray:
    """int32[neuron]: k-means on the leading modes of the normalised Laplacian (Ng et al. 2002)."""
    n = weights.shape[0]
    if n <= n_communities:
        return np.arange(n, dtype=np.int32)
    strength = np.asarray(weights.sum(axis=1)).ravel()
    half = 1.0 / np.sqrt(np.maximum(strength, 1e-12))
    walk = sparse.diags_array(half) @ weights @ sparse.diags_array(half)
    if n <= 2_000:
        _, modes = np.linalg.eigh(walk.toarray())
        modes = modes[:, -n_communities:]
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
    return _ranked(best[1])


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
    return _ranked(labels[0])


def _contingency(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    _, a = np.unique(a, return_inverse=True)
    _, b = np.unique(b, return_inverse=True)
    table = np.zeros((a.max(initial=-1) + 1, b.max(initial=-1) + 1))
    np.add.at(table, (a, b), 1.0)
    return table


def nmi(a: np.ndarray, b: np.ndarray) -> float:
    """Normalised mutual information, arithmetic mean of the entropies (Danon et al. 2005).

    >>> round(nmi(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])), 6)
    0.8
    """
    table = _contingency(a, b)
    joint = table / max(1.0, table.sum())
    pa, pb = joint.sum(axis=1), joint.sum(axis=0)
    ha, hb = -np.sum(pa * np.log(pa)), -np.sum(pb * np.log(pb))
    there = joint > 0
    shared = np.sum(joint[there] * np.log((joint / np.outer(pa, pb))[there]))
    return float(2.0 * shared / (ha + hb)) if ha + hb > 0 else 1.0


def ari(a: np.ndarray, b: np.ndarray) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985).

    >>> round(ari(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])), 6)
    0.571429
    """
    table = _contingency(a, b)

    def pairs(n: np.ndarray) -> float:
        return float(np.sum(n * (n - 1.0) / 2.0))

    both, first, second = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    all_pairs = pairs(np.array([table.sum()]))
    expected = first * second / all_pairs if all_pairs else 0.0
    most = 0.5 * (first + second)
    return (both - expected) / (most - expected) if most != expected else 1.0
