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


def rows_of(table: np.ndarray) -> np.ndarray:
    """uint64[n, word] from uint8[n, n]: bit j of row i is whether i -> j."""
    n = len(table)
    packed = np.zeros((n, 8 * ((n + 63) >> 6)), np.uint8)
    packed[:, : (n + 7) >> 3] = np.packbits(table, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def row_sums(rows: np.ndarray) -> np.ndarray:
    """int64[n]: bits that are set in each row."""
    return np.bitwise_count(rows).sum(axis=1, dtype=np.int64)


@kernel
def clustering(either: np.ndarray, local: np.ndarray) -> float:
    """Fill float64[n] of local clustering; answers the ends of paths of two edges that are joined.

    Watts & Strogatz 1998: closed pairs of neighbours over pairs; 0 below two neighbours.
    """
    n, n_words = either.shape
    closed_all = 0.0
    for i in range(n):
        degree, closed = 0, 0
        for w in range(n_words):
            word = either[i, w]
            degree += popcount(word)
            while word:
                low = word & (~word + _1)
                word ^= low
                j = 64 * w + popcount(low - _1)
                for v in range(n_words):
                    closed += popcount(either[i, v] & either[j, v])
        local[i] = closed / (degree * (degree - 1.0)) if degree > 1 else 0.0
        closed_all += closed
    return closed_all


@kernel
def products(rows: np.ndarray, x: np.ndarray, y: np.ndarray, weakest: np.ndarray) -> int:
    """The sum over edges i -> j of x[i] * y[j], int64[n] each.

    Unless float64 ``weakest`` is empty, adds each edge's half to it at the smaller of both.
    """
    n, n_words = rows.shape
    total, last = 0, len(weakest) - 1
    for i in range(n):
        for w in range(n_words):
            word = rows[i, w]
            while word:
                low = word & (~word + _1)
                word ^= low
                j = 64 * w + popcount(low - _1)
                total += x[i] * y[j]
                if last >= 0:
                    weakest[min(x[i], y[j], last)] += 0.5
    return total


@kernel
def _gone_out(front: np.ndarray, rows: np.ndarray, fresh: np.ndarray) -> None:
    """Set in uint64[word] ``fresh`` whoever hears from the front."""
    for w in range(len(front)):
        word = front[w]
        while word:
            low = word & (~word + _1)
            word ^= low
            j = 64 * w + popcount(low - _1)
            for v in range(len(front)):
                fresh[v] |= rows[j, v]


@kernel
def _looked_back(front: np.ndarray, left: np.ndarray, back: np.ndarray, fresh: np.ndarray) -> None:
    """The same among those that are ``left``: whose senders are in the front."""
    for w in range(len(front)):
        word = left[w]
        while word:
            low = word & (~word + _1)
            word ^= low
            j = 64 * w + popcount(low - _1)
            for v in range(len(front)):
                if back[j, v] & front[v]:
                    fresh[w] |= low
                    break


@kernel
def distances(rows: np.ndarray, back: np.ndarray, counts: np.ndarray) -> None:
    """Fill int64[distance] with how many ordered pairs lie that many steps apart (index 1 up).

    ``back`` are the same edges by receiver. A step goes out from the neurons just reached, or looks
    back from those not reached yet, whichever are fewer (Beamer et al. 2012).
    """
    n, n_words = rows.shape
    counts[:] = 0
    front = np.zeros(n_words, np.uint64)
    left = np.empty(n_words, np.uint64)
    fresh = np.empty(n_words, np.uint64)
    for source in range(n):
        left[:] = ~np.uint64(0)
        if n & 63:
            left[n_words - 1] >>= np.uint64(64 - (n & 63))
        front[:] = np.uint64(0)
        front[source >> 6] = _1 << (np.uint64(source) & _63)
        left[source >> 6] ^= front[source >> 6]
        n_new, n_left, step = 1, n - 1, 0
        while n_new and n_left:
            fresh[:] = np.uint64(0)
            if n_new < n_left:
                _gone_out(front, rows, fresh)
            else:
                _looked_back(front, left, back, fresh)
            n_new = 0
            for v in range(n_words):
                front[v] = fresh[v] & left[v]
                left[v] ^= front[v]
                n_new += popcount(front[v])
            n_left -= n_new
            step += 1
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
