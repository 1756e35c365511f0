"""Betweenness and closeness by breadth-first search from every source (Brandes 2001)."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel


@kernel
def from_sources(
    indptr: np.ndarray,
    indices: np.ndarray,
    sources: np.ndarray,
    between: np.ndarray,
    squared: np.ndarray,
    reach: np.ndarray,
    steps: np.ndarray,
) -> None:
    """Add each source's dependencies to float64[n] ``between`` and their squares to ``squared``.

    Also fills, per source, int64 ``reach`` (neurons reached) and ``steps`` (sum of distances).
    ``indptr``, ``indices`` int32: out-neighbours.
    """
    n = len(indptr) - 1
    distance = np.full(n, -1, np.int32)
    paths = np.zeros(n)
    delta = np.zeros(n)
    queue = np.empty(n, np.int32)
    for s in range(len(sources)):
        source = sources[s]
        head, tail = 0, 1
        queue[0] = source
        distance[source] = 0
        paths[source] = 1.0
        total = 0
        while head < tail:
            v = queue[head]
            head += 1
            next_step = distance[v] + 1
            total += distance[v]
            for e in range(indptr[v], indptr[v + 1]):
                w = indices[e]
                if distance[w] < 0:
                    distance[w] = next_step
                    queue[tail] = w
                    tail += 1
                if distance[w] == next_step:
                    paths[w] += paths[v]
        reach[s], steps[s] = tail - 1, total
        for k in range(tail - 1, 0, -1):
            v = queue[k]
            next_step = distance[v] + 1
            gathered = 0.0
            for e in range(indptr[v], indptr[v + 1]):
                w = indices[e]
                if distance[w] == next_step:
                    gathered += (1.0 + delta[w]) / paths[w]
            delta[v] = gathered * paths[v]
            between[v] += delta[v]
            squared[v] += delta[v] * delta[v]
        for k in range(tail):
            v = queue[k]
            distance[v] = -1
            paths[v] = 0.0
            delta[v] = 0.0
