"""Parts of a wiring: some of its neurons, one node per class, the largest component alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from scipy.sparse import csgraph

from engines.connectome.wiring import selection
from engines.connectome.wiring.connectome import Connectome, Layer, layer_from_edges
from engines.contract import InputError

Node = Literal["neuron", "class", "role", "transmitter"]
Component = Literal["all", "largest", "largest strong"]
_SHOWN = 4
"""Different values of a column that a node of many neurons still shows."""


def only(connectome: Connectome, query: str) -> Connectome:
    """The neurons that a query names, in their order, and the edges among them.

    Raises:
        InputError: the query fits nothing, or fewer than two neurons.
    """
    kept = selection.neurons(connectome, query)
    if len(kept) < 2:
        raise InputError(f"{query!r} leaves {len(kept)} neuron; a wiring needs two, so name more")
    place = np.full(connectome.n_neurons, -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    positions = connectome.position_um
    return replace(
        connectome,
        neurons=tuple(connectome.neurons[k] for k in kept),
        layers=tuple(_among(layer, place) for layer in connectome.layers),
        columns={n: tuple(v[k] for k in kept) for n, v in connectome.columns.items()},
        position_um=positions[kept] if len(positions) else positions,
    )


def _among(layer: Layer, place: np.ndarray) -> Layer:
    pre, post = place[layer.pre], place[layer.post]
    inside = (pre >= 0) & (post >= 0)
    return replace(layer, pre=pre[inside], post=post[inside], weight=layer.weight[inside])


def grouped(connectome: Connectome, by: Node) -> Connectome:
    """One node per value of a column; neurons without one stay nodes of their own.

    Weights between two groups are added; edges inside a group become its self-loop. Columns hold
    what the neurons of a node have in common, or their values joined by "+" where they are few.

    Raises:
        InputError: nothing is known of any neuron in that column.
    """
    if by == "neuron":
        return connectome
    values = connectome.column(by)
    if not any(values):
        raise InputError(
            f"{connectome.name} names no {by} of any neuron; choose One node per neuron"
        )
    named = [value or name for value, name in zip(values, connectome.neurons, strict=True)]
    names = tuple(dict.fromkeys(named))
    group = np.array([names.index(n) for n in named], np.int32)
    members = [np.flatnonzero(group == g) for g in range(len(names))]
    columns = {
        name: tuple(_common([texts[k] for k in those]) for those in members)
        for name, texts in connectome.columns.items()
    }
    said = f"One node per {by}: weights are added, edges inside one are its self-loop."
    where = connectome.provenance
    return replace(
        connectome,
        neurons=names,
        layers=tuple(_summed(layer, group) for layer in connectome.layers),
        columns={**columns, "neurons": tuple(str(len(those)) for those in members)},
        position_um=_centres(connectome.position_um, members),
        provenance=replace(where, caveats=(said, *where.caveats)),
    )


def _common(texts: Sequence[str]) -> str:
    there = sorted({text for text in texts if text})
    return " + ".join(there) if len(there) <= _SHOWN else ""


def _summed(layer: Layer, group: np.ndarray) -> Layer:
    """Edges between groups; what a symmetric layer holds twice inside a group counts once."""
    pre, post = group[layer.pre], group[layer.post]
    twice = layer.symmetric & (pre == post) & (layer.pre != layer.post)
    made = layer_from_edges(layer.name, pre, post, np.where(twice, 0.5, 1.0) * layer.weight)
    return replace(made, symmetric=layer.symmetric)


def _centres(position_um: np.ndarray, members: Sequence[np.ndarray]) -> np.ndarray:
    """float64[node, 3]: means of the places that are known, nan without any."""
    if not len(position_um):
        return position_um
    made = np.full((len(members), 3), np.nan)
    for k, those in enumerate(members):
        known = position_um[those][np.isfinite(position_um[those]).all(axis=1)]
        if len(known):
            made[k] = known.mean(axis=0)
    return made


def in_component(edges: Any, which: Component) -> np.ndarray:
    """bool[neuron]: who is in the largest component of edges [pre, post]; of equals the first."""
    n = edges.shape[0]
    if which == "all" or not n:
        return np.ones(n, bool)
    connection = "strong" if which == "largest strong" else "weak"
    _, label = csgraph.connected_components(edges, connection=connection)
    size = np.bincount(label)
    # Labels follow the search; the first neuron of a component decides between equal ones.
    return label == label[np.argmax(size[label] == size.max())]
