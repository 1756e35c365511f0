"""Turning a graph into a lattice with the same degrees: swaps that bring ends closer on a ring."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part
from engines.connectome.kernels.random import _STEP, below, mixed


@part
def _gap(a: int, b: int, n: int) -> int:
    """Steps between two places on a ring of n."""
    d = abs(a - b)
    return min(d, n - d)


@kernel
def latticize(
    adjacency: np.ndarray,
    pre: np.ndarray,
    post: np.ndarray,
    place: np.ndarray,
    n_attempts: int,
    seed: np.uint64,
) -> int:
    """Swap a-b, c-d into a-d, c-b in place where the edges get no longer; counts the swaps.

    ``adjacency`` uint8[n, n] symmetric, ``pre``, ``post`` int32[edge] one way, ``place`` int32[n]
    on the ring. Sporns & Zwi 2004; `latmio_und` of Rubinov & Sporns 2010.
    """
    m, n = len(pre), len(adjacency)
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
        before = _gap(place[a], place[b], n) + _gap(place[c], place[d], n)
        if _gap(place[a], place[d], n) + _gap(place[c], place[b], n) > before:
            continue
        adjacency[a, b] = adjacency[b, a] = 0
        adjacency[c, d] = adjacency[d, c] = 0
        adjacency[a, d] = adjacency[d, a] = 1
        adjacency[c, b] = adjacency[b, c] = 1
        pre[e], post[e] = a, d
        pre[f], post[f] = c, b
        done += 1
    return done
