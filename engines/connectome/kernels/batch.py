"""Every binary measure of one graph, and of many random ones, a row of numbers each."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels import bits, swaps
from engines.connectome.kernels.jit import kernel

COLUMNS = (
    "reciprocity", "clustering", "transitivity", "path length", "directed path length",
    "efficiency", "directed efficiency", "degree assortativity", "out-in assortativity",
    "pairs", "diameter", "reachable pairs", "directed reachable pairs",
)  # fmt: skip
"""What a row holds; "pairs" counts unordered connected pairs."""
_bit_rows, _clustering, _distances, _dyads = (
    bits.bit_rows, bits.clustering, bits.distances, bits.dyads,
)  # fmt: skip
_swap_directed, _swap_undirected, _random_edges = (
    swaps.swap_directed, swaps.swap_undirected, swaps.random_edges,
)  # fmt: skip


@kernel
def _correlation(n: float, sx: float, sy: float, sxx: float, syy: float, sxy: float) -> float:
    vx, vy = sxx - sx * sx / n, syy - sy * sy / n
    if vx <= 1e-9 or vy <= 1e-9:
        return np.nan
    return (sxy - sx * sy / n) / np.sqrt(vx * vy)


@kernel
def _assortativities(adjacency: np.ndarray, degree: np.ndarray) -> tuple[float, float]:
    n = len(adjacency)
    out = np.zeros(n)
    into = np.zeros(n)
    for i in range(n):
        for j in range(n):
            if adjacency[i, j]:
                out[i] += 1.0
                into[j] += 1.0
    u = np.zeros(6)
    d = np.zeros(6)
    for i in range(n):
        for j in range(n):
            if adjacency[i, j]:
                x, y = out[i], into[j]
                d += np.array([1.0, x, y, x * x, y * y, x * y])
            if adjacency[i, j] or adjacency[j, i]:
                x, y = degree[i], degree[j]
                u += np.array([1.0, x, y, x * x, y * y, x * y])
    if d[0] == 0:
        return np.nan, np.nan
    return (
        _correlation(u[0], u[1], u[2], u[3], u[4], u[5]),
        _correlation(d[0], d[1], d[2], d[3], d[4], d[5]),
    )


@kernel
def _path_summary(counts: np.ndarray) -> tuple[float, float, float, int]:
    total, steps, inverse, longest = 0.0, 0.0, 0.0, 0
    for d in range(1, len(counts)):
        if counts[d]:
            total += counts[d]
            steps += d * counts[d]
            inverse += counts[d] / d
            longest = d
    return total, steps, inverse, longest


@kernel
def rich_club(adjacency: np.ndarray, degree: np.ndarray, phi: np.ndarray) -> None:
    """Fill float64[k]: density among neurons of degree above k (Colizza et al. 2006), or nan."""
    n = len(adjacency)
    k_max = len(phi)
    edges = np.zeros(k_max + 1)
    members = np.zeros(k_max + 1)
    for i in range(n):
        members[min(int(degree[i]), k_max)] += 1.0
        for j in range(i + 1, n):
            if adjacency[i, j] or adjacency[j, i]:
                edges[min(int(min(degree[i], degree[j])), k_max)] += 1.0
    above_edges, above = edges[k_max], members[k_max]
    for k in range(k_max - 1, -1, -1):
        phi[k] = 2.0 * above_edges / (above * (above - 1.0)) if above > 1 else np.nan
        above_edges += edges[k]
        above += members[k]


@kernel
def measure(
    adjacency: np.ndarray,
    skip_small: bool,
    row: np.ndarray,
    phi: np.ndarray,
    triads: np.ndarray,
    local: np.ndarray,
) -> None:
    """Fill float64[COLUMNS], float64[k] of rich club, int64[3, 16] of dyads, float64[n] local.

    ``adjacency`` uint8[n, n] without self-loops; ``skip_small`` leaves neurons with fewer than two
    neighbours out of the mean clustering.
    """
    n = len(adjacency)
    n_words = (n + 63) >> 6
    either = np.empty((n, n_words), np.uint64)
    out = np.empty((n, n_words), np.uint64)
    _bit_rows(adjacency, 1, either)
    _bit_rows(adjacency, 0, out)
    degree = np.zeros(n)
    m, mutual, n_pairs = 0.0, 0.0, 0.0
    for i in range(n):
        for j in range(n):
            if adjacency[i, j]:
                m += 1.0
                mutual += adjacency[j, i]
            if adjacency[i, j] or adjacency[j, i]:
                degree[i] += 1.0
                n_pairs += 0.5
    closed, pairs = _clustering(either, local)
    summed, counted = 0.0, 0
    for i in range(n):
        if degree[i] > 1 or not skip_small:
            summed += local[i]
            counted += 1
    counts = np.zeros(max(n, 2), np.int64)
    row[0] = mutual / m if m else np.nan
    row[1] = summed / counted if counted else np.nan
    row[2] = closed / pairs if pairs else np.nan
    _distances(either, counts)
    total, steps, inverse, longest = _path_summary(counts)
    row[3] = steps / total if total else np.nan
    row[5] = inverse / (n * (n - 1.0)) if n > 1 else np.nan
    row[9], row[10], row[11] = n_pairs, longest, total
    _distances(out, counts)
    total, steps, inverse, longest = _path_summary(counts)
    row[4] = steps / total if total else np.nan
    row[6] = inverse / (n * (n - 1.0)) if n > 1 else np.nan
    row[12] = total
    row[7], row[8] = _assortativities(adjacency, degree)
    rich_club(adjacency, degree, phi)
    in_only = np.empty((n, n_words), np.uint64)
    both = np.empty((n, n_words), np.uint64)
    _bit_rows(adjacency, 2, out)
    _bit_rows(adjacency, 3, in_only)
    _bit_rows(adjacency, 4, both)
    _dyads(out, in_only, both, triads)


@kernel
def nulls(
    adjacency: np.ndarray,
    pre: np.ndarray,
    post: np.ndarray,
    seeds: np.ndarray,
    n_attempts: int,
    family: int,
    group: np.ndarray,
    distance_bin: np.ndarray,
    skip_small: bool,
    rows: np.ndarray,
    phi: np.ndarray,
    triads: np.ndarray,
) -> None:
    """Fill one row of each output per seed: a null is drawn from the real graph, then measured.

    ``family``: 0 directed degree, 1 class blocks, 2 distance bins, 3 undirected degree, 4 random.
    """
    n = len(adjacency)
    local = np.empty(n)
    for k in range(len(seeds)):
        shuffled = adjacency.copy()
        a, b = pre.copy(), post.copy()
        if family == 4:
            _random_edges(shuffled, a, b, seeds[k])
        elif family == 3:
            _swap_undirected(shuffled, a, b, n_attempts, seeds[k])
        else:
            _swap_directed(shuffled, a, b, n_attempts, seeds[k], family, group, distance_bin)
        measure(shuffled, skip_small, rows[k], phi[k], triads[k], local)
