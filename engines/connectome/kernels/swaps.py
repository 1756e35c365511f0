"""Random undirected wirings by swapping the ends of two edges, and random graphs, on a table.

Every swap keeps each neuron's degree and makes neither a self-loop nor a second edge (Maslov &
Sneppen 2002).
"""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part
from engines.connectome.kernels.random import _STEP, below, mixed

ANYWHERE = np.zeros(0, np.int32)
"""No places on a ring."""


@part
def gap(a: int, b: int, n: int) -> int:
    """Steps between two places on a ring of n."""
    d = abs(a - b)
    return min(d, n - d)


@kernel
def swap_undirected(
    adjacency: np.ndarray,
    pre: np.ndarray,
    post: np.ndarray,
    place: np.ndarray,
    n_attempts: int,
    seed: np.uint64,
) -> int:
    """Swap a-b, c-d into a-d, c-b (or, with even odds, a-c, b-d) in place; counts the swaps.

    ``adjacency`` uint8[n, n] symmetric, ``pre``, ``post`` int32[edge] one way. With int32[n] places
    on a ring instead of ``ANYWHERE``, only swaps that make the two edges no longer: the graph turns
    into a lattice (Sporns & Zwi 2004; `latmio_und` of Rubinov & Sporns 2010).
    """
    m, n = len(pre), len(place)
    state, done = seed, 0
    one = np.uint64(1)
    for _ in range(n_attempts):
        state += _STEP
        word = mixed(state)
        e = below(word, m)
        turn = word & one
        state += _STEP
        f = below(mixed(state), m)
        a, b = pre[e], post[e]
        c, d = pre[f], post[f]
        if turn:
            c, d = d, c
        if a in (c, d) or b in (c, d) or adjacency[a, d] or adjacency[c, b]:
            continue
        if n:
            before = gap(place[a], place[b], n) + gap(place[c], place[d], n)
            if gap(place[a], place[d], n) + gap(place[c], place[b], n) > before:
                continue
        adjacency[a, b] = adjacency[b, a] = 0
        adjacency[c, d] = adjacency[d, c] = 0
        adjacency[a, d] = adjacency[d, a] = 1
        adjacency[c, b] = adjacency[b, c] = 1
        pre[e], post[e] = a, d
        pre[f], post[f] = c, b
        done += 1
    return done


@kernel
def random_edges(adjacency: np.ndarray, pre: np.ndarray, post: np.ndarray, seed: np.uint64) -> None:
    """Overwrite the edges by as many drawn without regard to degrees (G(n, m), directed)."""
    n = len(adjacency)
    adjacency[:] = 0
    state, k = seed, 0
    while k < len(pre):
        state += _STEP
        word = mixed(state)
        a = below(word, n)
        state += _STEP
        b = below(mixed(state), n)
        if a != b and not adjacency[a, b]:
            adjacency[a, b] = 1
            pre[k], post[k] = a, b
            k += 1
