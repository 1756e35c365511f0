"""Loops and components of a point cloud: persistent homology of the Vietoris-Rips complex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError

LANDMARKS = 2_000
"""More points are thinned to so many, each next one farthest from those taken."""


@dataclass(frozen=True, eq=False)
class Barcode:
    """Bars of H0 and H1; deaths beyond the enclosing radius are infinite only for one component."""

    bars0: np.ndarray
    """float64[bar, 2]: birth and death of components, longest first."""
    ends0: np.ndarray
    """int64[bar, 2]: the two points whose edge ends a component; -1 for the one that lasts."""
    bars1: np.ndarray
    """float64[bar, 2]: birth and death of loops, longest first."""
    ends1: np.ndarray
    """int64[bar, 2]: the two points whose edge opens a loop."""
    loop: np.ndarray
    """int64[edge, 2]: a loop of the longest H1 bar, as pairs of points; empty when none."""
    landmarks: np.ndarray
    """int64[...]: which points were used."""
    cover: float
    """Farthest any point lies from a landmark: bars are right to this distance."""
    n_duplicates: int


def barcode(dissimilarity: np.ndarray, n_landmarks: int = LANDMARKS) -> Barcode:
    """H0 and H1 up to the enclosing radius min over i of max over j of d(i, j), which loses none.

    Stimuli at distance 0 from another are left out first. See `rips` for the method.

    Raises:
        InputError: undefined dissimilarities, or fewer than two different points.
    """
    d = np.asarray(dissimilarity, np.float64)
    if not np.isfinite(d).all():
        raise InputError(
            "topology needs every dissimilarity; leave out the stimuli whose are undefined"
        )
    unique = _unique(d)
    if len(unique) < 2:
        raise InputError(f"topology needs at least 2 different stimuli, got {len(unique)}")
    chosen, cover = _landmarks(d[np.ix_(unique, unique)], n_landmarks)
    used = unique[chosen]
    among = d[np.ix_(used, used)]
    bars0, ends0, bars1, ends1 = _persistence(among)
    loop = _loop(among, ends1[:1])
    known = np.where(ends0 < 0, -1, used[ends0])
    n_same = len(d) - len(unique)
    return Barcode(bars0, known, bars1, used[ends1], used[loop], used, cover, n_same)


def no_bars() -> Barcode:
    """Of no points at all."""
    bars, ends = np.zeros((0, 2)), np.zeros((0, 2), np.int64)
    return Barcode(bars, ends, bars, ends, ends, np.zeros(0, np.int64), 0.0, 0)


def _unique(d: np.ndarray) -> np.ndarray:
    same = np.tril(d <= 1e-12 * max(float(d.max()), 1e-300), -1)
    return np.flatnonzero(~same.any(axis=1))


def _landmarks(d: np.ndarray, n: int) -> tuple[np.ndarray, float]:
    if len(d) <= n:
        return np.arange(len(d)), 0.0
    taken = [int(d.max(axis=1).argmin())]
    near = d[taken[0]].copy()
    while len(taken) < n:
        taken.append(int(near.argmax()))
        near = np.minimum(near, d[taken[-1]])
    return np.sort(np.array(taken)), float(near.max())


def _persistence(d: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Bars of H0 and H1, longest first, with the edges that end and open them."""
    from engines.geometry.measures.rips import flag_bars

    deaths, ends, loops, edges = flag_bars(d)
    lasting = deaths > 0.0
    deaths = np.append(deaths[lasting], np.inf)[::-1]
    ends = np.concatenate([ends[lasting], [[-1, -1]]])[::-1]
    bars0 = np.column_stack([np.zeros(len(deaths)), deaths])
    order = np.argsort(loops[:, 0] - loops[:, 1], kind="stable")
    return bars0, ends, loops[order], edges[order]


def _loop(d: np.ndarray, closing: np.ndarray) -> np.ndarray:
    """The closing edge [0 or 1, 2] and the shortest way back over shorter edges."""
    from scipy.sparse import csgraph

    if not len(closing):
        return np.zeros((0, 2), np.int64)
    a, b = closing[0].tolist()
    graph = csgraph.csgraph_from_dense(np.where(d < d[a, b], d, np.inf), null_value=np.inf)
    _, before = csgraph.dijkstra(graph, indices=a, return_predecessors=True)
    way, at = [(a, b)], b
    while at != a and before[at] >= 0:
        way.append((at, int(before[at])))
        at = int(before[at])
    return np.array(way, np.int64)
