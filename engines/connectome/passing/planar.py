"""Graphs in the plane, two of their nodes, and who lies on the shortest way between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial.distance import cdist

N_NEAREST = 3


@dataclass(frozen=True, eq=False)
class Problem:
    """One or several graphs side by side, and in each a way that is asked for.

    ``edges`` int64[edge, (from, to)], every street both ways, ``length`` float64[edge],
    ``ends`` bool[node, (start, goal)], ``on_way`` bool[node], ``graph`` int64[node], ``xy``
    float64[node, 2].
    """

    edges: np.ndarray
    length: np.ndarray
    ends: np.ndarray
    on_way: np.ndarray
    graph: np.ndarray
    xy: np.ndarray

    @property
    def n(self) -> int:
        """Nodes."""
        return len(self.ends)

    @property
    def n_graphs(self) -> int:
        """Graphs side by side."""
        return int(self.graph.max()) + 1


def drawn(rng: np.random.Generator, n: int) -> Problem:
    """A graph of n random points: the shortest tree, and every point joined to its 3 nearest."""
    xy = rng.random((n, 2))
    apart = cdist(xy, xy)
    joined = csgraph.minimum_spanning_tree(apart).toarray() > 0
    nearest = np.argsort(apart, axis=1)[:, 1 : 1 + N_NEAREST]
    joined[np.arange(n)[:, None], nearest] = True
    edges = np.argwhere(joined | joined.T)
    start, goal = rng.choice(n, 2, replace=False)
    return asked(xy, edges, apart[edges[:, 0], edges[:, 1]], int(start), int(goal))


def asked(xy: np.ndarray, edges: np.ndarray, length: np.ndarray, start: int, goal: int) -> Problem:
    """A problem from its parts; nobody is on a way that does not exist."""
    ends = np.zeros((len(xy), 2), bool)
    ends[start, 0] = ends[goal, 1] = True
    on_way = np.zeros(len(xy), bool)
    on_way[way(edges, length, len(xy), start, goal)[0]] = True
    return Problem(edges, length, ends, on_way, np.zeros(len(xy), np.int64), xy)


def way(
    edges: np.ndarray, length: np.ndarray, n: int, start: int, goal: int
) -> tuple[list[int], float]:
    """Nodes of a shortest way, the start first, and its length (Dijkstra); none and inf if none."""
    matrix = sparse.csr_array((length, (edges[:, 0], edges[:, 1])), shape=(n, n))
    distance, before = csgraph.dijkstra(matrix, indices=start, return_predecessors=True)
    if not np.isfinite(distance[goal]):
        return [], float("inf")
    found = [goal]
    while found[-1] != start:
        found.append(int(before[found[-1]]))
    return found[::-1], float(distance[goal])


def together(problems: list[Problem]) -> Problem:
    """Several problems as one graph of as many parts."""
    sizes = np.array([p.n for p in problems])
    offsets = np.append(0, np.cumsum(sizes)[:-1])
    return Problem(
        np.concatenate([p.edges + k for p, k in zip(problems, offsets, strict=True)]),
        np.concatenate([p.length for p in problems]),
        np.concatenate([p.ends for p in problems]),
        np.concatenate([p.on_way for p in problems]),
        np.repeat(np.arange(len(problems)), sizes),
        np.concatenate([p.xy for p in problems]),
    )


def many(rng: np.random.Generator, n_graphs: int, n_min: int, n_max: int) -> Problem:
    """So many graphs of n_min to n_max nodes, side by side."""
    sizes = rng.integers(n_min, n_max, n_graphs, endpoint=True)
    return together([drawn(rng, int(n)) for n in sizes])
