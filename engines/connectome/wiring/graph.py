"""The graph that is measured: layers joined, thresholded and lesioned, as sorted arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from engines.connectome.wiring import kept, parts, selection
from engines.connectome.wiring.catalogue import DatasetName, load
from engines.connectome.wiring.connectome import LAYERS, Connectome
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError


@dataclass(frozen=True, eq=False)
class Graph:
    """Directed weighted edges between the neurons that are left, at most one per ordered pair.

    ``members`` int64[neuron] are the places of its neurons in the connectome; ``pre`` and ``post``
    int32[edge] count among the members; self-loops are kept apart in ``loops``.
    """

    members: np.ndarray
    pre: np.ndarray
    post: np.ndarray
    weight: np.ndarray
    loops: int = 0

    @property
    def n(self) -> int:
        """Neurons that are left."""
        return len(self.members)

    @property
    def n_edges(self) -> int:
        """Directed edges without self-loops."""
        return len(self.pre)

    @cached_property
    def directed(self) -> Any:
        """float64 weights [pre, post]."""
        return sparse.csr_array((self.weight, (self.pre, self.post)), shape=(self.n, self.n))

    @cached_property
    def binary(self) -> Any:
        """Ones [pre, post]."""
        ones = np.ones(self.n_edges)
        return sparse.csr_array((ones, (self.pre, self.post)), shape=(self.n, self.n))

    @cached_property
    def undirected(self) -> Any:
        """Ones where either direction is connected."""
        return sparse.csr_array((self.binary + self.binary.T) > 0, dtype=np.float64)

    @cached_property
    def in_degree(self) -> np.ndarray:
        """int64[neuron] of incoming edges."""
        return np.bincount(self.post, minlength=self.n)

    @cached_property
    def out_degree(self) -> np.ndarray:
        """int64[neuron] of outgoing edges."""
        return np.bincount(self.pre, minlength=self.n)

    @cached_property
    def in_strength(self) -> np.ndarray:
        """float64[neuron], sizes of the weights of incoming edges, inhibition counted as any."""
        return np.bincount(self.post, np.abs(self.weight), self.n)

    @cached_property
    def out_strength(self) -> np.ndarray:
        """float64[neuron], sizes of the weights of outgoing edges."""
        return np.bincount(self.pre, np.abs(self.weight), self.n)

    @cached_property
    def degree(self) -> np.ndarray:
        """int64[neuron] of different neighbours, either direction."""
        return np.diff(self.undirected.indptr).astype(np.int64)


def connectome_of(spec: WiringSpec) -> Connectome:
    """The dataset, or the imported connectome, that a spec names, as its filter leaves it."""
    if not spec.only and spec.node == "neuron":
        return _named(spec.own, spec.dataset)
    return _filtered(spec.own, spec.dataset, spec.only, spec.node)


def _named(own: str, dataset: DatasetName) -> Connectome:
    return kept.load_own(own) if own else load(dataset)


@lru_cache(maxsize=8)
def _filtered(own: str, dataset: DatasetName, only: str, node: parts.Node) -> Connectome:
    whole = _named(own, dataset)
    return parts.grouped(parts.only(whole, only) if only else whole, node)


def lesions_of(spec: WiringSpec) -> tuple[np.ndarray, np.ndarray]:
    """bool[neuron] of lesioned neurons and int64[edge, 2] of cut edges."""
    connectome = connectome_of(spec)
    named, edges = selection.lesion(connectome, spec.lesion)
    lesioned = np.zeros(connectome.n_neurons, bool)
    lesioned[named] = True
    if spec.lesion_fraction:
        rng = np.random.Generator(np.random.Philox(spec.lesion_seed))
        n_drawn = round(spec.lesion_fraction * connectome.n_neurons)
        lesioned[rng.permutation(connectome.n_neurons)[:n_drawn]] = True
    return lesioned, edges


def graph_of(spec: WiringSpec) -> Graph:
    """The joined, thresholded and lesioned graph of a spec, self-loops apart."""
    return _graph_of(spec.to_json())


@lru_cache(maxsize=16)
def _graph_of(text: str) -> Graph:
    spec = WiringSpec.from_json(text)
    connectome = connectome_of(spec)
    lesioned, cut = lesions_of(spec)
    joined = joined_layers(connectome, spec.layers)
    if len(cut):
        joined = joined.tolil()
        joined[cut[:, 0], cut[:, 1]] = 0.0
    graph = graph_from_matrix(joined, alive=~lesioned, min_weight=spec.min_weight)
    if spec.component == "all":
        return graph
    alive = np.zeros(connectome.n_neurons, bool)
    alive[graph.members[parts.in_component(graph.binary, spec.component)]] = True
    return graph_from_matrix(joined, alive=alive, min_weight=spec.min_weight)


def joined_layers(connectome: Connectome, layers: tuple[str, ...]) -> Any:
    """Weights [pre, post] summed over layers; layers of other names than ours are always in."""
    n = connectome.n_neurons
    joined: Any = sparse.csr_array((n, n))
    for layer in connectome.layers:
        if layer.name in layers or layer.name not in LAYERS:
            joined = joined + layer.matrix(n)
    return joined


def graph_from_matrix(
    matrix: Any,
    *,
    alive: np.ndarray | None = None,
    min_weight: float = 0.0,
) -> Graph:
    """A graph from weights [pre, post]; ``alive`` bool[neuron] says who is left.

    Raises:
        InputError: the matrix is not square or holds nan or infinity.
    """
    rows: Any = sparse.csr_array(matrix)
    if rows.shape[0] != rows.shape[1]:
        shape = f"{rows.shape[0]} x {rows.shape[1]}"
        raise InputError(f"a connectome's matrix must be square, got {shape}")
    if not np.isfinite(rows.data).all():
        raise InputError("the matrix holds nan or infinity; drop or mend those entries first")
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    n = rows.shape[0]
    alive = np.ones(n, bool) if alive is None else alive
    pre = np.repeat(np.arange(n, dtype=np.int32), np.diff(rows.indptr))
    post, weight = rows.indices, rows.data
    kept = (weight != 0) & (np.abs(weight) >= min_weight)
    if not alive.all():
        kept &= alive[pre] & alive[post]
    place = (np.cumsum(alive) - 1).astype(np.int32)
    # Rows are in order and numbering keeps it, so the edges stay sorted.
    pre, post, weight = place[pre[kept]], place[post[kept]], weight[kept].astype(float)
    apart = pre != post
    return Graph(
        np.flatnonzero(alive),
        pre[apart],
        post[apart],
        weight[apart],
        int(np.count_nonzero(~apart)),
    )
