"""Arrays: NPZ (ours, scipy's, anyone's), NPY and MATLAB's."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from engines.boundary.labels import label
from engines.connectome.importing import edges, objects
from engines.connectome.importing.finishing import finished
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.wiring.connectome import Connectome, layer_from_edges
from engines.contract import InputError


def npz(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    """Our own NPZ, a sparse matrix of scipy, or one square matrix with names."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(f"'{title}' holds objects or is damaged: {error}") from error
    if {"pre", "post"} <= set(arrays):
        return _from_arrays(title, arrays, options)
    if {"format", "shape", "data"} <= set(arrays):
        return _from_square(title, sparse.load_npz(io.BytesIO(data)), options)
    return _from_named(title, arrays, options)


def _from_named(
    title: str, arrays: Mapping[str, Any], options: ImportOptions
) -> tuple[Connectome, ImportReport]:
    """The one square matrix among arrays, with the texts of its length as names."""
    square: dict[str, Any] = {
        name: a for name, a in arrays.items()
        if getattr(a, "ndim", 0) == 2 and a.shape[0] == a.shape[1] > 0 and a.dtype.kind in "biuf"
    }  # fmt: skip
    if not square:
        raise InputError(
            f"'{title}' has neither pre and post arrays nor a square matrix of numbers; it holds "
            f"{', '.join(map(label, arrays)) or 'nothing'}"
        )
    name, matrix = max(square.items(), key=lambda item: item[1].shape[0])
    names, notes = _names_among(arrays, matrix.shape[0])
    other = [f"the matrix '{label(k)}' is left out; save it alone." for k in square if k != name]
    notes.append(f"The matrix is '{label(name)}'; its rows send to its columns.")
    return _from_square(title, matrix, options, names, notes, other)


def _names_among(arrays: Mapping[str, Any], n: int) -> tuple[tuple[str, ...], list[str]]:
    """The first list of ``n`` different texts, and a note that says which it is."""
    for key, array in arrays.items():
        flat = np.asarray(array).ravel()
        if flat.size != n or flat.dtype.kind not in "USO":
            continue
        texts = tuple(label(np.asarray(cell).ravel()[0] if np.size(cell) else "") for cell in flat)
        if len(set(texts)) == n and all(texts):
            return texts, [f"Names are in '{label(key)}'."]
    return (), []


def matlab(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    """The largest square matrix of a MATLAB file, and a cell array of as many names."""
    arrays: dict[str, Any] = {}
    if data[:128].startswith(b"MATLAB 7.3") or data[512:520] == b"\x89HDF\r\n\x1a\n":
        arrays = _matlab_hdf(title, data)
    else:
        from scipy.io import loadmat

        try:
            arrays = {k: v for k, v in loadmat(io.BytesIO(data)).items() if k[:2] != "__"}
        except MemoryError:
            raise
        except Exception as error:
            raise InputError(f"'{title}' is no MATLAB file: {error}") from error
    plain = {k: v.toarray() if sparse.issparse(v) else v for k, v in arrays.items()}
    return _from_named(title, plain, options)


def _matlab_hdf(title: str, data: bytes) -> dict[str, Any]:
    """MATLAB 7.3 is HDF5, with axes in the other order and names as references to characters."""
    try:
        import h5py
    except ImportError as error:
        raise InputError(
            f"'{title}' is MATLAB 7.3, which needs h5py: pip install h5py; or save it with "
            "save(..., '-v7')"
        ) from error
    found: dict[str, Any] = {}
    with h5py.File(io.BytesIO(data), "r") as file:
        for key, item in file.items():
            if not isinstance(item, h5py.Dataset) or int(item.size or 0) > 400_000_000:
                continue
            if item.dtype == h5py.ref_dtype:
                cells = [np.asarray(file[ref]).ravel() for ref in np.asarray(item).ravel()]
                found[key] = np.array(["".join(map(chr, cell)) for cell in cells])
            elif item.ndim == 2:
                found[key] = np.asarray(item).T
    return found


def npy(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    """One square matrix."""
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(f"'{title}' holds objects or is damaged: {error}") from error
    return _from_square(title, array, options)


def _from_square(
    title: str,
    array: Any,
    options: ImportOptions,
    names: tuple[str, ...] = (),
    notes: Sequence[str] = (),
    other: Sequence[str] = (),
) -> tuple[Connectome, ImportReport]:
    made = objects.from_matrix(array, names, layer=options.layer_name, title=title)
    said = [*notes] if names else [*notes, "Neurons are numbered from 1."]
    parts = made.neurons, made.layers, said, [], 0
    return finished(title, "a matrix", array.shape[0], parts, [], [], other=other)


def _from_arrays(
    title: str, arrays: dict[str, np.ndarray], options: ImportOptions
) -> tuple[Connectome, ImportReport]:
    """Our own NPZ, or any with pre, post and perhaps weight, neurons and layer."""
    pre, post = arrays["pre"], arrays["post"]
    names = arrays.get("neurons")
    if names is None:
        ends = {"pre": pre.astype(str), "post": post.astype(str)}
        weight = arrays.get("weight", np.ones(len(pre))).astype(str)
        frame = pd.DataFrame({**ends, "weight": weight}, dtype=object)
        parts = edges.layers_from_frame(frame, options)
        return finished(title, "an edge list", len(pre), parts, [], [])
    layer = arrays.get("layer", np.zeros(len(pre), int))
    kinds = arrays.get("layer_names", np.array([options.layer_name]))
    weight = arrays.get("weight", np.ones(len(pre)))
    top = max(int(pre.max(initial=-1)), int(post.max(initial=-1)))
    if top >= len(names) or not np.isfinite(weight).all():
        raise InputError(f"'{title}' has edges to neurons that are not there, or weights of nan")
    layers = tuple(
        layer_from_edges(
            str(kind), pre[layer == k], post[layer == k], weight[layer == k],
            symmetric=str(kind) == "electrical",
        )
        for k, kind in enumerate(kinds)
        if np.any(layer == k)
    )  # fmt: skip
    parts = tuple(map(str, names)), layers, [], [], 0
    found, report = finished(title, "arrays", len(pre), parts, [], [])
    texts = {
        name.removeprefix("column "): tuple(map(str, values))
        for name, values in arrays.items()
        if name.startswith("column ") and len(values) == len(names)
    }
    places = arrays.get("position_um", np.zeros((0, 3)))
    return (
        Connectome(found.name, found.neurons, layers, found.provenance, texts, places),
        report,
    )
