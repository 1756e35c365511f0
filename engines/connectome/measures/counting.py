"""How many neurons, edges and components there are."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csgraph

from engines.connectome.measures.row import Row
from engines.connectome.measures.signs import non_negative, policy
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.wiring.graph import Graph


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
    total = float(non_negative(graph, spec.sign).sum())
    density = m / possible if possible else np.nan
    return [
        Row("neurons", n, "lesioned ones left out"),
        Row("directed edges", m, with_loops),
        Row("connected pairs", graph.undirected.nnz // 2, "either direction"),
        Row("total weight", total, f"without self-loops, {policy(graph, spec)}"),
        Row("density", density, with_loops, why=_few(n)),
        Row("weak components", len(weak), "isolated neurons count"),
        Row("largest weak component", int(weak[0]) if n else 0, "neurons"),
        Row("strong components", len(strong), "isolated neurons count"),
        Row("largest strong component", int(strong[0]) if n else 0, "neurons"),
    ]


def _few(n: int) -> str:
    return "" if n > 1 else "fewer than two neurons"
