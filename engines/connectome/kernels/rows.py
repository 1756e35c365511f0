"""Random undirected wirings of large graphs: swaps on rows of neighbours, not on a table.

A swap keeps each row's length, so the rows stay where they are and only their entries change;
whether two neurons are connected is read off the row of one of them.
"""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel
from engines.connectome.kernels.random import _STEP, below, mixed
from engines.connectome.kernels.walks import is_in


@kernel
def twins(indptr: np.ndarray, entries: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """int64[slot]: where the same edge stands in the other neuron's row; rows in any order."""
    twin = np.empty(len(entries), np.int64)
    for p in range(len(entries)):
        j = entries[p]
        for q in range(indptr[j], indptr[j + 1]):
            if entries[q] == owner[p]:
                twin[p] = q
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
