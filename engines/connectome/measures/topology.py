"""Measures of who is connected, whatever the weights."""

from __future__ import annotations

import numpy as np

from engines.connectome.measures.numbers import N_SOURCES, Numbers
from engines.connectome.measures.row import Row
from engines.connectome.measures.spec import MeasuresSpec


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
