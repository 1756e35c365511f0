"""Weighted betweenness and closeness by Dijkstra's search from every source (Brandes 2001)."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part

EQUAL = 1e-10
"""Ways whose lengths differ by less than this share are equally short: thirds add up to one."""


@part
def pushed(key: np.ndarray, node: np.ndarray, size: int, length: float, v: int) -> int:
    """Put a neuron on a heap of float64 keys and int32 neurons; answers its size."""
    k = size
    while k > 0 and key[(k - 1) // 2] > length:
        key[k], node[k] = key[(k - 1) // 2], node[(k - 1) // 2]
        k = (k - 1) // 2
    key[k], node[k] = length, v
    return size + 1


@part
def popped(key: np.ndarray, node: np.ndarray, size: int) -> int:
    """Take the first off a heap that is not empty; answers its size."""
    size -= 1
    length, v, k = key[size], node[size], 0
    while 2 * k + 1 < size:
        child = 2 * k + 1
        if child + 1 < size and key[child + 1] < key[child]:
            child += 1
        if key[child] >= length:
            break
        key[k], node[k] = key[child], node[child]
        k = child
    key[k], node[k] = length, v
    return size


@kernel
def search(
    indptr: np.ndarray,
    indices: np.ndarray,
    length: np.ndarray,
    source: int,
    distance: np.ndarray,
    order: np.ndarray,
    key: np.ndarray,
    node: np.ndarray,
) -> int:
    """Fill float64[n] ``distance`` (inf beyond reach) and ``order``, nearest first; counts them.

    ``length`` float64[edge] above 0; ``key``, ``node`` are room for a heap of edges and one more.
    """
    distance[:] = np.inf
    distance[source] = 0.0
    key[0], node[0], size, n_done = 0.0, source, 1, 0
    while size:
        d, v = key[0], node[0]
        size = popped(key, node, size)
        if d > distance[v]:
            continue
        # An entry as short as the first one of its neuron is never pushed.
        order[n_done] = v
        n_done += 1
        for e in range(indptr[v], indptr[v + 1]):
            w, further = indices[e], d + length[e]
            if further < distance[w]:
                distance[w] = further
                size = pushed(key, node, size, further, w)
    return n_done


@kernel
def from_sources(
    indptr: np.ndarray,
    indices: np.ndarray,
    length: np.ndarray,
    sources: np.ndarray,
    between: np.ndarray,
    squared: np.ndarray,
    reach: np.ndarray,
    total: np.ndarray,
) -> None:
    """As `brandes.from_sources` with lengths float64[edge]; ``total`` float64 sums distances."""
    n = len(indptr) - 1
    distance, paths, delta = np.empty(n), np.zeros(n), np.zeros(n)
    order = np.empty(n, np.int32)
    key, node = np.empty(len(indices) + 1), np.empty(len(indices) + 1, np.int32)
    for s in range(len(sources)):
        n_done = search(indptr, indices, length, sources[s], distance, order, key, node)
        reach[s], total[s] = n_done - 1, 0.0
        paths[sources[s]] = 1.0
        for k in range(n_done):
            v = order[k]
            total[s] += distance[v]
            for e in range(indptr[v], indptr[v + 1]):
                w = indices[e]
                if distance[v] + length[e] <= distance[w] * (1.0 + EQUAL):
                    paths[w] += paths[v]
        for k in range(n_done - 1, 0, -1):
            v = order[k]
            gathered = 0.0
            for e in range(indptr[v], indptr[v + 1]):
                w = indices[e]
                if distance[v] + length[e] <= distance[w] * (1.0 + EQUAL):
                    gathered += (1.0 + delta[w]) / paths[w]
            delta[v] = gathered * paths[v]
            between[v] += delta[v]
            squared[v] += delta[v] * delta[v]
        for k in range(n_done):
            paths[order[k]], delta[order[k]] = 0.0, 0.0
