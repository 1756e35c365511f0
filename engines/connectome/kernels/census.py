"""Measures of a large graph from its rows: triads, clustering, rich club, paths of a sample."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels import batch
from engines.connectome.kernels.jit import kernel

OUT, IN, BOTH = 1, 2, 3


@kernel
def joined_rows(
    n: int, pre: np.ndarray, post: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of neighbours: int64[n + 1] starts, int32 neighbours, uint8 OUT, IN or BOTH.

    ``pre`` must be sorted; there are no self-loops and no edge is listed twice.
    """
    m = len(pre)
    out = np.zeros(n + 1, np.int64)
    into = np.zeros(n + 1, np.int64)
    for e in range(m):
        out[pre[e] + 1] += 1
        into[post[e] + 1] += 1
    for i in range(n):
        out[i + 1] += out[i]
        into[i + 1] += into[i]
    sender = np.empty(m, np.int32)
    ahead = into[:-1].copy()
    for e in range(m):
        sender[ahead[post[e]]] = pre[e]
        ahead[post[e]] += 1
    starts = np.zeros(n + 1, np.int64)
    entries = np.empty(2 * m, np.int32)
    kind = np.empty(2 * m, np.uint8)
    slot = np.full(n, -1, np.int64)
    at = 0
    for i in range(n):
        for e in range(out[i], out[i + 1]):
            slot[post[e]] = at
            entries[at], kind[at] = post[e], OUT
            at += 1
        for e in range(into[i], into[i + 1]):
            j = sender[e]
            if slot[j] >= starts[i]:
                kind[slot[j]] = BOTH
            else:
                entries[at], kind[at] = j, IN
                at += 1
        starts[i + 1] = at
    return starts, entries[:at].copy(), kind[:at].copy()


@kernel
def _third_neurons(
    i: int, j: int, starts: np.ndarray, entries: np.ndarray, kind: np.ndarray, mark: np.ndarray,
    row: np.ndarray, mine: np.ndarray, theirs: np.ndarray,
) -> int:  # fmt: skip
    """Add the neighbours of j that are marked as i's to ``row``; counts by kind on each side."""
    mine[:] = 0
    theirs[:] = 0
    shared = 0
    for f in range(starts[j], starts[j + 1]):
        seen = mark[entries[f]]
        if seen:
            row[4 * seen + kind[f]] += 1
            mine[seen] += 1
            shared += 1
        if seen or entries[f] == i:
            theirs[kind[f]] += 1
    return shared


@kernel
def triads(
    starts: np.ndarray, entries: np.ndarray, kind: np.ndarray, counts: np.ndarray,
    closed: np.ndarray,
) -> None:  # fmt: skip
    """Fill int64[3, 16] as ``bits.dyads`` does, and float64[n] of closed pairs of neighbours.

    Each pair is looked at from its end with more neighbours, along the row of the other, so the
    cost is the sum over edges of the smaller degree (Chiba & Nishizeki 1985).
    """
    n = len(starts) - 1
    counts[:] = 0
    closed[:] = 0.0
    mark = np.zeros(n, np.uint8)
    total = np.zeros((n, 4), np.int64)
    for i in range(n):
        for e in range(starts[i], starts[i + 1]):
            total[i, kind[e]] += 1
    mine = np.zeros(4, np.int64)
    theirs = np.zeros(4, np.int64)
    for i in range(n):
        degree = starts[i + 1] - starts[i]
        for e in range(starts[i], starts[i + 1]):
            mark[entries[e]] = kind[e]
        for e in range(starts[i], starts[i + 1]):
            j = entries[e]
            other = starts[j + 1] - starts[j]
            if other > degree or (other == degree and j > i):
                continue
            row = counts[kind[e] - 1]
            shared = _third_neurons(i, j, starts, entries, kind, mark, row, mine, theirs)
            mine[kind[e]] += 1
            for t in range(1, 4):
                row[4 * t] += total[i, t] - mine[t]
                row[t] += total[j, t] - theirs[t]
            closed[i] += shared
            closed[j] += shared
        for e in range(starts[i], starts[i + 1]):
            mark[entries[e]] = 0


