"""Ways from one neuron to another: all shortest, the k shortest, and the hops around a neuron."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np
from scipy.sparse import csgraph

from engines.connectome.measures.spec import PathSpec
from engines.connectome.wiring.graph import Graph, connectome_of, graph_of
from engines.contract import InputError, Result
from engines.contract.pictures import Picture, Table


@dataclass(frozen=True, eq=False)
class Paths(Result):
    """Routes between two neurons, as places in the connectome.

    ``columns`` are the neurons of all routes by their step from the source; ``edges`` float64
    [edge, 3] are pre, post and weight; ``n_shortest`` counts all shortest paths, shown or not.
    """

    spec: PathSpec
    source: int
    target: int
    n_shortest: int
    n_steps: int
    """Edges on a shortest path; -1 where the target is out of reach."""
    routes: tuple[tuple[int, ...], ...]
    lengths: np.ndarray
    """float64[route]: steps, or summed 1 / weight for weighted routes."""
    weights: np.ndarray
    """float64[route]: weights summed along the route."""
    weakest: np.ndarray
    """float64[route]: the smallest weight on the route."""
    columns: tuple[tuple[int, ...], ...]
    edges: np.ndarray
    names: tuple[tuple[str, ...], ...]

    def pictures(self) -> tuple[Picture, ...]:
        """The routes as a table."""
        columns = {
            "route": tuple(" > ".join(route) for route in self.names),
            "steps": np.array([len(route) - 1 for route in self.routes]),
            "length": self.lengths,
            "weight along it": self.weights,
            "weakest edge": self.weakest,
        }
        return (Table(f"{self.n_shortest:,} shortest paths of {self.n_steps} steps", columns),)


def hops(graph: Graph, centre: int, direction: str = "both") -> np.ndarray:
    """int64[member]: steps from a member along "out", "in" or "both"; -1 out of reach."""
    matrix = {"out": graph.binary, "in": graph.binary.T, "both": graph.undirected}[direction]
    steps = csgraph.shortest_path(matrix, unweighted=True, indices=centre)
    return np.where(np.isfinite(steps), steps, -1).astype(np.int64)


def shortest_dag(graph: Graph, source: int, target: int) -> tuple[int, int, np.ndarray]:
    """Steps, number of shortest paths, and int64 edge numbers that lie on any of them."""
    ahead, behind = hops(graph, source, "out"), hops(graph, target, "in")
    n_steps = int(ahead[target])
    if n_steps < 0:
        return -1, 0, np.zeros(0, np.int64)
    reach = (ahead[graph.pre] >= 0) & (behind[graph.post] >= 0)
    on = np.flatnonzero(reach & (ahead[graph.pre] + 1 + behind[graph.post] == n_steps))
    ways: dict[int, int] = {source: 1}  # counts may outgrow 64 bits
    for e in on[np.argsort(ahead[graph.pre[on]], kind="stable")].tolist():
        i, j = int(graph.pre[e]), int(graph.post[e])
        ways[j] = ways.get(j, 0) + ways.get(i, 0)
    return n_steps, ways.get(target, 0) if n_steps else 1, on


def k_shortest(
    graph: Graph, source: int, target: int, k: int, *, weighted: bool = False
) -> list[tuple[int, ...]]:
    """The k shortest simple paths (Yen 1971, by networkx): fewest steps or smallest sum of 1/w."""
    import networkx as nx

    made = nx.DiGraph()
    length = 1.0 / np.maximum(np.abs(graph.weight), 1e-12)
    made.add_nodes_from(range(graph.n))
    made.add_weighted_edges_from(
        zip(graph.pre.tolist(), graph.post.tolist(), length.tolist(), strict=True)
    )
    found = nx.shortest_simple_paths(made, source, target, "weight" if weighted else None)
    try:
        return [tuple(route) for route in islice(found, k)]
    except nx.NetworkXNoPath:
        return []


def paths_of(spec: PathSpec) -> Paths:
    """Everything between two neurons; a lesioned end or no way gives an empty answer."""
    connectome, graph = connectome_of(spec.wiring), graph_of(spec.wiring)
    ends = [spec.source, spec.target]
    if max(ends) >= connectome.n_neurons:
        raise InputError(f"there are {connectome.n_neurons:,} neurons; choose both ends among them")
    place = np.full(connectome.n_neurons, -1)
    place[graph.members] = np.arange(graph.n)
    source, target = place[spec.source], place[spec.target]
    if min(source, target) < 0 or source == target:
        return _answer(spec, graph, -1, 0, [])
    n_steps, n_shortest, _ = shortest_dag(graph, int(source), int(target))
    routes = []
    if n_steps > 0:
        routes = k_shortest(graph, int(source), int(target), spec.k, weighted=spec.weighted)
    return _answer(spec, graph, n_steps, n_shortest, routes)


def _answer(
    spec: PathSpec, graph: Graph, n_steps: int, n_shortest: int, routes: list[tuple[int, ...]]
) -> Paths:
    names = connectome_of(spec.wiring).neurons
    weights = [np.array([graph.directed[i, j] for i, j in pairwise(r)]) for r in routes]
    steps = [float(np.sum(1.0 / np.abs(w))) if spec.weighted else float(len(w)) for w in weights]
    step: dict[int, int] = {}
    edges: dict[tuple[int, int], float] = {}
    for route, along in zip(routes, weights, strict=True):
        for at, member in enumerate(route):
            step[member] = max(step.get(member, 0), at)
        edges.update(zip(pairwise(route), along.tolist(), strict=True))
    columns = [
        [m for m, s in step.items() if s == at] for at in range(max(step.values(), default=-1) + 1)
    ]
    placed = graph.members.tolist()
    return Paths(
        spec=spec,
        source=spec.source,
        target=spec.target,
        n_shortest=min(n_shortest, 2**53),
        n_steps=n_steps,
        routes=tuple(tuple(placed[m] for m in route) for route in routes),
        lengths=np.array(steps),
        weights=np.array([w.sum() for w in weights]),
        weakest=np.array([np.abs(w).min() for w in weights]),
        columns=tuple(tuple(placed[m] for m in column) for column in columns if column),
        edges=np.array([(placed[i], placed[j], w) for (i, j), w in edges.items()]).reshape(-1, 3),
        names=tuple(tuple(names[placed[m]] for m in route) for route in routes),
    )
