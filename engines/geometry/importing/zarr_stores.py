"""Zarr stores, folders or zipped: what they claim and how they are packed is looked at first."""

from __future__ import annotations

import importlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from engines.boundary.labels import label
from engines.contract import InputError

PACKINGS = frozenset(
        {"blosc", "bytes", "bz2", "crc32c", "delta", "fixedscaleoffset", "gzip", "lz4", "lzma",
     "numcodecs.blosc", "numcodecs.lz4", "numcodecs.zlib", "packbits", "quantize", "shuffle",
     "sharding_indexed", "transpose", "zlib", "zstd"}
)  # fmt: skip
"""Codecs that hold numbers; pickle is one of zarr's and would run code."""
DESCRIPTIONS = (".zarray", "zarr.json")
DESCRIPTION_MAX = 4_000_000


def arrays_from_zarr(path: Path, bytes_max: int) -> dict[str, np.ndarray]:
    """Arrays of 2 or 3 dimensions by name.

    Raises:
        InputError: no zarr here, a codec that can hold objects, or more bytes than ``bytes_max``.
    """
    try:
        zarr: Any = importlib.import_module("zarr")
    except ImportError as error:
        raise InputError("zarr stores need the package zarr; install it, or save npy") from error
    described = list(_descriptions(path, bytes_max))
    if not described:
        raise InputError(f"{label(path.name, 60)!r} holds no zarr array")
    for text in described:
        _check(text, bytes_max)
    store = zarr.storage.ZipStore(path, mode="r") if path.is_file() else str(path)
    opened = zarr.open(store, mode="r")
    if isinstance(opened, zarr.Array):
        return {"activations": np.asarray(opened[:])}
    return {label(n): np.asarray(a[:]) for n, a in opened.arrays()}


def _descriptions(path: Path, bytes_max: int) -> list[str]:
    """The JSON of every array; nothing is followed out of a folder."""
    found = []
    if path.is_file():
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if total > bytes_max:
                raise InputError(f"it unpacks to {total:,} bytes; at most {bytes_max:,}")
            for entry in entries:
                if entry.filename.rpartition("/")[2] in DESCRIPTIONS:
                    _check_size(entry.file_size)
                    found.append(archive.read(entry).decode())
        return found
    for each in sorted(path.rglob("*")):
        if each.is_symlink():
            raise InputError(f"{label(each.name, 60)!r} in the store is a link; copy the file")
        if each.name in DESCRIPTIONS:
            _check_size(each.stat().st_size)
            found.append(each.read_text(encoding="utf-8"))
    return found


def _check_size(n_bytes: int) -> None:
    if n_bytes > DESCRIPTION_MAX:
        raise InputError(f"a description in the store has {n_bytes:,} bytes; that is no array")


def _check(text: str, bytes_max: int) -> None:
    body = json.loads(text)
    if body.get("node_type") == "group":
        return
    odd = sorted(_packings(body) - PACKINGS)
    kind = str(body.get("data_type", body.get("dtype", "")))
    if odd or "O" in kind or "object" in kind:
        raise InputError(
            f"it is packed with {label(odd[0], 40) if odd else 'Python objects'}, which can run "
            "code and is never read; save the numbers as zarr of float32, or as npy"
        )
    grid = body.get("chunk_grid", {}).get("configuration", {}).get("chunk_shape")
    for name, shape in (
        ("shape", body.get("shape", [])),
        ("chunk", grid or body.get("chunks", [])),
    ):
        needed = 8 * int(np.prod([int(n) for n in shape], dtype=object))
        if needed > 2 * bytes_max:
            raise InputError(f"its {name} {shape} needs {needed:,} bytes; at most {bytes_max:,}")


def _packings(body: dict[str, Any]) -> set[str]:
    """Names of all codecs, those within a shard too."""
    named: set[str] = set()
    waiting = [body.get("codecs"), body.get("filters"), body.get("compressor")]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            name = part.get("name", part.get("id"))
            named.add(str(name).lower()) if name is not None else None
            inner = part.get("configuration") or {}
            waiting += [inner.get("codecs"), inner.get("index_codecs")]
    return named
