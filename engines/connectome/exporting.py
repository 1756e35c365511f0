"""Connectomes to files: CSV edge list, GraphML, NPZ; written whole or not at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from engines.boundary.whole import write_whole
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

KINDS = (".csv", ".tsv", ".graphml", ".npz")


def write_connectome(connectome: Connectome, path: str | Path) -> Path:
    """Write a connectome; the ending tells the kind. Read it again with `read_connectome`.

    Raises:
        InputError: an ending we do not write, or a disk that does not take it.
    """
    place = Path(path)
    kind = place.suffix.lower()
    if kind not in KINDS:
        raise InputError(f"'{place.name}' must end in one of {', '.join(KINDS)}")
    data = connectome_bytes(connectome, kind)
    try:
        write_whole(place, data)
    except OSError as error:
        raise InputError(f"{place} cannot be written: {error.strerror}") from error
    return place


def connectome_bytes(connectome: Connectome, kind: str) -> bytes:
    """The content of a file of one of KINDS."""
    match kind:
        case ".npz":
            return _npz(connectome)
        case ".graphml":
            return _graphml(connectome)
        case _:
            return _table(connectome, "\t" if kind == ".tsv" else ",")


def _table(connectome: Connectome, delimiter: str) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["pre", "post", "layer", "weight"])
    names = connectome.neurons
    for layer in connectome.layers:
        for i, j, w in zip(layer.pre, layer.post, layer.weight, strict=True):
            writer.writerow([names[i], names[j], layer.name, f"{w:.17g}"])
    return stream.getvalue().encode()


def _npz(connectome: Connectome) -> bytes:
    layers = connectome.layers
    arrays: dict[str, np.ndarray] = {
        "neurons": np.array(connectome.neurons, str),
        "pre": np.concatenate([np.zeros(0, np.int32), *(layer.pre for layer in layers)]),
        "post": np.concatenate([np.zeros(0, np.int32), *(layer.post for layer in layers)]),
        "weight": np.concatenate([np.zeros(0), *(layer.weight for layer in layers)]),
        "layer": np.repeat(np.arange(len(layers)), [layer.n_edges for layer in layers]),
        "layer_names": np.array([layer.name for layer in layers], str),
        "position_um": connectome.position_um,
        "source": np.array(connectome.provenance.source),
        "licence": np.array(connectome.provenance.licence),
    }
    for name, values in connectome.columns.items():
        arrays[f"column {name}"] = np.array(values, str)
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def _graphml(connectome: Connectome) -> bytes:
    import networkx as nx

    stream = io.BytesIO()
    nx.write_graphml_xml(connectome.to_networkx(), stream)
    return stream.getvalue()
