"""Connectomes from networkx graphs, arrays, sparse matrices and torch weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from engines.boundary.labels import label
from engines.connectome.wiring.connectome import Connectome, Layer, Provenance, layer_from_edges
from engines.contract import InputError


def _provenance(title: str, source: str) -> Provenance:
    return Provenance(title, source, "the user's own", unit="weight")


def from_matrix(
    matrix: Any,
    names: Sequence[str] = (),
    *,
    layer: str = "chemical",
    title: str = "Imported matrix",
    post_first: bool = False,
) -> Connectome:
    """A connectome from weights [pre, post]: a numpy array, sparse matrix or torch tensor.

    ``post_first`` for [post, pre], as torch layers keep theirs. A rectangular [pre, post] matrix
    becomes a bipartite connectome of inputs and outputs.

    Raises:
        InputError: not two axes, nan or infinity, or as many names as there are not neurons.
    """
    plain = matrix.detach().cpu().numpy() if hasattr(matrix, "detach") else matrix
    coo: Any = sparse.coo_array(plain)
    if len(coo.shape) != 2:
        raise InputError(f"a wiring has two axes, pre and post, got {len(coo.shape)}")
    if not np.isfinite(coo.data.astype(float)).all():
        raise InputError("the matrix holds nan or infinity; drop or mend those entries first")
    coo.sum_duplicates()
    coo.eliminate_zeros()
    pre, post = (coo.coords[1], coo.coords[0]) if post_first else (coo.coords[0], coo.coords[1])
    n_pre, n_post = coo.shape[::-1] if post_first else coo.shape
    found = tuple(map(str, names)) or _numbered(n_pre, n_post)
    n = n_pre if n_pre == n_post else n_pre + n_post
    if n_pre != n_post:
        post = post + n_pre
    if len(found) != n:
        raise InputError(f"there are {n:,} neurons and {len(found):,} names; give one name each")
    if len(set(found)) != n:
        raise InputError("two neurons have the same name; give each its own")
    made = layer_from_edges(layer, pre, post, coo.data.astype(float))
    said = _provenance(title, f"matrix of {n_pre:,} x {n_post:,}")
    return Connectome(label(title, 60), tuple(label(name) for name in found), (made,), said)


def _numbered(n_pre: int, n_post: int) -> tuple[str, ...]:
    if n_pre == n_post:
        return tuple(str(k + 1) for k in range(n_pre))
    return (*(f"in {k + 1}" for k in range(n_pre)), *(f"out {k + 1}" for k in range(n_post)))


def from_networkx(graph: Any, *, weight: str = "weight", layer: str = "layer") -> Connectome:
    """A connectome from any networkx graph; undirected edges run both ways.

    Texts of nodes become columns; edges without a weight count 1.
    """
    nodes = list(graph.nodes)
    index = {node: k for k, node in enumerate(nodes)}
    edges: dict[str, list[tuple[int, int, float]]] = {}
    for u, v, data in graph.edges(data=True):
        kind = label(data.get(layer, "chemical" if graph.is_directed() else "electrical"))
        value = float(data.get(weight, 1.0))
        if not np.isfinite(value):
            raise InputError(f"the edge {u!r} -> {v!r} has weight {value}; give a finite number")
        edges.setdefault(kind, []).append((index[u], index[v], value))
    layers = tuple(_layer(kind, rows, both=not graph.is_directed()) for kind, rows in edges.items())
    keys = {
        key for _, data in graph.nodes(data=True) for key, v in data.items() if isinstance(v, str)
    }
    columns = {
        label(key): tuple(label(data.get(key, "")) for _, data in graph.nodes(data=True))
        for key in sorted(keys)
    }
    said = _provenance(label(graph.name or "networkx graph"), "a networkx graph")
    names = tuple(label(node) for node in nodes)
    if len(set(names)) != len(names):
        raise InputError("two nodes have the same name as text; relabel them first")
    return Connectome(label(graph.name or "graph", 60), names, layers, said, columns)


def _layer(kind: str, rows: list[tuple[int, int, float]], *, both: bool) -> Layer:
    pre, post, weight = (np.array(side) for side in zip(*rows, strict=True))
    symmetric = both or kind == "electrical"
    return layer_from_edges(kind, pre, post, weight, symmetric=symmetric)


def from_state_dict(weights: Mapping[str, Any], *, threshold: float = 0.0) -> Connectome:
    """A connectome of units from torch weights: every 2-D tensor [out, in] joins two groups.

    Consecutive tensors share the units between them where sizes fit; a square recurrent tensor
    (its name holds ``hh`` or ``rec``) connects a group with itself.

    Raises:
        InputError: no tensor has two axes.
    """
    names: list[str] = []
    edges: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    current: tuple[int, int] | None = None  # first unit and size of the last group
    for key, tensor in weights.items():
        value = np.asarray(tensor.detach().cpu() if hasattr(tensor, "detach") else tensor, float)
        if value.ndim != 2:
            continue
        n_out, n_in = value.shape
        recurrent = n_out == n_in and any(mark in key.lower() for mark in ("hh", "rec"))
        if current is None or current[1] != n_in:
            current = len(names), n_in
            names += [f"{key}:in {k}" for k in range(n_in)]
        target = current if recurrent else (len(names), n_out)
        if not recurrent:
            names += [f"{key}:{k}" for k in range(n_out)]
        post, pre = np.nonzero(np.abs(value) > threshold)
        edges.append((pre + current[0], post + target[0], value[post, pre]))
        current = target
    if not edges:
        raise InputError("no tensor with two axes was found; give a model's state_dict")
    pre, post, weight = (np.concatenate(side) for side in zip(*edges, strict=True))
    layer = layer_from_edges("chemical", pre, post, weight)
    said = _provenance("Torch weights", "a state_dict; signs are kept")
    return Connectome("state_dict", tuple(label(n) for n in names), (layer,), said)
