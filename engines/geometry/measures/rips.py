"""H0 and H1 of a Vietoris-Rips filtration, one edge at a time.

When edge ab enters a flag complex, it glues in the cone over the *lune* of ab: the points that are
already joined to both. An empty lune merges two components or opens a loop; each component of a
lune after its first closes the square a-v-b-w between the two, and nothing else happens in
dimension 1. So n^2 / 2 edges replace n^3 / 6 triangles (the reduced Vietoris-Rips filtration of
Koyama, Memoli, Robins & Turner 2023, arXiv 2307.16333). Importing this module loads numba.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
from numba import njit

jitted: Any = njit(cache=True, nogil=True)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.array([(0x03F79D71B4CB0A89 << k) % 2**64 >> 58 for k in range(64)]).argsort()


def flag_bars(
    d: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Bars of [point, point] up to the enclosing radius, where every loop has closed.

    Returns deaths of components float64[bar] and the edge int64[bar, 2] that ends each; births and
    deaths of loops float64[loop, 2] and the edge int64[loop, 2] that opens each. Bars of length 0
    are left out.
    """
    radius = float(d.max(axis=1).min())
    a, b = np.triu_indices(len(d), 1)
    length = d[a, b]
    within = np.flatnonzero(length <= radius)
    order = within[np.argsort(length[within], kind="stable")]
    a, b, length = a[order].astype(np.int32), b[order].astype(np.int32), length[order]
    merged, opened, closed = _swept(len(d), a, b)
    lasting = length[closed] > length[opened]
    opened, closed = opened[lasting], closed[lasting]
    bars = np.column_stack([length[opened], length[closed]])
    edges = np.column_stack([a, b]).astype(np.int64)
    return length[merged], edges[merged], bars, edges[opened]


@jitted
def _root(root, i):  # noqa: ANN001, ANN202
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@jitted
def _lowest_bit(word):  # noqa: ANN001, ANN202
    """Place of the lowest set bit of a word that has one (de Bruijn multiplication)."""
    alone = word & (~word + np.uint64(1))
    return np.int64(_PLACES[(alone * _DE_BRUIJN) >> np.uint64(58)])


@jitted
def _hub(near_a, near_b, rank_a, rank_b, lune):  # noqa: ANN001, ANN202
    """Fills the lune of an edge; of one point per word the nearest to both ends, or -1."""
    best, hub = np.int32(2**31 - 1), np.int64(-1)
    for w in range(len(lune)):
        word = near_a[w] & near_b[w]
        lune[w] = word
        if word:
            v = (w << 6) + _lowest_bit(word)
            farther = max(rank_a[v], rank_b[v])
            if farther < best:
                best, hub = farther, v
    return hub


@jitted
def _first_of(points):  # noqa: ANN001, ANN202
    for w in range(len(points)):
        if points[w]:
            return (w << 6) + _lowest_bit(points[w])
    return -1


@jitted
def _take_component(near, left, reached, v):  # noqa: ANN001, ANN202
    """Removes from a set the points that v reaches within it; ``reached`` is room to work in."""
    left[v >> 6] &= ~(np.uint64(1) << np.uint64(v & 63))
    reached[:] = 0
    some = np.uint64(1)
    while some and v >= 0:
        some = np.uint64(0)
        joined = near[v]
        for w in range(len(left)):
            reached[w] |= left[w] & joined[w]
            left[w] &= ~joined[w]
            some |= left[w]
        v = _first_of(reached)
        if v >= 0:
            reached[v >> 6] &= reached[v >> 6] - np.uint64(1)


@jitted
def _pop(heap):  # noqa: ANN001, ANN202
    """The latest edge of a chain mod 2, which leaves it; -1 when the chain is zero."""
    while len(heap):
        top = heappop(heap)
        if len(heap) and heap[0] == top:
            heappop(heap)
        else:
            return -top
    return np.int64(-1)


@jitted
def _reduced(heap, rank, a, b, middle, place, cycles):  # noqa: ANN001, ANN202
    """A cycle reduced to one whose latest edge opened a loop that lives; empty when it is zero.

    An edge with a point in its lune is replaced by the two shorter sides of that triangle.
    """
    found = [np.int32(0)]
    found.pop()
    while True:
        edge = _pop(heap)
        if edge < 0:
            return np.array(found, dtype=np.int32)
        if middle[edge] >= 0:
            heappush(heap, -np.int64(rank[a[edge], middle[edge]]))
            heappush(heap, -np.int64(rank[b[edge], middle[edge]]))
        elif not found and place[edge] >= 0:
            for other in cycles[place[edge]][1:]:
                heappush(heap, -np.int64(other))
        else:
            found.append(np.int32(edge))


@jitted
def _swept(n, a, b):  # noqa: ANN001, ANN202
    """Edges that merge components; edges that open a loop, and those that close it."""
    n_words = (n + 63) // 64
    near = np.zeros((n, n_words), np.uint64)
    rank = np.full((n, n), len(a), np.int32)
    for k in range(len(a)):
        rank[a[k], b[k]] = rank[b[k], a[k]] = k
    root = np.arange(n)
    middle = np.full(len(a), -1, np.int32)  # of the triangle that undoes an edge
    place = np.full(len(a), -1, np.int32)  # of the cycle whose latest edge it is
    cycles = [np.zeros(1, np.int32)]
    merged, opened, closed = [np.int64(0)], [np.int64(0)], [np.int64(0)]
    lune, reached = np.zeros(n_words, np.uint64), np.zeros(n_words, np.uint64)
    for k in range(len(a)):
        i, j = a[k], b[k]
        hub = _hub(near[i], near[j], rank[i], rank[j], lune)
        middle[k] = hub
        if hub < 0:
            one, other = _root(root, i), _root(root, j)
            if one != other:
                root[one] = other
                merged.append(np.int64(k))
        else:
            _take_component(near, lune, reached, hub)
            v = _first_of(lune)
            while v >= 0:
                square = (rank[i, hub], rank[hub, j], rank[j, v], rank[v, i])
                heap = [-np.int64(side) for side in square]
                heapify(heap)
                cycle = _reduced(heap, rank, a, b, middle, place, cycles)
                if len(cycle):
                    place[cycle[0]] = len(cycles)
                    cycles.append(cycle)
                    opened.append(np.int64(cycle[0]))
                    closed.append(np.int64(k))
                _take_component(near, lune, reached, v)
                v = _first_of(lune)
        near[i, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
        near[j, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
    return np.array(merged)[1:], np.array(opened)[1:], np.array(closed)[1:]
