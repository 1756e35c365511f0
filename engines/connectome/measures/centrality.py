"""How central each neuron is; betweenness exactly, or from a sample of sources with its error."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from engines.connectome.wiring.graph import Graph

_CHUNK = 64
_EXACT_MAX = 4_000
_SOURCES_MIN, _SOURCES_MAX, _EDGES_MAX = 20, 400, 8e7
"""Sampled sources: each looks at every edge."""
_WEIGHTED_EDGES_MAX = 2e7
"""Dijkstra's search takes longer than one in breadth."""


@dataclass(frozen=True, eq=False)
class Betweenness:
    """float64[neuron] shares of shortest paths, their standard errors (0 when exact), closeness.

    Normalised by (n - 1)(n - 2), as networkx does for directed graphs; closeness is Wasserman &
    Faust's, along outgoing edges, nan for neurons that were not sampled.
    """

    value: np.ndarray
    error: np.ndarray
    closeness: np.ndarray
    n_sources: int
    exact: bool


def betweenness(
    graph: Graph, *, n_sources: int = 0, seed: int = 0, length: np.ndarray | None = None
) -> Betweenness:
    """Betweenness on directed paths; ``n_sources`` 0 takes every neuron as source.

    ``length`` float64[edge], 0 for edges that do not count; every edge has length 1 without it.
    """
    *_, last = betweenness_steps(graph, n_sources=n_sources, seed=seed, length=length)
    return last


def betweenness_steps(
    graph: Graph, *, n_sources: int = 0, seed: int = 0, length: np.ndarray | None = None
) -> Iterator[Betweenness]:
    """The estimate as it sharpens, exact or complete last."""
    import numba

    n = graph.n
    exact = n_sources <= 0 or n_sources >= n
    rng = np.random.Generator(np.random.Philox(seed))
    sources = np.arange(n) if exact else rng.choice(n, n_sources, replace=False)
    if n < 3:
        yield Betweenness(np.zeros(n), np.zeros(n), np.full(n, np.nan), n, exact=True)
        return
    n_threads = max(1, numba.get_num_threads())
    sums = _Sums(graph.binary if length is None else _lengths(graph, length), n_threads,
                 weighted=length is not None)  # fmt: skip
    # A source of a large graph takes a fifth of a second; the caller wants to hear more often.
    chunk = max(1, min(_CHUNK, int(4e6 / max(1, graph.n_edges))))
    with ThreadPoolExecutor(n_threads) as threads:
        done = 0
        while done < len(sources):
            batch = sources[done : done + chunk * n_threads].astype(np.int32)
            done += len(batch)
            sums.add(batch, threads)
            yield sums.estimate(done, exact=exact and done == n)


def _lengths(graph: Graph, length: np.ndarray) -> Any:
    """Lengths [pre, post] of the edges that count."""
    there = length > 0
    ends = graph.pre[there], graph.post[there]
    return sparse.csr_array((length[there], ends), shape=(graph.n, graph.n))


class _Sums:
    """Running sums over sources, one array per thread."""

    def __init__(self, matrix: Any, n_threads: int, *, weighted: bool) -> None:
        self.length = matrix.data if weighted else None
        self.indptr = matrix.indptr.astype(np.int32)
        self.indices = matrix.indices.astype(np.int32)
        self.n = matrix.shape[0]
        self.between = np.zeros((n_threads, self.n))
        self.squared = np.zeros((n_threads, self.n))
        self.closeness = np.full(self.n, np.nan)

    def add(self, sources: np.ndarray, threads: ThreadPoolExecutor) -> None:
        from engines.connectome.kernels import brandes, weighted_brandes

        parts = np.array_split(sources, len(self.between))
        reach = np.zeros(len(sources), np.int64)
        steps = np.zeros(len(sources), np.int64 if self.length is None else np.float64)
        starts = np.cumsum([0, *map(len, parts)])

        def work(k: int) -> None:
            here = slice(starts[k], starts[k + 1])
            sums = self.between[k], self.squared[k], reach[here], steps[here]
            if self.length is None:
                brandes.from_sources(self.indptr, self.indices, parts[k], *sums)
                return
            rows = self.indptr, self.indices, self.length
            weighted_brandes.from_sources(*rows, parts[k], *sums)

        list(threads.map(work, range(len(parts))))
        with np.errstate(invalid="ignore", divide="ignore"):
            close = reach / steps * reach / (self.n - 1)
        self.closeness[sources] = np.where(steps > 0, close, 0.0)

    def estimate(self, done: int, *, exact: bool) -> Betweenness:
        between, squared = self.between.sum(axis=0), self.squared.sum(axis=0)
        scale = self.n / done / ((self.n - 1.0) * (self.n - 2.0))
        variance = np.maximum(squared / done - (between / done) ** 2, 0.0)
        # Sources are drawn without replacement, so the error ends at zero.
        left = np.sqrt(max(0.0, 1.0 - done / self.n) * variance / max(done - 1, 1)) * done
        error = np.zeros(self.n) if exact else left * scale
        return Betweenness(between * scale, error, self.closeness.copy(), done, exact)


