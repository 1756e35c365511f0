"""Moving neurons between communities until modularity rises no more."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel


@kernel
def gathered(
    i: int,
    indptr: np.ndarray,
    indices: np.ndarray,
    weight: np.ndarray,
    community: np.ndarray,
    within: np.ndarray,
    to: np.ndarray,
    seen: np.ndarray,
) -> int:
    """Add a neuron's weights to float64 ``to`` per community; lists those met in ``seen``."""
    n_seen = 0
    for e in range(indptr[i], indptr[i + 1]):
        j = indices[e]
        if within[j] == within[i]:
            c = community[j]
            if to[c] == 0.0:
                seen[n_seen] = c
                n_seen += 1
            to[c] += weight[e]
    return n_seen


@kernel
def best_of(
    mine: int, scale: float, n_seen: int, seen: np.ndarray, to: np.ndarray, total: np.ndarray
) -> int:
    """The community with the largest gain, the own one when none is better; empties ``to``."""
    best, best_gain = mine, to[mine] - scale * total[mine]
    for s in range(n_seen):
        c = seen[s]
        gain = to[c] - scale * total[c]
        if gain > best_gain + 1e-12:
            best, best_gain = c, gain
    for s in range(n_seen):
        to[seen[s]] = 0.0
    return best


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
    for i in range(n):
        total[community[i]] += strength[i]
        size[community[i]] += 1
    two_m = total.sum()
    to = np.zeros(n)
    seen = np.empty(n, np.int32)
    moved, last = 0, -1
    while last != 0 and two_m > 0.0:
        last = 0
        for i in order:
            mine = community[i]
            if only_alone and size[mine] > 1:
                continue
            n_seen = gathered(i, indptr, indices, weight, community, within, to, seen)
            total[mine] -= strength[i]
            best = best_of(mine, resolution * strength[i] / two_m, n_seen, seen, to, total)
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


@kernel
def signed_moves(
    indptr: np.ndarray,
    indices: np.ndarray,
    weight: np.ndarray,
    expected: np.ndarray,
    spared: np.ndarray,
    order: np.ndarray,
    resolution: float,
    community: np.ndarray,
) -> int:
    """Greedy moves in place where weights may be negative; answers how many were made.

    Two neurons together count ``weight`` - resolution x (``expected`` x ``expected`` - ``spared`` x
    ``spared``), float64[n] each. A neuron may also leave for an empty community.
    """
    n = len(expected)
    total_expected, total_spared = np.zeros(n), np.zeros(n)
    size, to = np.zeros(n, np.int32), np.zeros(n)
    for i in range(n):
        total_expected[community[i]] += expected[i]
        total_spared[community[i]] += spared[i]
        size[community[i]] += 1
    moved, last = 0, -1
    while last != 0:
        last = 0
        for i in order:
            mine = community[i]
            total_expected[mine] -= expected[i]
            total_spared[mine] -= spared[i]
            size[mine] -= 1
            to[:] = 0.0
            for e in range(indptr[i], indptr[i + 1]):
                to[community[indices[e]]] += weight[e]
            best, best_gain = mine, -np.inf
            for c in range(n):
                if size[c] == 0 and c != mine:
                    gain = 0.0
                else:
                    away = expected[i] * total_expected[c] - spared[i] * total_spared[c]
                    gain = to[c] - resolution * away
                # Staying wins a tie, else neurons would wander between equals for ever.
                if gain > best_gain + (1e-12 if best_gain > -np.inf else 0.0) or (
                    c == mine and gain >= best_gain - 1e-12
                ):
                    best, best_gain = c, gain
            total_expected[best] += expected[i]
            total_spared[best] += spared[i]
            size[best] += 1
            if best != mine:
                community[i] = best
                last += 1
        moved += last
    return moved
