"""Random wirings of large graphs: swaps on rows of neighbours instead of a table of all pairs.

A swap keeps each row's length, so the rows stay where they are and only their entries change;
whether two neurons are connected is read off the row of one of them.
"""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel
from engines.connectome.kernels.random import _STEP, below, mixed
from engines.connectome.kernels.swaps import BLOCKS, DISTANCES


@kernel
def is_in(entries: np.ndarray, first: int, last: int, wanted: int) -> bool:
    """Whether a row holds an entry; looks at all of it, which vectors do faster than a branch."""
    found = 0
    for k in range(first, last):
        found += entries[k] == wanted
    return found > 0


@kernel
def distance_bin(place_um: np.ndarray, edges_um: np.ndarray, a: int, b: int) -> int:
    """The bin of the distance between two somata, -1 where one is unknown."""
    x, y = place_um[a], place_um[b]
    gap = np.sqrt((x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2 + (x[2] - y[2]) ** 2)
    if not np.isfinite(gap):
        return -1
    return np.searchsorted(edges_um, gap)


@kernel
def swap_directed(
    indptr: np.ndarray,
    pre: np.ndarray,
    post: np.ndarray,
    n_attempts: int,
    seed: np.uint64,
    rule: int,
    group: np.ndarray,
    place_um: np.ndarray,
    edges_um: np.ndarray,
) -> int:
    """As ``swaps.swap_directed`` on int64[n + 1] rows of int32 ``post``; counts the swaps.

    The same seed gives the same swaps as on a table. ``place_um`` float64[n, 3] and ``edges_um``
    float64[bin - 1] are for DISTANCES, ``group`` int32[n] for BLOCKS.
    """
    m = len(pre)
    state, done = seed, 0
    for _ in range(n_attempts):
        state += _STEP
        e = below(mixed(state), m)
        state += _STEP
        f = below(mixed(state), m)
        a, b, c, d = pre[e], post[e], pre[f], post[f]
        if a == d or c == b:
            continue
        if is_in(post, indptr[a], indptr[a + 1], d) or is_in(post, indptr[c], indptr[c + 1], b):
            continue
        if rule == BLOCKS and group[b] != group[d] and group[a] != group[c]:
            continue
        if rule == DISTANCES:
            old_1 = distance_bin(place_um, edges_um, a, b)
            old_2 = distance_bin(place_um, edges_um, c, d)
            new_1 = distance_bin(place_um, edges_um, a, d)
            new_2 = distance_bin(place_um, edges_um, c, b)
            if not ((old_1 == new_1 and old_2 == new_2) or (old_1 == new_2 and old_2 == new_1)):
                continue
        post[e], post[f] = d, b
        done += 1
    return done


@kernel
def twins(indptr: np.ndarray, entries: np.ndarray) -> np.ndarray:
    """int64[slot]: where the same edge stands in the other neuron's row; rows are sorted."""
    twin = np.empty(len(entries), np.int64)
    ahead = indptr[:-1].copy()
    # Rows in order: a neuron's smaller neighbours meet it in its row one after the other.
    for p in range(len(entries)):
        j = entries[p]
        twin[p] = ahead[j]
        ahead[j] += 1
    return twin


@kernel
def swap_undirected(
    indptr: np.ndarray,
    owner: np.ndarray,
    entries: np.ndarray,
    twin: np.ndarray,
    n_attempts: int,
    seed: np.uint64,
) -> int:
    """Swap a-b, c-d into a-d, c-b on symmetric rows, in place; counts the swaps."""
    m = len(entries)
    state, done = seed, 0
    for _ in range(n_attempts):
        state += _STEP
        p = below(mixed(state), m)
        state += _STEP
        q = below(mixed(state), m)
        a, b, c, d = owner[p], entries[p], owner[q], entries[q]
        if a in (c, d) or b in (c, d):
            continue
        if is_in(entries, indptr[a], indptr[a + 1], d):
            continue
        if is_in(entries, indptr[c], indptr[c + 1], b):
            continue
        p_twin, q_twin = twin[p], twin[q]
        entries[p], entries[q], entries[p_twin], entries[q_twin] = d, b, c, a
        twin[p], twin[q_twin] = q_twin, p
        twin[q], twin[p_twin] = p_twin, q
        done += 1
    return done
