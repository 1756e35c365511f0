"""Measures of a large graph from its rows: triads, clustering, rich club, paths of a sample."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.batch import _correlation, _path_summary
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
def edge_measures(
    starts: np.ndarray, entries: np.ndarray, kind: np.ndarray, row: np.ndarray, phi: np.ndarray
) -> None:
    """Fill reciprocity, both assortativities and pairs of a row, and float64[k] of rich club."""
    n = len(starts) - 1
    out = np.zeros(n)
    into = np.zeros(n)
    mutual, m = 0.0, 0.0
    for i in range(n):
        for e in range(starts[i], starts[i + 1]):
            out[i] += kind[e] & OUT
            into[i] += (kind[e] & IN) >> 1
            mutual += kind[e] == BOTH
        m += out[i]
    u = np.zeros(6)
    d = np.zeros(6)
    k_max = len(phi)
    edges = np.zeros(k_max + 1)
    members = np.zeros(k_max + 1)
    for i in range(n):
        x = float(starts[i + 1] - starts[i])
        members[min(int(x), k_max)] += 1.0
        for e in range(starts[i], starts[i + 1]):
            j = entries[e]
            y = float(starts[j + 1] - starts[j])
            u += np.array([1.0, x, y, x * x, y * y, x * y])
            edges[min(int(min(x, y)), k_max)] += 0.5
            if kind[e] & OUT:
                s, r = out[i], into[j]
                d += np.array([1.0, s, r, s * s, r * r, s * r])
    row[0] = mutual / m if m else np.nan
    row[9] = len(entries) / 2.0
    row[7] = row[8] = np.nan
    if m:
        row[7] = _correlation(u[0], u[1], u[2], u[3], u[4], u[5])
        row[8] = _correlation(d[0], d[1], d[2], d[3], d[4], d[5])
    above_edges, above = edges[k_max], members[k_max]
    for k in range(k_max - 1, -1, -1):
        phi[k] = 2.0 * above_edges / (above * (above - 1.0)) if above > 1 else np.nan
        above_edges += edges[k]
        above += members[k]


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


@kernel
def measure(
    n: int, pre: np.ndarray, post: np.ndarray, skip_small: bool, sources: np.ndarray,
    row: np.ndarray, phi: np.ndarray, counts: np.ndarray, local: np.ndarray,
) -> None:  # fmt: skip
    """As ``batch.measure`` from sorted edges; paths start from int32 ``sources`` alone.

    With fewer sources than neurons, diameter and reachable pairs are unknown: nan.
    """
    starts, entries, kind = joined_rows(n, pre, post)
    triads(starts, entries, kind, counts, local)
    closed, pairs, summed, counted = 0.0, 0.0, 0.0, 0
    for i in range(n):
        degree = float(starts[i + 1] - starts[i])
        closed += local[i]
        pairs += degree * (degree - 1.0)
        local[i] = local[i] / (degree * (degree - 1.0)) if degree > 1 else 0.0
        if degree > 1 or not skip_small:
            summed += local[i]
            counted += 1
    row[1] = summed / counted if counted else np.nan
    row[2] = closed / pairs if pairs else np.nan
    edge_measures(starts, entries, kind, row, phi)
    whole = len(sources) >= n
    possible = len(sources) * (n - 1.0)
    for only_out in (False, True):
        far = np.zeros(max(n, 2), np.int64)
        steps_from(starts, entries, kind, only_out, sources, far)
        total, steps, inverse, longest = _path_summary(far)
        at = 1 if only_out else 0
        row[3 + at] = steps / total if total else np.nan
        row[5 + at] = inverse / possible if n > 1 and possible else np.nan
        row[11 + at] = total if whole else np.nan
        if not only_out:
            row[10] = longest if whole else np.nan
