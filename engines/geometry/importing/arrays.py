"""Activations from files as arrays; never a pickle."""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engines.boundary.arrays import arrays_of_npz
from engines.boundary.counts import npy_bytes
from engines.boundary.labels import label
from engines.contract import InputError
from engines.geometry.importing.tables import (
    AS_FOUND,
    FirstRow,
    Ids,
    Read,
    Reading,
    columns_of_parquet,
    columns_of_text,
    from_columns,
)
from engines.geometry.importing.zarr_stores import arrays_from_zarr

KINDS = (".npy", ".npz", ".safetensors", ".csv", ".tsv", ".parquet", ".h5", ".hdf5", ".mat", ".zip")
"""A zip is a zarr store that was zipped."""
BYTES_MAX = 2_000_000_000
_CONVERT = (
    "it holds Python objects (a pickle), which can run code and are never read; save the numbers "
    "as numpy.save(path, array.astype('float32')) or as safetensors and open that"
)


@dataclass
class FileContents:
    """Arrays by name, label columns, and what the reader of the file did not take or guessed."""

    arrays: dict[str, np.ndarray]
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def how(self) -> str:
        """What was read, in words."""
        layers = [f"{name!r} {' x '.join(map(str, a.shape))}" for name, a in self.arrays.items()]
        shown = ", ".join(layers[:4]) + (f" and {len(layers) - 4} more" * (len(layers) > 4))
        kinds = ", ".join(map(repr, self.labels)) or "none"
        return f"read: {shown}; labels: {kinds}"


class HowRead(UserWarning):
    """What a reader guessed or left out, and how to say it otherwise."""


def arrays_from_file(
    path: str | Path, *, first_row: FirstRow = "as found", ids: Ids = "as found"
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """Arrays by name, and label columns where the file has them; see `contents_of`.

    Args:
        path: the file, or a folder that is a zarr store.
        first_row: of a table: names of the columns, or a stimulus.
        ids: of a table: whether the first column says what stimuli are, or every column of
            numbers is a unit.

    Warns:
        HowRead: everything that was guessed or left out.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    found = contents_of(path, reading=Reading(first_row, ids))
    for note in found.notes:
        warnings.warn(note, HowRead, stacklevel=2)
    return found.arrays, found.labels


def contents_of(path: str | Path, shown: str = "", *, reading: Reading = AS_FOUND) -> FileContents:
    """Arrays of 2 to 4 dimensions, labels, and notes of what was left out or guessed.

    Args:
        path: the file, or a folder that is a zarr store.
        shown: what the user calls it; its own name when empty.
        reading: how a table is to be read where that is known better.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    path = Path(path)
    kind, name = path.suffix.lower(), label(shown or path.name, 60)
    if path.is_dir() and kind == ".zarr":
        return FileContents(arrays_from_zarr(path, BYTES_MAX))
    _check_file(path, kind, name)
    try:
        found = _table(path, reading) if kind in _TABLES else _READERS[kind](path)
    except InputError as error:
        raise InputError(f"{name!r}: {error}") from error
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(f"{name!r} is not a readable {kind[1:]} file: {error}") from error
    if not found.arrays:
        why = "; ".join(found.notes)
        raise InputError(
            f"{name!r} holds no numeric array of 2 to 4 dimensions" + (f": {why}" if why else "")
        )
    return found


def _check_file(path: Path, kind: str, name: str) -> None:
    if kind in (".pt", ".pth", ".pkl", ".pickle", ".joblib"):
        raise InputError(f"{name!r} is not opened: {_CONVERT}")
    if kind not in KINDS:
        raise InputError(f"{name!r}: only {', '.join(KINDS)} and .zarr folders can be opened")
    if path.is_symlink():
        raise InputError(f"{name!r} is a link; open the file itself")
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise InputError(f"{name!r} has {size:,} bytes; at most {BYTES_MAX:,}")
    if not size:
        raise InputError(f"{name!r} is empty, 0 bytes; was it written to the end?")


def _sorted_out(arrays: dict[str, np.ndarray]) -> FileContents:
    """Layers, labels among them, and what is neither."""
    found = FileContents({})
    layers = {n: a for n, a in arrays.items() if a.dtype.kind in "biuf" and a.ndim in (2, 3, 4)}
    lengths = {k for a in layers.values() for k in a.shape[:2]}
    for name, array in arrays.items():
        shown = label(name)
        if name in layers:
            found.arrays[shown] = array
        elif array.ndim == 1 and array.dtype.kind in "biufUS" and len(array) in lengths:
            found.labels[shown] = tuple(str(v) for v in array.astype(str).tolist())
        else:
            why = "complex" if array.dtype.kind == "c" else f"{array.ndim} dimensions"
            found.notes.append(f"{shown!r} left out ({why}, {array.dtype}, {array.shape})")
    return found


def _npy(path: Path) -> FileContents:
    with path.open("rb") as file:
        npy_bytes(file, path.stat().st_size)
    return _sorted_out({"activations": np.load(path, mmap_mode="r", allow_pickle=False)})


def _npz(path: Path) -> FileContents:
    return _sorted_out(arrays_of_npz(path, BYTES_MAX))


def _safetensors(path: Path) -> FileContents:
    """With bfloat16, which numpy does not know: the upper half of a float32."""
    from safetensors import safe_open

    with path.open("rb") as file:
        n_header = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(min(n_header, path.stat().st_size)))
        found = {}
        for name, entry in header.items():
            if isinstance(entry, dict) and entry.get("dtype") == "BF16":
                start, end = entry["data_offsets"]
                file.seek(8 + n_header + start)
                halves = np.frombuffer(file.read(end - start), "<u2").astype("<u4") << 16
                found[name] = halves.view("<f4").reshape(entry["shape"])
    with safe_open(path, "numpy") as opened:
        found.update({n: opened.get_tensor(n) for n in opened.keys() if n not in found})  # noqa: SIM118
    return _sorted_out({n: found[n] for n in header if n in found})


