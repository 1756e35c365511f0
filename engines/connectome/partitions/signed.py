"""Communities where weights may be negative: who inhibits each other does not belong together.

Rubinov & Sporns 2011, Weight-conserving characterization of complex functional brain networks: the
asymmetric modularity Q*, in which what inhibits counts less the less of it there is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from engines.connectome.partitions.labels import ranked

_ROUNDS_MAX = 50


def is_signed(weights: Any) -> bool:
    """Whether any weight is negative."""
    return bool(weights.nnz and weights.data.min() < 0)


def signed_terms(weights: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Q* as a sum over pairs: scaled weights, and the two factors of what chance gives.

    Together a pair counts W_ij - resolution x (p_i p_j - q_i q_j), float64[neuron] p and q.
    """
    rows = sparse.csr_array(weights, dtype=np.float64)
    plus, minus = rows.maximum(0.0), (-rows).maximum(0.0)
    of_plus, of_minus = (np.asarray(part.sum(axis=1)).ravel() for part in (plus, minus))
    v_plus, v_minus = float(of_plus.sum()), float(of_minus.sum())
    both = v_plus + v_minus
    scaled = plus * (1.0 / v_plus if v_plus else 0.0) - minus * (1.0 / both if both else 0.0)
    p = of_plus / v_plus if v_plus else of_plus
    q = of_minus / np.sqrt(v_minus * both) if v_minus else of_minus
    return sparse.csr_array(scaled), p, q


def signed_modularity(weights: Any, label: np.ndarray, resolution: float = 1.0) -> float:
    """Q* of int labels on a symmetric graph; Newman & Girvan's Q where nothing is negative."""
    scaled, p, q = signed_terms(weights)
    if not scaled.nnz:
        return float("nan")
    coo = sparse.coo_array(scaled)
    inside = coo.data[label[coo.coords[0]] == label[coo.coords[1]]].sum()
    expected = np.sum(np.bincount(label, p) ** 2) - np.sum(np.bincount(label, q) ** 2)
    return float(inside - resolution * expected)


def signed_contributions(weights: Any, label: np.ndarray, resolution: float = 1.0) -> np.ndarray:
    """float64[community]: what each adds to Q* of int labels that count from 0."""
    scaled, p, q = signed_terms(weights)
    n = int(label.max(initial=-1)) + 1
    coo = sparse.coo_array(scaled)
    mine, other = label[coo.coords[0]], label[coo.coords[1]]
    inside = np.bincount(mine, coo.data * (mine == other), n)
    chance = np.bincount(label, p, n) ** 2 - np.bincount(label, q, n) ** 2
    return inside - resolution * chance


def signed_louvain(weights: Any, *, resolution: float = 1.0, seed: int = 0) -> np.ndarray:
    """int32[neuron] labels, largest community 0: Q* rises by moves and merges until it does not.

    Repeated from what was found, in other orders, as long as that helps.
    """
    scaled, p, q = signed_terms(weights)
    n = len(p)
    label = _levels(scaled, p, q, resolution, seed, np.arange(n, dtype=np.int32))
    quality = signed_modularity(weights, label, resolution)
    for k in range(1, _ROUNDS_MAX):
        again = _levels(scaled, p, q, resolution, seed + k, label)
        better = signed_modularity(weights, again, resolution)
        if not better > quality + 1e-10:
            break
        label, quality = again, better
    return ranked(label)


def _levels(
    scaled: Any, p: np.ndarray, q: np.ndarray, resolution: float, seed: int, start: np.ndarray
) -> np.ndarray:
    """Move neurons, then whole communities, until none moves; labels count from 0."""
    from engines.connectome.kernels import moves

    rng = np.random.Generator(np.random.Philox(seed))
    place = np.arange(len(p), dtype=np.int32)
    graph, community = scaled, start.astype(np.int32)
    while True:
        graph.setdiag(0.0)
        order = rng.permutation(len(p)).astype(np.int32)
        rows = graph.indptr.astype(np.int32), graph.indices.astype(np.int32), graph.data
        moves.signed_moves(*rows, p, q, order, resolution, community)
        _, community = np.unique(community, return_inverse=True)
        n, n_parts = len(p), int(community.max(initial=-1)) + 1
        place = community.astype(np.int32)[place]
        if n_parts == n:
            return place
        onto = sparse.csr_array((np.ones(n), (np.arange(n), community)), shape=(n, n_parts))
        graph = sparse.csr_array(onto.T @ graph @ onto)
        p, q = onto.T @ p, onto.T @ q
        community = np.arange(n_parts, dtype=np.int32)
