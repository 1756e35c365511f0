"""Moving neurons between communities until modularity rises no more."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel


@kernel
def local_moves(
    indptr: np.ndarray,
    indices: np.ndarray,
    weight: np.ndarray,
    strength: np.ndarray,
    order: np.ndarray,
    resolution: float,
    community: np.ndarray,
    within: np.ndarray,
    only_alone: bool,
) -> int:
    """Greedy moves in place (Blondel et al. 2008); answers how many were made.

    A symmetric graph without self-loops (their weight is part of ``strength``). ``within``
    int32[n]: neurons move only between communities of their own group. ``only_alone`` moves only
    neurons that are alone in their community (the refinement of Traag et al. 2019, greedy).
    """
    n = len(strength)
    total = np.zeros(n)
    size = np.zeros(n, np.int32)
    two_m = 0.0
    for i in range(n):
        total[community[i]] += strength[i]
        size[community[i]] += 1
        two_m += strength[i]
    if two_m <= 0.0:
        return 0
    to = np.zeros(n)
    seen = np.empty(n, np.int32)
    moved, last = 0, -1
    while last != 0:
        last = 0
        for k in range(n):
            i = order[k]
            mine = community[i]
            if only_alone and size[mine] > 1:
                continue
            n_seen = 0
            for e in range(indptr[i], indptr[i + 1]):
                j = indices[e]
                if within[j] != within[i]:
                    continue
                c = community[j]
                if to[c] == 0.0:
                    seen[n_seen] = c
                    n_seen += 1
                to[c] += weight[e]
            total[mine] -= strength[i]
            scale = resolution * strength[i] / two_m
            best, best_gain = mine, to[mine] - scale * total[mine]
            for s in range(n_seen):
                c = seen[s]
                gain = to[c] - scale * total[c]
                if gain > best_gain + 1e-12:
                    best, best_gain = c, gain
            for s in range(n_seen):
                to[seen[s]] = 0.0
            total[best] += strength[i]
            if best != mine:
                size[mine] -= 1
                size[best] += 1
                community[i] = best
                last += 1
        moved += last
        if only_alone:
            break
    return moved
