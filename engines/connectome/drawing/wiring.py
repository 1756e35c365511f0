"""A wiring ready to be drawn: edges by layer, drawings, orders, what is known of each neuron."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.connectome.drawing import layouts
from engines.connectome.drawing.spec import LayoutSpec
from engines.connectome.wiring import celegans
from engines.connectome.wiring.connectome import LAYERS, Connectome, Provenance
from engines.connectome.wiring.graph import connectome_of, graph_of, lesions_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError, Result

DRAWN_MAX = 12_000
"""Neurons that a browser is asked to draw."""
ORDERS = ("class", "community", "position", "degree", "name")


@dataclass(frozen=True, eq=False)
class Drawing(Result):
    """Where neurons are drawn and how they are ordered; it does not change with a lesion.

    ``layouts`` float32[neuron, 2] in the unit square; ``orders`` int32[neuron], first neuron
    first; ``community`` int32[neuron]; skeleton arrays are empty where nobody traced neurites.
    """

    spec: LayoutSpec
    layouts: Mapping[str, np.ndarray]
    orders: Mapping[str, np.ndarray]
    community: np.ndarray
    segment_neuron: np.ndarray
    segment_um: np.ndarray
    """float32[segment, 6]: x, y, z of both ends in micrometres."""


@dataclass(frozen=True, eq=False)
class Wiring(Result):
    """Neurons and edges as they are shown; lesioned ones are marked, not missing.

    So are those ``outside`` the component that is kept; who *Only these* leaves out is not there.

    Edges are int32 ``pre``, ``post`` and uint8 ``layer`` (index into ``layer_names``), float32
    ``weight``; ``cut`` bool[edge] marks those a lesion or the threshold takes away.
    """

    spec: WiringSpec
    name: str
    neurons: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    position_um: np.ndarray
    provenance: Provenance
    layer_names: tuple[str, ...]
    pre: np.ndarray
    post: np.ndarray
    weight: np.ndarray
    layer: np.ndarray
    cut: np.ndarray
    lesioned: np.ndarray
    outside: np.ndarray
    """bool[neuron]: not in the component that is kept."""
    in_degree: np.ndarray
    out_degree: np.ndarray
    in_strength: np.ndarray
    out_strength: np.ndarray
    n_edges: int
    """Directed pairs after joining the layers, self-loops left out."""
    n_pairs: int
    """Unordered pairs."""

    @property
    def n_neurons(self) -> int:
        """All neurons, lesioned ones too."""
        return len(self.neurons)

    @property
    def n_left(self) -> int:
        """Neurons without a lesion, in the component that is kept."""
        return int(np.count_nonzero(~(self.lesioned | self.outside)))


def wiring_of(spec: WiringSpec) -> Wiring:
    """Everything a page shows of a wiring but its drawings."""
    connectome = connectome_of(spec)
    if connectome.n_neurons > DRAWN_MAX:
        raise InputError(
            f"{connectome.n_neurons:,} neurons are too many to be drawn one by one; open Fly size, "
            "which draws them as pixels"
        )
    graph = graph_of(spec)
    lesioned, _ = lesions_of(spec)
    outside = ~lesioned
    outside[graph.members] = False
    shown = [
        (k, layer)
        for k, layer in enumerate(connectome.layers)
        if layer.name in spec.layers or layer.name not in LAYERS
    ]
    pre = _joined([layer.pre for _, layer in shown], np.int32)
    post = _joined([layer.post for _, layer in shown], np.int32)
    kept = _kept(connectome.n_neurons, graph.members[graph.pre], graph.members[graph.post])
    cut = ~np.isin(pre.astype(np.int64) * connectome.n_neurons + post, kept)
    cut[pre == post] = (lesioned | outside)[pre[pre == post]]

    def placed(values: np.ndarray) -> np.ndarray:
        full = np.zeros(connectome.n_neurons)
        full[graph.members] = values
        return full

    return Wiring(
        spec=spec,
        name=connectome.name,
        neurons=connectome.neurons,
        columns=dict(connectome.columns),
        position_um=connectome.position_um,
        provenance=connectome.provenance,
        layer_names=connectome.layer_names,
        pre=pre,
        post=post,
        weight=_joined([layer.weight for _, layer in shown], np.float32),
        layer=_joined([np.full(layer.n_edges, k) for k, layer in shown], np.uint8),
        cut=cut,
        lesioned=lesioned,
        outside=outside,
        in_degree=placed(graph.in_degree),
        out_degree=placed(graph.out_degree),
        in_strength=placed(graph.in_strength),
        out_strength=placed(graph.out_strength),
        n_edges=graph.n_edges,
        n_pairs=int(graph.undirected.nnz // 2),
    )


def _joined(arrays: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate([np.zeros(0, kind), *arrays]).astype(kind)


def _kept(n: int, pre: np.ndarray, post: np.ndarray) -> np.ndarray:
    return pre.astype(np.int64) * n + post


def drawing_of(spec: LayoutSpec) -> Drawing:
    """Drawings and orders of the whole wiring: lesions do not move what is left."""
    whole = spec.wiring.replace(lesion="", lesion_fraction=0.0, component="all")
    connectome, graph = connectome_of(whole), graph_of(whole)
    community = communities(graph.undirected, graph.directed, spec.seed)
    degree = graph.in_degree + graph.out_degree
    orders = _orders(connectome, community, degree)
    neuron, ends = _skeleton(connectome)
    return Drawing(
        spec=spec,
        layouts=layouts.layouts(connectome, graph.directed, orders["class"], spec.seed),
        orders=orders,
        community=community,
        segment_neuron=neuron,
        segment_um=ends,
    )


def communities(undirected: Any, weights: Any, seed: int) -> np.ndarray:
    """int32[neuron], largest community 0: Louvain on the undirected binary graph (networkx)."""
    import networkx as nx

    del weights
    if undirected.shape[0] > 1_500 or not undirected.nnz:
        return np.zeros(undirected.shape[0], np.int32)
    found = nx.community.louvain_communities(nx.from_scipy_sparse_array(undirected), seed=seed)
    label = np.zeros(undirected.shape[0], np.int32)
    for k, members in enumerate(sorted(found, key=lambda c: (-len(c), min(c)))):
        label[list(members)] = k
    return label


def _orders(
    connectome: Connectome, community: np.ndarray, degree: np.ndarray
) -> dict[str, np.ndarray]:
    names, classes = connectome.neurons, connectome.column("class")
    roles = connectome.column("role")
    places = range(connectome.n_neurons)
    rank = {"sensory": 0, "input": 0, "polymodal": 1, "interneuron": 2, "inter": 2, "motor": 3}
    by_class = sorted(
        places,
        key=lambda k: (rank.get(roles[k], 4), roles[k], classes[k] == "", classes[k], names[k]),
    )
    orders = {
        "class": by_class,
        "community": sorted(places, key=lambda k: (community[k], -degree[k], names[k])),
        "degree": sorted(places, key=lambda k: (-degree[k], names[k])),
        "name": sorted(places, key=lambda k: names[k]),
    }
    if np.isfinite(connectome.position_um).any():
        along = np.nan_to_num(connectome.position_um[:, 1], nan=np.inf)
        orders["position"] = sorted(places, key=lambda k: (along[k], names[k]))
    return {name: np.array(order, np.int32) for name, order in orders.items()}


def _skeleton(connectome: Connectome) -> tuple[np.ndarray, np.ndarray]:
    if not len(connectome.position_um):
        return np.zeros(0, np.int32), np.zeros((0, 6), np.float32)
    stored = celegans.skeletons()
    place = np.array([connectome.index.get(n, -1) for n in stored["names"]], np.int32)
    neuron = place[stored["neuron"]]
    here = neuron >= 0
    ends = np.concatenate([stored["proximal_um"], stored["distal_um"]], axis=1)
    return neuron[here], ends[here].astype(np.float32)