@kernel
def edge_sums(
    starts: np.ndarray, entries: np.ndarray, kind: np.ndarray, out: np.ndarray, into: np.ndarray,
    edges: np.ndarray,
) -> tuple[float, float]:  # fmt: skip
    """Sums over joined pairs, either way, of both degrees' product, and over edges of out x in.

    Adds to float64[n] ``out`` and ``into`` each neuron's degrees, and to float64[k + 1] ``edges``
    the joined pairs by their lesser degree.
    """
    n, last = len(starts) - 1, len(edges) - 1
    for i in range(n):
        for e in range(starts[i], starts[i + 1]):
            out[i] += kind[e] & OUT
            into[i] += (kind[e] & IN) >> 1
    joined, directed = 0.0, 0.0
    for i in range(n):
        x = starts[i + 1] - starts[i]
        for e in range(starts[i], starts[i + 1]):
            j = entries[e]
            y = starts[j + 1] - starts[j]
            joined += float(x * y)
            edges[min(x, y, last)] += 0.5
            if kind[e] & OUT:
                directed += out[i] * into[j]
    return joined, directed


def edge_measures(
    starts: np.ndarray, entries: np.ndarray, kind: np.ndarray, row: np.ndarray, phi: np.ndarray
) -> None:
    """Fill reciprocity, both assortativities and pairs of a row, and float64[k] of rich club."""
    degree = np.diff(starts)
    out, into = np.zeros((2, len(degree)))
    edges = np.zeros(len(phi) + 1)
    joined, directed = edge_sums(starts, entries, kind, out, into, edges)
    m = out.sum()
    row[0] = np.count_nonzero(kind == BOTH) / m if m else np.nan
    row[7] = batch.assortativity(degree, degree, joined)
    row[8] = batch.assortativity(out, into, directed)
    row[9] = len(entries) / 2.0
    batch.fill_rich_club(phi, degree, edges)


@kernel
def steps_from(
    starts: np.ndarray, entries: np.ndarray, kind: np.ndarray, only_out: bool,
    sources: np.ndarray, counts: np.ndarray,
) -> None:  # fmt: skip
    """Add to int64[distance] how many neurons lie that many steps from each source."""
    n = len(starts) - 1
    seen = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    for s in range(len(sources)):
        queue[0], seen[sources[s]] = sources[s], s
        first, last, step = 0, 1, 0
        while first < last:
            counts[min(step, len(counts) - 1)] += last - first
            level = last
            for q in range(first, level):
                i = queue[q]
                for e in range(starts[i], starts[i + 1]):
                    j = entries[e]
                    if seen[j] != s and (not only_out or kind[e] & OUT):
                        seen[j] = s
                        queue[last] = j
                        last += 1
            first = level
            step += 1
    counts[0] = 0


def measure(
    n: int, pre: np.ndarray, post: np.ndarray, skip_small: bool, sources: np.ndarray,
    row: np.ndarray, phi: np.ndarray, counts: np.ndarray, local: np.ndarray,
) -> None:  # fmt: skip
    """As ``batch.measure`` from sorted edges; paths start from int32 ``sources`` alone.

    With fewer sources than neurons, diameter and reachable pairs are unknown: nan.
    """
    starts, entries, kind = joined_rows(n, pre, post)
    triads(starts, entries, kind, counts, local)
    degree = np.diff(starts)
    closed = local.sum()
    local /= np.maximum(degree * (degree - 1.0), 1.0)
    batch.fill_clustering(row, local, closed, degree, skip_small=skip_small)
    edge_measures(starts, entries, kind, row, phi)
    whole, possible = len(sources) >= n, len(sources) * (n - 1.0)
    for directed in (False, True):
        far = np.zeros(max(n, 2), np.int64)
        steps_from(starts, entries, kind, directed, sources, far)
        total, longest = batch.fill_paths(row, far, possible, directed=directed)
        row[11 + directed] = total if whole else np.nan
        if not directed:
            row[10] = longest if whole else np.nan
