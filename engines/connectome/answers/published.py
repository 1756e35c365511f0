"""Numbers that others printed, or that follow from closed forms, and how to compute ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from scipy.sparse import csgraph

from engines.connectome.measures.centrality import betweenness
from engines.connectome.measures.counting import component_sizes
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.measured import Measured
from engines.connectome.nulls.measuring import frames_of
from engines.connectome.wiring.catalogue import load
from engines.connectome.wiring.graph import Graph, graph_from_matrix, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import KnownAnswer

VARSHNEY = "Varshney et al. 2011, PLoS Comput Biol 7:e1001066"
ARNATKEVICIUTE = "Arnatkeviciute et al. 2018, PLoS Comput Biol 14:e1005989"
TOWLSON = "Towlson et al. 2013, J Neurosci 33:6380"
MATRIX = "the authors' own matrices (github.com/lrvarshney/elegans)"
REFERENCE = "networkx 3.6 on the same table"


def measured(spec: MeasuresSpec) -> Measured:
    """The measures of a spec."""
    return _measured(spec.to_json())


@lru_cache(maxsize=4)
def _measured(text: str) -> Measured:
    spec = MeasuresSpec.from_json(text)
    *_, last = frames_of(spec)
    assert isinstance(last, Measured)
    return last


def _graph(**fields: Any) -> Graph:
    return graph_of(WiringSpec(**fields))


def _value(name: str) -> float:
    return measured(MeasuresSpec(n_nulls=0)).value(name)


def _strong(**layers: bool) -> float:
    return float(component_sizes(_graph(**layers).binary, strong=True)[0])


def _layer(name: str, what: str) -> float:
    layer = load("varshney2011").layer(name)
    apart = layer.pre != layer.post
    return {
        "edges": float(layer.n_edges),
        "weight": float(layer.weight.sum()),
        "pairs": float(layer.n_pairs),
        "junctions": float(layer.weight[apart].sum() / 2),
        "loops": float(layer.n_self_loops),
    }[what]


def rich_club_names(k: int = 40) -> tuple[str, ...]:
    """Neurons with more than ``k`` different neighbours."""
    graph = _graph()
    names = load("varshney2011").neurons
    return tuple(names[i] for i in graph.members[graph.degree > k])


@lru_cache(maxsize=2)
def _nulls(family: str, n: int) -> Measured:
    return measured(MeasuresSpec(null=family, n_nulls=n))  # type: ignore[arg-type]


def _sigma() -> float:
    return _nulls("directed degree", 1_000).value("sigma")


def _rich_ratio() -> float:
    found = _nulls("undirected degree", 1_000).measures
    return float(found.rich_club[40] / found.rich_mean[40])


def _null_mean(name: str) -> float:
    found = _nulls("directed degree", 1_000).measures
    return float(found.null_mean[found.names.index(name)])


def _gap_components(k: int) -> float:
    sizes = component_sizes(_graph(chemical=False).binary, strong=False)
    return float(np.count_nonzero(sizes == 1) if k < 0 else sizes[k])


HUBS = frozenset({
    *(f"{name}{side}" for name in ("AVA", "AVB", "PVC", "AVE", "AVD", "RIB") for side in "LR"),
    "DVA", "AVKL", "AIBR", "RIGL",
})  # fmt: skip
"""More than 44 connections, both directions counted: Arnatkeviciute et al. 2018."""


def hub_names(k: int = 44) -> frozenset[str]:
    """Neurons with more than ``k`` edges in and out."""
    graph, names = _graph(), load("varshney2011").neurons
    above = graph.in_degree + graph.out_degree > k
    return frozenset(names[i] for i in graph.members[above])


MOST_NEIGHBOURS = (("AVAR", 93), ("AVAL", 92), ("AVBL", 75), ("AVBR", 74))
"""Who has most different neighbours, and how many."""


def _ranked(name: str, rank: int) -> float:
    """Neighbours of the neuron at a rank; nan when that is not ``name``."""
    graph, names = _graph(), load("varshney2011").neurons
    place = np.lexsort((np.arange(graph.n), -graph.degree))[rank]
    right = names[graph.members[place]] == name
    return float(graph.degree[place]) if right else float("nan")


def _n_gap_components() -> float:
    return float(len(component_sizes(_graph(chemical=False).binary, strong=False)))


def _chemical_reciprocity() -> float:
    return measured(MeasuresSpec(n_nulls=0, electrical=False)).value("reciprocity")


def _rich_z() -> float:
    """Score of the rich club at k = 40 against its nulls."""
    return float(_nulls("undirected degree", 1_000).measures.rich_z[40])


def _behind_a_fork() -> float:
    """0 -> 1, 2 -> 3 -> 4, 5: all of 3's pairs, (0, 1, 2) to (4, 5), pass through it."""
    table = np.zeros((6, 6))
    for i, j in ((0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5)):
        table[i, j] = 1.0
    found = betweenness(graph_from_matrix(table)).value
    return float(found[3])


