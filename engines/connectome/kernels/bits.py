"""Measures of a small graph on rows of bits: 64 neurons are looked at in one instruction."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel

_1, _2, _4, _56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_M1 = np.uint64(0x5555555555555555)
_M2 = np.uint64(0x3333333333333333)
_M4 = np.uint64(0x0F0F0F0F0F0F0F0F)
_H01 = np.uint64(0x0101010101010101)
_63 = np.uint64(63)


@kernel
def popcount(x: np.uint64) -> np.int64:
    """Bits that are set."""
    x = x - ((x >> _1) & _M1)
    x = (x & _M2) + ((x >> _2) & _M2)
    x = (x + (x >> _4)) & _M4
    return np.int64((x * _H01) >> _56)


@kernel
def bit_rows(adjacency: np.ndarray, kind: int, rows: np.ndarray) -> None:
    """Fill uint64[n, word]: 0 out, 1 either, 2 out only, 3 in only, 4 both directions."""
    n = len(adjacency)
    rows[:] = np.uint64(0)
    for i in range(n):
        for j in range(n):
            out, back = adjacency[i, j] != 0, adjacency[j, i] != 0
            if (
                (kind == 0 and out)
                or (kind == 1 and (out or back))
                or (kind == 2 and out and not back)
                or (kind == 3 and back and not out)
                or (kind == 4 and out and back)
            ):
                rows[i, j >> 6] |= _1 << (np.uint64(j) & _63)


@kernel
def clustering(either: np.ndarray, local: np.ndarray) -> tuple[float, float]:
    """Fill float64[n] of local clustering; answers closed and all ends of paths of two edges.

    Watts & Strogatz 1998: closed pairs of neighbours over pairs; 0 below two neighbours.
    """
    n, n_words = either.shape
    closed_all, pairs_all = 0.0, 0.0
    for i in range(n):
        degree, closed = 0, 0
        for w in range(n_words):
            degree += popcount(either[i, w])
        for w in range(n_words):
            word = either[i, w]
            while word:
                low = word & (~word + _1)
                word ^= low
                j = 64 * w + popcount(low - _1)
                for v in range(n_words):
                    closed += popcount(either[i, v] & either[j, v])
        pairs = degree * (degree - 1.0)
        local[i] = closed / pairs if degree > 1 else 0.0
        closed_all += closed
        pairs_all += pairs
    return closed_all, pairs_all


@kernel
def distances(rows: np.ndarray, counts: np.ndarray) -> None:
    """Fill int64[distance] with how many ordered pairs lie that many steps apart (index 1 up)."""
    n, n_words = rows.shape
    counts[:] = 0
    seen = np.empty(n_words, np.uint64)
    front = np.empty(n_words, np.uint64)
    fresh = np.empty(n_words, np.uint64)
    for source in range(n):
        seen[:] = np.uint64(0)
        front[:] = np.uint64(0)
        seen[source >> 6] |= _1 << (np.uint64(source) & _63)
        front[source >> 6] = seen[source >> 6]
        step = 0
        while True:
            fresh[:] = np.uint64(0)
            for w in range(n_words):
                word = front[w]
                while word:
                    low = word & (~word + _1)
                    word ^= low
                    j = 64 * w + popcount(low - _1)
                    for v in range(n_words):
                        fresh[v] |= rows[j, v]
            n_new = 0
            for v in range(n_words):
                front[v] = fresh[v] & ~seen[v]
                seen[v] |= front[v]
                n_new += popcount(front[v])
            step += 1
            if n_new == 0:
                break
            counts[min(step, len(counts) - 1)] += n_new


@kernel
def dyads(out_only: np.ndarray, in_only: np.ndarray, both: np.ndarray, counts: np.ndarray) -> None:
    """Fill int64[3, 16]: connected pairs i<j by kind, and third neurons by their two dyads.

    Kinds: 0 i->j, 1 j->i, 2 both. A third neuron k counts at 4 x dyad(i, k) + dyad(j, k), where a
    dyad is 0 none, 1 out, 2 in, 3 both, seen from i and from j.
    """
    n, n_words = both.shape
    counts[:] = 0
    for i in range(n):
        for w in range(i >> 6, n_words):
            pair = out_only[i, w] | in_only[i, w] | both[i, w]
            while pair:
                low = pair & (~pair + _1)
                pair ^= low
                j = 64 * w + popcount(low - _1)
                if j <= i:
                    continue
                kind = 0 if out_only[i, w] & low else (1 if in_only[i, w] & low else 2)
                row = counts[kind]
                for v in range(n_words):
                    oi, ii, bi = out_only[i, v], in_only[i, v], both[i, v]
                    oj, ij, bj = out_only[j, v], in_only[j, v], both[j, v]
                    ni, nj = ~(oi | ii | bi), ~(oj | ij | bj)
                    row[1] += popcount(ni & oj)
                    row[2] += popcount(ni & ij)
                    row[3] += popcount(ni & bj)
                    row[4] += popcount(oi & nj)
                    row[5] += popcount(oi & oj)
                    row[6] += popcount(oi & ij)
                    row[7] += popcount(oi & bj)
                    row[8] += popcount(ii & nj)
                    row[9] += popcount(ii & oj)
                    row[10] += popcount(ii & ij)
                    row[11] += popcount(ii & bj)
                    row[12] += popcount(bi & nj)
                    row[13] += popcount(bi & oj)
                    row[14] += popcount(bi & ij)
                    row[15] += popcount(bi & bj)
                # The pair itself stands in the rows of both; take it out again.
                if kind == 0:
                    row[4] -= 1
                    row[2] -= 1
                elif kind == 1:
                    row[8] -= 1
                    row[1] -= 1
                else:
                    row[12] -= 1
                    row[3] -= 1
