"""Centralities that neurons lend each other: eigenvector, Katz, hubs and authorities, k-cores."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.connectome.wiring.graph import Graph

_ROUNDS = 5_000
_TOLERANCE = 1e-12
KATZ_SHARE = 0.5
"""Katz's attenuation, as a share of the largest for which the sum of all walks is finite."""


def _settled(step: Any, start: np.ndarray) -> np.ndarray:
    """The direction that ``step`` no longer turns, of length one; nan when there is none."""
    x = start / max(np.linalg.norm(start), 1e-300)
    for _ in range(_ROUNDS):
        fresh = step(x)
        length = np.linalg.norm(fresh)
        if length <= 1e-300:
            break
        fresh = fresh / length
        if np.abs(fresh - x).sum() < _TOLERANCE * len(x):
            return fresh
        x = fresh
    return np.full(len(start), np.nan)


def eigenvector_centrality(graph: Graph) -> tuple[np.ndarray, float]:
    """float64[neuron] of length one and its eigenvalue (Bonacich 1987), edges unweighted.

    A neuron is central when central neurons send to it. Graphs without a cycle have none: nan.
    """
    from scipy.sparse import csgraph

    n = graph.n
    if n == 0:
        return np.zeros(0), float("nan")
    n_strong, _ = csgraph.connected_components(graph.binary, connection="strong")
    if n_strong == n:
        return np.full(n, np.nan), 0.0
    heard: Any = graph.binary.T.tocsr()
    # Adding x itself changes no eigenvector and lets networks of even cycles settle.
    found = _settled(lambda x: heard @ x + x, np.ones(n))
    return found, float(np.linalg.norm(heard @ found))


def katz_centrality(graph: Graph, eigenvalue: float) -> np.ndarray:
    """float64[neuron] of length one: walks that end at a neuron, each step counting less.

    The attenuation is ``KATZ_SHARE`` / ``eigenvalue`` (Katz 1953), or its share alone without a
    cycle.
    """
    heard: Any = graph.binary.T.tocsr()
    alpha = KATZ_SHARE / eigenvalue if eigenvalue > 0 else KATZ_SHARE
    x = np.ones(graph.n)
    for _ in range(_ROUNDS):
        fresh = alpha * (heard @ x) + 1.0
        change = np.abs(fresh - x).sum()
        x = fresh
        if change < _TOLERANCE * max(1, graph.n):
            break
    return x / max(np.linalg.norm(x), 1e-300)


def hubs_and_authorities(graph: Graph) -> tuple[np.ndarray, np.ndarray]:
    """float64[neuron] each, summing to one: who sends to those most heard, and who is heard.

    Kleinberg 1999; edges unweighted.
    """
    n = graph.n
    if not graph.n_edges:
        return np.full(n, np.nan), np.full(n, np.nan)
    sends: Any = graph.binary
    heard: Any = graph.binary.T.tocsr()
    authority = _settled(lambda x: heard @ (sends @ x), np.ones(n))
    hub = sends @ authority
    return hub / hub.sum(), authority / authority.sum()


def core_numbers(graph: Graph) -> np.ndarray:
    """int64[neuron]: the k-core each is in, directions forgotten (Seidman 1983)."""
    from engines.connectome.kernels import cores

    rows = graph.undirected
    return cores.core_numbers(rows.indptr.astype(np.int64), rows.indices.astype(np.int32))
