"""Every measure of a wiring with its convention, and why there is none where it is undefined."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from engines.connectome.measures.row import Row
from engines.connectome.measures.signs import non_negative, policy
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.wiring.graph import Graph

_WEIGHTED_MAX = 1_500


def weighted(graph: Graph, spec: MeasuresSpec) -> list[Row]:
    """Measures of how strongly neurons are connected."""
    if graph.n > _WEIGHTED_MAX or graph.n < 2 or not graph.n_edges:
        why = "more than 1,500 neurons" if graph.n > 2 and graph.n_edges else "no edges"
        names = ("weighted clustering", "weighted path length", "weighted efficiency")
        return [Row(name, np.nan, "", why=why) for name in names]
    weight = non_negative(graph, spec.sign)
    sign = policy(graph, spec)
    path, efficiency = weighted_paths(graph, weight, spec.distance)
    said = f"length of an edge = {spec.distance}, directed, {sign}"
    return [
        Row(
            "weighted clustering",
            onnela_clustering(graph, weight),
            f"Onnela 2005, undirected sum, {sign}",
        ),
        Row("weighted path length", path, f"{said}, reachable pairs"),
        Row("weighted efficiency", efficiency, f"{said}, unreachable pairs count 0"),
        Row(
            "strength assortativity",
            strength_assortativity(graph, weight),
            f"out-strength, in-strength, {sign}",
        ),
    ]


def strength(found: Mapping[str, float], graph: Graph, spec: MeasuresSpec) -> list[Row]:
    """Inequality and maximum of strength over neurons, from ``StrengthNulls.values``."""
    how = "so that sums stay" if spec.null == "degrees and strengths" else "by chance"
    dealt = f"{policy(graph, spec)}; nulls: the same weights dealt out {how}"
    forgotten = "directions forgotten; " if spec.null == "undirected degree" else ""
    return [
        Row(name, value, f"{forgotten}{dealt}", why="" if np.isfinite(value) else "no weight")
        for name, value in found.items()
    ]


def weighted_paths(graph: Graph, weight: np.ndarray, distance: str) -> tuple[float, float]:
    """Mean shortest length over reachable ordered pairs, and global efficiency (Dijkstra)."""
    kept = weight > 0
    length = 1.0 / weight[kept] if distance == "1 / weight" else weight[kept]
    shape = (graph.n, graph.n)
    matrix = sparse.csr_array((length, (graph.pre[kept], graph.post[kept])), shape=shape)
    steps = csgraph.dijkstra(matrix)
    np.fill_diagonal(steps, np.inf)
    reached = np.isfinite(steps)
    inverse = np.zeros_like(steps)
    inverse[reached] = 1.0 / steps[reached]
    n_pairs = graph.n * (graph.n - 1)
    mean = float(steps[reached].mean()) if reached.any() else np.nan
    return mean, float(inverse.sum() / n_pairs)


def onnela_clustering(graph: Graph, weight: np.ndarray) -> float:
    """Mean over neurons of the geometric mean weight of triangles (Onnela et al. 2005).

    Weights of both directions are added and divided by the largest sum.
    """
    shape = (graph.n, graph.n)
    one_way = sparse.csr_array((weight, (graph.pre, graph.post)), shape=shape)
    both = (one_way + one_way.T).toarray()
    if both.max() <= 0:
        return float("nan")
    root = np.cbrt(both / both.max())
    degree = np.count_nonzero(both, axis=1)
    triangles = np.einsum("ij,ji->i", root @ root, root)
    pairs = degree * (degree - 1.0)
    return float(np.mean(np.divide(triangles, pairs, out=np.zeros(graph.n), where=pairs > 0)))


def strength_assortativity(graph: Graph, weight: np.ndarray) -> float:
    """Correlation over edges of the sender's out-strength and the receiver's in-strength."""
    out = np.bincount(graph.pre, weight, graph.n)[graph.pre]
    into = np.bincount(graph.post, weight, graph.n)[graph.post]
    if len(out) < 2 or np.ptp(out) == 0 or np.ptp(into) == 0:
        return float("nan")
    return float(np.corrcoef(out, into)[0, 1])
