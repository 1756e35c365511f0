"""Every measure of a wiring with its convention, and why there is none where it is undefined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from engines.connectome.drawing_nulls import N_SOURCES
from engines.connectome.graph import Graph
from engines.connectome.nulls import Numbers
from engines.connectome.spec import MeasuresSpec
from engines.contract import InputError

_WEIGHTED_MAX = 1_500


@dataclass(frozen=True)
class Row:
    """One measured number."""

    name: str
    value: float
    convention: str
    column: int = -1
    """Its column among the nulls' numbers; -1 for one that no null is drawn for."""
    why: str = ""
    """Why there is no value."""


def component_sizes(matrix: Any, *, strong: bool) -> np.ndarray:
    """int64 sizes, largest first, of strongly or weakly connected components."""
    if matrix.shape[0] == 0:
        return np.zeros(0, np.int64)
    kind = "strong" if strong else "weak"
    _, label = csgraph.connected_components(matrix, directed=True, connection=kind)
    return np.sort(np.bincount(label))[::-1]


def counts(graph: Graph, spec: MeasuresSpec) -> list[Row]:
    """Neurons, edges, density, components."""
    loops = graph.loops if spec.self_loops == "counted" else 0
    with_loops = "self-loops counted" if loops else "self-loops left out"
    n, m = graph.n, graph.n_edges + loops
    possible = n * (n - 1) + (n if spec.self_loops == "counted" else 0)
    weak = component_sizes(graph.binary, strong=False)
    strong = component_sizes(graph.binary, strong=True)
    density = m / possible if possible else np.nan
    return [
        Row("neurons", n, "lesioned ones left out"),
        Row("directed edges", m, with_loops),
        Row("connected pairs", graph.undirected.nnz // 2, "either direction"),
        Row("total weight", float(graph.weight.sum()), "without self-loops"),
        Row("density", density, with_loops, why=_few(n)),
        Row("weak components", len(weak), "isolated neurons count"),
        Row("largest weak component", int(weak[0]) if n else 0, "neurons"),
        Row("strong components", len(strong), "isolated neurons count"),
        Row("largest strong component", int(strong[0]) if n else 0, "neurons"),
    ]


def _few(n: int) -> str:
    return "" if n > 1 else "fewer than two neurons"


def binary(numbers: Numbers, spec: MeasuresSpec) -> list[Row]:
    """Measures of who is connected, from the numbers of the kernels."""
    row = numbers.columns[0]
    small = f"below two neighbours {spec.small_degree}"
    reach, reach_directed = (_pairs(row[k]) for k in (11, 12))
    names = [
        ("clustering", 1, f"undirected, {small}"),
        ("transitivity", 2, "undirected"),
        ("path length", 3, f"undirected, {reach}"),
        ("directed path length", 4, reach_directed),
        ("diameter", 10, "undirected, longest finite distance"),
        ("efficiency", 5, "undirected, unreachable pairs count 0"),
        ("directed efficiency", 6, "unreachable pairs count 0"),
        ("reciprocity", 0, "share of edges with an edge back"),
        ("degree assortativity", 7, "undirected"),
        ("out-in assortativity", 8, "out-degree of sender, in-degree of receiver"),
    ]
    if spec.null == "undirected degree":
        # The null knows no direction, so neither may what is held against it.
        names = [(name, k, f"directions forgotten; {said}") for name, k, said in names]
    return [
        Row(name, float(row[k]), said, k, "" if np.isfinite(row[k]) else _why(name))
        for name, k, said in names
    ]


def _pairs(n_reached: float) -> str:
    """What a mean of paths is taken over."""
    if np.isnan(n_reached):
        return f"from {N_SOURCES} sampled neurons, the same in all nulls"
    return f"over {n_reached:,.0f} reachable ordered pairs"


def _why(name: str) -> str:
    if name == "diameter":
        return "paths of more than 6,000 neurons start from a sample, which knows no longest"
    if "assortativity" in name:
        return "all degrees at the edges are equal, or there is no edge"
    if "path" in name:
        return "no neuron reaches another"
    return "no edge, or no neuron with two neighbours"


def non_negative(graph: Graph, sign: str) -> np.ndarray:
    """float64[edge]: weights as the sign policy has them; InputError where it refuses."""
    if not np.any(graph.weight < 0):
        return graph.weight
    n_negative = int(np.count_nonzero(graph.weight < 0))
    match sign:
        case "absolute":
            return np.abs(graph.weight)
        case "left out":
            return np.maximum(graph.weight, 0.0)
        case _:
            raise InputError(
                f"{n_negative:,} weights are negative and weighted measures need zero or more; set "
                "Negative weights to absolute or left out"
            )


def weighted(graph: Graph, spec: MeasuresSpec) -> list[Row]:
    """Measures of how strongly neurons are connected."""
    if graph.n > _WEIGHTED_MAX or graph.n < 2 or not graph.n_edges:
        why = "more than 1,500 neurons" if graph.n > 2 and graph.n_edges else "no edges"
        names = ("weighted clustering", "weighted path length", "weighted efficiency")
        return [Row(name, np.nan, "", why=why) for name in names]
    weight = non_negative(graph, spec.sign)
    policy = f"negative weights {spec.sign}" if np.any(graph.weight < 0) else "all weights positive"
    path, efficiency = weighted_paths(graph, weight, spec.distance)
    said = f"length of an edge = {spec.distance}, directed, {policy}"
    return [
        Row(
            "weighted clustering",
            onnela_clustering(graph, weight),
            f"Onnela 2005, undirected sum, {policy}",
        ),
        Row("weighted path length", path, f"{said}, reachable pairs"),
        Row("weighted efficiency", efficiency, f"{said}, unreachable pairs count 0"),
        Row(
            "strength assortativity",
            strength_assortativity(graph, weight),
            f"out-strength, in-strength, {policy}",
        ),
    ]


def strength(found: Mapping[str, float], spec: MeasuresSpec) -> list[Row]:
    """Inequality and maximum of strength over neurons, from ``StrengthNulls.values``."""
    dealt = "nulls: the same weights dealt out by chance"
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


def small_world(
    real: np.ndarray, nulls: np.ndarray, lattice_clustering: float, clustering: float | None = None
) -> dict[str, float]:
    """Sigma (Humphries & Gurney 2008) and omega (Telesford et al. 2011) from rows of numbers.

    ``clustering`` is the wiring's as the lattice's is computed, where it is not ``real``'s.
    """
    mean = nulls.mean(axis=0)
    mine = real[1] if clustering is None else clustering
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = (real[1] / mean[1]) / (real[3] / mean[3])
        omega = mean[3] / real[3] - np.float64(mine) / lattice_clustering
    return {"sigma": float(sigma), "omega": float(omega)}