def _missing_betweenness() -> float:
    """A path of d steps passes through d - 1 neurons, so betweenness adds up to all d - 1."""
    graph = graph_of(WiringSpec())
    steps = csgraph.shortest_path(graph.binary, unweighted=True)
    reached = np.isfinite(steps) & (steps > 0)
    inside = float((steps[reached] - 1.0).sum())
    whole = betweenness(graph).value.sum() * (graph.n - 1.0) * (graph.n - 2.0)
    return float(whole / inside - 1.0)


def wiring_answers() -> tuple[KnownAnswer, ...]:
    """Section by section: counts, components, measures, rich club, small world."""
    exact: list[tuple[str, str, float, Callable[[], float]]] = [
        ("neurons", VARSHNEY, 279, partial(_value, "neurons")),
        ("chemical edges", MATRIX, 2_194, partial(_layer, "chemical", "edges")),
        ("chemical synapses", MATRIX, 6_394, partial(_layer, "chemical", "weight")),
        ("gap junction pairs", MATRIX, 514, partial(_layer, "electrical", "pairs")),
        ("gap junctions between neurons", MATRIX, 887, partial(_layer, "electrical", "junctions")),
        ("gap junctions to itself", MATRIX, 3, partial(_layer, "electrical", "loops")),
        ("combined directed edges", ARNATKEVICIUTE, 2_990, partial(_value, "directed edges")),
        ("combined undirected edges", TOWLSON, 2_287, partial(_value, "connected pairs")),
        ("largest strong component, combined", VARSHNEY, 274, _strong),
        ("largest strong component, chemical", VARSHNEY, 237, partial(_strong, electrical=False)),
        ("largest gap junction component", VARSHNEY, 248, partial(_gap_components, 0)),
        ("second gap junction component", VARSHNEY, 3, partial(_gap_components, 1)),
        ("third gap junction component", VARSHNEY, 2, partial(_gap_components, 2)),
        ("gap junction components", VARSHNEY, 29, _n_gap_components),
        ("neurons without a gap junction", VARSHNEY, 26, partial(_gap_components, -1)),
        ("diameter, undirected", REFERENCE, 5, partial(_value, "diameter")),
        ("rich club above degree 40", TOWLSON, 11, lambda: float(len(rich_club_names()))),
        ("hubs above 44 edges", ARNATKEVICIUTE, 16, lambda: float(len(hub_names()))),
        ("hubs above 44 edges of the same names", ARNATKEVICIUTE, 16,
         lambda: float(len(hub_names() & HUBS))),
        *((f"neighbours of {name}, rank {k + 1}", REFERENCE, n, partial(_ranked, name, k))
          for k, (name, n) in enumerate(MOST_NEIGHBOURS)),
    ]  # fmt: skip
    close = [
        ("clustering", "0.337 in Varshney et al.; " + REFERENCE, 0.33713, 5e-6, "clustering"),
        ("transitivity", REFERENCE, 0.21348, 5e-6, "transitivity"),
        ("path length, undirected", "2.44 in print; " + REFERENCE, 2.43563, 5e-6, "path length"),
        ("path length, directed", REFERENCE, 2.87622, 5e-6, "directed path length"),
        ("reciprocity, combined", REFERENCE, 0.4702, 5e-5, "reciprocity"),
        ("density", "2,990 / (279 x 278)", 2_990 / (279 * 278), 1e-12, "density"),
    ]
    drawn = [
        ("sigma, 1,000 directed nulls", "igraph 1.0 rewire on the same table", 1.76, 0.03, _sigma),
        ("clustering of directed nulls", "igraph 1.0 rewire", 0.1676, 0.001,
         partial(_null_mean, "clustering")),
        ("path length of directed nulls", "igraph 1.0 rewire", 2.1301, 0.001,
         partial(_null_mean, "path length")),
        ("normalised rich club at k = 40", TOWLSON, 1.38, 0.05, _rich_ratio),
        ("z of the rich club at k = 40", "another program's 100 nulls of the same table", 3.7, 0.5,
         _rich_z),
        ("reciprocity, chemical", REFERENCE, 0.2124, 5e-5, _chemical_reciprocity),
    ]  # fmt: skip
    paths = [
        ("betweenness of a neuron behind a fork", "closed form: 6 of 5 x 4 pairs", 0.3,
         1e-12, _behind_a_fork),
        ("betweenness of the worm, summed over neurons",
         "closed form: the steps between all pairs, less one", 0.0, 1e-9, _missing_betweenness),
    ]  # fmt: skip
    return (
        *(KnownAnswer(n, s, v, t, f) for n, s, v, t, f in paths),
        *(KnownAnswer(n, s, float(v), 0.0, f) for n, s, v, f in exact),
        *(KnownAnswer(n, s, v, t, partial(_value, m)) for n, s, v, t, m in close),
        *(KnownAnswer(n, s, v, t, f) for n, s, v, t, f in drawn),
    )