def _mat(path: Path) -> FileContents:
    from scipy.io import loadmat

    with path.open("rb") as file:
        if file.read(8) == b"\x89HDF\r\n\x1a\n":
            return _hdf5(path, turned=True)  # MATLAB 7.3, which writes axes the other way round
    found = loadmat(path, chars_as_strings=False)
    arrays = {n: v for n, v in found.items() if isinstance(v, np.ndarray)}
    return _sorted_out({n: a for n, a in arrays.items() if a.dtype.kind in "biufc"})


def _hdf5(path: Path, *, turned: bool = False) -> FileContents:
    try:
        h5py: Any = importlib.import_module("h5py")
    except ImportError as error:
        raise InputError("HDF5 files need the package h5py; install it, or save npz") from error
    found: dict[str, np.ndarray] = {}
    notes: list[str] = []

    def visit(name: str, item: Any) -> None:
        if not isinstance(item, h5py.Dataset) or name.startswith("#"):
            return
        if item.is_virtual or item.external:
            notes.append(f"{label(name)!r} left out (its numbers lie in another file)")
        elif item.dtype.kind in "biufc" or h5py.check_string_dtype(item.dtype):
            if item.size * item.dtype.itemsize > BYTES_MAX:
                raise InputError(f"{label(name)!r} needs more than {BYTES_MAX:,} bytes")
            is_text = h5py.check_string_dtype(item.dtype) is not None
            value = np.asarray(item.asstr()[()] if is_text else item[()])
            value = value.astype(str) if is_text else value
            found[name] = value.T if turned else value

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    contents = _sorted_out(found)
    contents.notes += notes
    return contents


def _table(path: Path, reading: Reading) -> FileContents:
    columns = _TABLES[path.suffix.lower()](path, reading)
    return FileContents(*from_columns(*columns, ids=reading.ids))


_TABLES: dict[str, Callable[[Path, Reading], Read]] = {
    ".csv": columns_of_text, ".tsv": columns_of_text, ".parquet": columns_of_parquet,
}  # fmt: skip
_READERS: dict[str, Callable[[Path], FileContents]] = {
    ".npy": _npy, ".npz": _npz, ".safetensors": _safetensors, ".mat": _mat, ".h5": _hdf5,
    ".hdf5": _hdf5, ".zip": lambda path: _sorted_out(arrays_from_zarr(path, BYTES_MAX)),
}  # fmt: skip
