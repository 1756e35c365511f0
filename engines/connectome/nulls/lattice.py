"""The lattice that omega is held against: one with the same degrees, or an even ring."""

from __future__ import annotations

import numpy as np

from engines.connectome.measures.numbers import DENSE_MAX
from engines.connectome.wiring.graph import Graph

LATTICE_MAX = DENSE_MAX
"""Neurons; a lattice is made on a table of all pairs."""
_ATTEMPTS_PER_EDGE = 30
_ATTEMPTS_MAX = 30_000_000
"""Of all repetitions together: seconds."""
_REPEATS_MAX = 100
_STALE = 3
"""Repetitions in a row without more clustering after which it counts as the most."""


def ring_clustering(graph: Graph) -> float:
    """Clustering of a ring lattice with as many neurons and, rounded, neighbours.

    Closed form 3(k - 2) / 4(k - 1) for k neighbours, k even (Watts & Strogatz 1998).
    """
    k = 2.0 * round(graph.undirected.nnz / max(1, graph.n) / 2.0)
    return 3.0 * (k - 2.0) / (4.0 * (k - 1.0)) if k > 2 else float("nan")


def lattice(graph: Graph, seed: int = 0) -> np.ndarray:
    """uint8[neuron, neuron]: a lattice with every neuron's degree, as clustered as it was found.

    Edges are swapped so that their ends come closer on a ring of the neurons in random order, again
    and again from the most clustered lattice yet, until clustering no longer rises (Telesford et
    al. 2011). Directions are forgotten.
    """
    from engines.connectome.kernels import swaps
    from engines.connectome.kernels.random import words

    best = np.ascontiguousarray(graph.undirected.toarray().astype(np.uint8))
    rng = np.random.Generator(np.random.Philox([seed, 11]))
    place = rng.permutation(graph.n).astype(np.int32)
    ends = [a.astype(np.int32) for a in np.nonzero(np.triu(best))]
    n_attempts = _ATTEMPTS_PER_EDGE * len(ends[0])
    n_repeats = int(np.clip(_ATTEMPTS_MAX / max(1, n_attempts), 1, _REPEATS_MAX))
    most, stale = clustering(best), 0
    for word in words(np.uint64(seed), n_repeats if len(ends[0]) > 1 else 0):
        tried, pre, post = best.copy(), ends[0].copy(), ends[1].copy()
        swaps.swap_undirected(tried, pre, post, place, n_attempts, word)
        found = clustering(tried)
        stale = 0 if found > most else stale + 1
        if found > most:
            best, ends, most = tried, [pre, post], found
        if stale == _STALE:
            break
    return best


def clustering(adjacency: np.ndarray) -> float:
    """Mean local clustering of uint8[neuron, neuron], 0 below two neighbours."""
    from engines.connectome.kernels import bits

    local = np.zeros(len(adjacency))
    bits.clustering(bits.rows_of(adjacency), local)
    return float(local.mean()) if len(local) else float("nan")
