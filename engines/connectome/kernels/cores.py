"""Peeling a graph: the neuron with the fewest neighbours left goes first."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel


@kernel
def core_numbers(indptr: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """int64[n] of a symmetric graph without self-loops, in linear time (Batagelj & Zaversnik 2003).

    Neurons stand ordered by the degree that is left; a neighbour that loses one moves to the front
    of its group.
    """
    n = len(indptr) - 1
    degree = np.zeros(n, np.int64)
    most = 0
    for i in range(n):
        degree[i] = indptr[i + 1] - indptr[i]
        most = max(most, degree[i])
    start = np.zeros(most + 2, np.int64)
    for i in range(n):
        start[degree[i] + 1] += 1
    for d in range(most + 1):
        start[d + 1] += start[d]
    order = np.zeros(n, np.int64)
    place = np.zeros(n, np.int64)
    ahead = start.copy()
    for i in range(n):
        place[i] = ahead[degree[i]]
        order[place[i]] = i
        ahead[degree[i]] += 1
    for at in range(n):
        i = order[at]
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            if degree[j] > degree[i]:
                first = start[degree[j]]
                other = order[first]
                order[first], order[place[j]] = j, other
                place[other], place[j] = place[j], first
                start[degree[j]] += 1
                degree[j] -= 1
    return degree
