"""All partial orders of n points: every one, kinds, order ideals, linear extensions.

A poset is bool[n, n] with ``less[i, j]`` where i lies below j.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

Array = np.ndarray


def labelled(n: int) -> Array:
    """bool[poset, n, n]: every partial order of n named points.

    The last point is put into every order of the others, above an ideal and below a filter of
    which every point lies above every point of the ideal.
    """
    if n == 0:
        return np.zeros((1, 0, 0), bool)
    found = []
    for smaller in labelled(n - 1):
        down = ideals(smaller)
        for below in down:
            for above in 1 - down:
                apart = not (below & above).any()
                if apart and (smaller | ~np.outer(below, above).astype(bool)).all():
                    found.append(_with_last(smaller, below, above))
    return np.array(found)


def _with_last(smaller: Array, below: Array, above: Array) -> Array:
    n = len(smaller)
    less = np.zeros((n + 1, n + 1), bool)
    less[:n, :n] = smaller
    less[:n, n], less[n, :n] = below, above
    return less


def ideals(less: Array) -> Array:
    """int64[ideal, n]: sets that hold with a point everything below it, as zeros and ones."""
    n = len(less)
    every = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    # Broken where j is in, i is not, and i lies below j.
    broken = np.einsum("si,sj,ij->s", 1 - every, every, less.astype(np.int64))
    return every[broken == 0]


def kinds(every: Array) -> tuple[Array, Array]:
    """One of every kind (the same after renaming points), and how many named orders are of it."""
    n = every.shape[1]
    places = 2 ** np.arange(n * n)
    codes = [
        every[:, order][:, :, order].reshape(len(every), -1) @ places
        for order in map(list, permutations(range(n)))
    ]
    _, first, n_named = np.unique(np.min(codes, axis=0), return_index=True, return_counts=True)
    order = np.lexsort((n_named, every[first].sum(axis=(1, 2))))
    return every[first[order]], n_named[order]


def extensions(less: Array) -> int:
    """How many ways there are to count the points through so that none comes before one below."""
    whole = ideals(less)
    ways: dict[tuple[int, ...], int] = {(0,) * len(less): 1}
    for ideal in whole[np.argsort(whole.sum(axis=1), kind="stable")]:
        key = tuple(ideal.tolist())
        ways[key] = ways.get(key, 0) or sum(ways.get(one, 0) for one in _one_fewer(ideal))
    return ways[(1,) * len(less)]


def _one_fewer(ideal: Array) -> Iterator[tuple[int, ...]]:
    for k in np.flatnonzero(ideal):
        less = ideal.copy()
        less[k] = 0
        yield tuple(less.tolist())


def covers(less: Array) -> Array:
    """bool[n, n]: pairs with nothing between them, the lines of a Hasse diagram."""
    between = less.astype(np.int64) @ less.astype(np.int64) > 0
    return less & ~between


def heights(less: Array) -> Array:
    """int64[n]: how long the longest chain below every point is."""
    found = np.zeros(len(less), np.int64)
    for _ in range(len(less)):
        found = np.where(less, found[:, None] + 1, 0).max(axis=0, initial=0)
    return found


def winners(less: Array, x: Array) -> Array:
    """int64[input]: the ideal whose numbers have the largest sum, by its place."""
    return (x @ ideals(less).T).argmax(axis=1)