def pagerank(graph: Graph, damping: float = 0.85, weight: np.ndarray | None = None) -> np.ndarray:
    """float64[neuron] summing to one, weights as transition odds (Brin & Page 1998).

    ``weight`` float64[edge] of zero or more; sizes of the graph's own where left out.
    """
    n = graph.n
    if n == 0:
        return np.zeros(0)
    weight = np.abs(graph.weight) if weight is None else weight
    out = np.bincount(graph.pre, weight, n)
    share = np.divide(weight, out[graph.pre], out=np.zeros(len(weight)), where=weight > 0)
    odds = sparse.csr_array((share, (graph.post, graph.pre)), shape=(n, n))
    rank = np.full(n, 1.0 / n)
    for _ in range(200):
        lost = rank[out == 0].sum()
        fresh = damping * (odds @ rank + lost / n) + (1.0 - damping) / n
        if np.abs(fresh - rank).sum() < 1e-12 * n:
            return fresh
        rank = fresh
    return rank


def lengths_of(weight: np.ndarray, distance: str) -> np.ndarray:
    """float64[edge]: how long an edge is, "1 / weight" or "weight"; 0 where there is no weight."""
    if distance == "weight":
        return weight
    return np.divide(1.0, weight, out=np.zeros(len(weight)), where=weight > 0)


def centralities(
    graph: Graph, local_clustering: np.ndarray, weight: np.ndarray, distance: str = "1 / weight"
) -> dict[str, np.ndarray]:
    """Per-neuron numbers for the table, float64[neuron] each; ``weight`` float64[edge] >= 0."""
    from engines.connectome.measures import prestige

    between = betweenness(graph, n_sources=n_sources_for(graph))
    length = lengths_of(weight, distance)
    n_sources = n_sources_for(graph, _WEIGHTED_EDGES_MAX)
    heavy = betweenness(graph, n_sources=n_sources, length=length)
    eigenvector, eigenvalue = prestige.eigenvector_centrality(graph)
    hub, authority = prestige.hubs_and_authorities(graph)
    return {
        "betweenness": between.value,
        "closeness": between.closeness,
        "weighted betweenness": heavy.value,
        "weighted closeness": heavy.closeness,
        "eigenvector": eigenvector,
        "Katz": prestige.katz_centrality(graph, eigenvalue),
        "PageRank": pagerank(graph, weight=weight),
        "hub": hub,
        "authority": authority,
        "core": prestige.core_numbers(graph).astype(float),
        "clustering": local_clustering,
    }


def n_sources_for(graph: Graph, n_edges_max: float = _EDGES_MAX) -> int:
    """Sources that a few seconds allow; 0, which means all, up to 4,000 neurons.

    With fewer edges to be looked at than ``_EDGES_MAX``, all where that is no more than those.
    """
    within = n_edges_max >= _EDGES_MAX or graph.n * graph.n_edges <= n_edges_max
    if graph.n <= _EXACT_MAX and within:
        return 0
    return int(np.clip(n_edges_max / max(1, graph.n_edges), _SOURCES_MIN, _SOURCES_MAX))
