"""A connectome: named neurons, layers of weighted edges between them, and where they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from engines.contract import InputError

if TYPE_CHECKING:
    import networkx as nx

LAYERS = ("chemical", "electrical", "monoamine", "neuropeptide")
"""What layers are called wherever they come from."""


@dataclass(frozen=True)
class Provenance:
    """Where a connectome comes from; shown beside every number."""

    title: str
    source: str
    licence: str = ""
    counts: str = ""
    caveats: tuple[str, ...] = ()
    synthetic: bool = False
    unit: str = "synapses"
    """What edge weights count."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One kind of connection: int32[edge] ends, float64[edge] weights, at most one edge per pair.

    A symmetric layer holds both directions of every edge and its self-loops once.
    """

    name: str
    pre: np.ndarray
    post: np.ndarray
    weight: np.ndarray
    symmetric: bool = False

    @property
    def n_edges(self) -> int:
        """Directed edges, self-loops among them."""
        return len(self.pre)

    @property
    def n_pairs(self) -> int:
        """Unordered pairs of different neurons."""
        low, high = np.minimum(self.pre, self.post), np.maximum(self.pre, self.post)
        apart = low != high
        return len(np.unique(np.stack([low[apart], high[apart]]), axis=1).T)

    @property
    def n_self_loops(self) -> int:
        """Edges from a neuron to itself."""
        return int(np.count_nonzero(self.pre == self.post))

    def matrix(self, n_neurons: int) -> Any:
        """Weights [pre, post]."""
        shape = (n_neurons, n_neurons)
        return sparse.csr_array((self.weight, (self.pre, self.post)), shape=shape)


@dataclass(frozen=True, eq=False)
class Connectome:
    """Neurons, what is known of each, and layers of edges.

    ``columns`` hold one text per neuron (class, role, transmitter ...), "" where unknown;
    ``position_um`` is float64[neuron, 3], nan where unknown (empty when nothing is known).
    """

    name: str
    neurons: tuple[str, ...]
    layers: tuple[Layer, ...]
    provenance: Provenance
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    position_um: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))

    @property
    def n_neurons(self) -> int:
        """How many neurons, those without an edge included."""
        return len(self.neurons)

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each neuron by its name."""
        return {name: k for k, name in enumerate(self.neurons)}

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Names of the layers there are."""
        return tuple(layer.name for layer in self.layers)

    def layer(self, name: str) -> Layer:
        """The layer of this name; InputError names those there are."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        there = ", ".join(self.layer_names) or "none"
        raise InputError(f"{self.name} has no {name} layer; there are: {there}")

    def column(self, name: str) -> tuple[str, ...]:
        """A column of texts, empty ones where nothing is known."""
        return self.columns.get(name) or ("",) * self.n_neurons

    @cached_property
    def digest(self) -> str:
        """SHA-256 of names and edges: equal wiring, equal digest."""
        hashed = hashlib.sha256("\0".join(self.neurons).encode())
        for layer in self.layers:
            hashed.update(layer.name.encode())
            for array in (layer.pre, layer.post, layer.weight):
                hashed.update(np.ascontiguousarray(array).tobytes())
        return hashed.hexdigest()

    def to_networkx(self, layers: Sequence[str] = ()) -> nx.MultiDiGraph:
        """A networkx graph, one edge per layer and direction, with ``weight`` and ``layer``."""
        import networkx as nx

        made = nx.MultiDiGraph(name=self.name, source=self.provenance.source)
        for k, name in enumerate(self.neurons):
            known = {key: values[k] for key, values in self.columns.items() if values[k]}
            made.add_node(name, **known)
        for layer in self.layers:
            if layers and layer.name not in layers:
                continue
            for i, j, w in zip(layer.pre, layer.post, layer.weight, strict=True):
                made.add_edge(self.neurons[i], self.neurons[j], weight=float(w), layer=layer.name)
        return made


def layer_from_edges(
    name: str,
    pre: np.ndarray,
    post: np.ndarray,
    weight: np.ndarray,
    *,
    symmetric: bool = False,
    combine: str = "sum",
) -> Layer:
    """A layer from edges in any order; parallel edges are combined by sum or max.

    A symmetric layer gets the other direction of edges that were listed in one; where both
    directions were listed, the larger weight stands for both.
    """
    pre, post = np.asarray(pre, np.int64), np.asarray(post, np.int64)
    weight = np.asarray(weight, np.float64)
    pre, post, weight = _combined(pre, post, weight, combine)
    if symmetric:
        both = np.concatenate([pre, post]), np.concatenate([post, pre]), np.tile(weight, 2)
        pre, post, weight = _combined(*both, "max")
    return Layer(name, pre.astype(np.int32), post.astype(np.int32), weight, symmetric)


def _combined(
    pre: np.ndarray, post: np.ndarray, weight: np.ndarray, combine: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if not len(pre):
        return pre, post, weight
    base = int(max(pre.max(), post.max())) + 1
    if combine == "sum":
        # Counting by rows is three times as fast as sorting pairs.
        rows: Any = sparse.csr_array((weight, (pre, post)), shape=(base, base))
        rows.sum_duplicates()
        return np.repeat(np.arange(base), np.diff(rows.indptr)), rows.indices, rows.data
    keys = pre * base + post
    if np.all(keys[1:] > keys[:-1]):
        return pre, post, weight
    order = np.argsort(keys, kind="stable")
    keys, weight = keys[order], weight[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[first] // base, keys[first] % base, np.maximum.reduceat(weight, first)
