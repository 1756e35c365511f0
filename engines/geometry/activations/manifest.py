"""The manifest of a set: what it says, and whether that can be true."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engines.boundary.kept import UNSEALED, Kind, sha256_of
from engines.boundary.labels import label
from engines.contract import InputError

KIND = Kind("activations", mend="record them again")
SCHEMA, VERSION = "neural-explorer/activations", 2
"""The first version had no seal; it is read as long as it claims none."""
_DTYPES = ("<f2", "<f4", "<f8")
_NAME_MAX = 80


def check_labels(
    stimuli: Sequence[str], labels: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Label columns as clean text; every stimulus has an id of its own and one of each label.

    Raises:
        InputError: ids that come twice, or a column of another length.
    """
    if len(set(stimuli)) != len(stimuli):
        twice = next(s for k, s in enumerate(stimuli) if s in stimuli[:k])
        raise InputError(f"stimulus ids must be unique, {label(twice)!r} comes twice")
    for name, values in labels.items():
        if len(values) != len(stimuli):
            without = [label(s, 30) for s in stimuli[len(values) :][:5]]
            named = f"; without one: {', '.join(without)}" if without else ""
            raise InputError(
                f"label {label(name)!r} has {len(values)} values for {len(stimuli)} stimuli{named}"
            )
    return {label(name): [label(v) for v in values] for name, values in labels.items()}


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a folder, checked.

    Raises:
        InputError: no folder of activations, or one whose manifest claims what cannot be.
    """
    path = folder / "manifest.json"
    try:
        text = path.read_bytes()
        found = json.loads(text)
    except OSError as error:
        raise InputError(
            f"{label(folder.name)!r} holds no activations (no manifest.json)"
        ) from error
    except ValueError as error:
        raise InputError(f"the manifest of {label(folder.name)!r} is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError(f"{label(folder.name)!r} is not a folder of {SCHEMA}")
    if found.get("version") != 1 or "seal" in found or b"seal" in text:
        KIND.check_seal(text, f"the manifest of {label(folder.name)!r}")
        if found.get("version") != VERSION:
            said = found.get("version")
            raise InputError(f"activations of version {said!r}; this reads {VERSION}")
    for name, entry in found["layers"].items():
        whole = [entry.get("offset"), entry.get("n_units"), found.get("n_snapshots")]
        if entry.get("dtype") not in _DTYPES or not all(type(n) is int and n >= 0 for n in whole):
            raise InputError(f"layer {label(name)!r} has a wrong type or size in the manifest")
        inside(folder, entry["file"])
    return found


def sealed_manifest(body: Mapping[str, Any]) -> bytes:
    """The text of a manifest, with its checksum under "seal"."""
    text = json.dumps({**body, "seal": UNSEALED}, ensure_ascii=True, allow_nan=True)
    return KIND.with_seal(text.encode())


def npy_header(dtype: str, shape: tuple[int, int, int]) -> bytes:
    """What an npy file of this content starts with, filled up to 128 bytes."""
    stream = io.BytesIO()
    described = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, described)
    return stream.getvalue().ljust(128)


def damaged_layers(folder: Path, body: Mapping[str, Any]) -> tuple[str, ...]:
    """Layers whose bytes are no longer those that were written; reads every file."""
    return tuple(name for name in body["layers"] if not is_intact(folder, body, name))


def is_intact(folder: Path, body: Mapping[str, Any], name: str) -> bool:
    """Whether a layer's bytes are those that were written; a file is read once per process."""
    entry = body["layers"][name]
    path = inside(folder, entry["file"])
    if not path.exists():
        return False
    about = path.stat()
    shape = (body["n_snapshots"], len(body["stimuli"]), entry["n_units"])
    told = (entry.get("data_sha256"), entry.get("sha256"), entry["offset"], entry["dtype"], shape)
    return _is_intact(path, about.st_mtime_ns, about.st_size, *told)


@lru_cache(maxsize=4096)
def _is_intact(
    path: Path, _changed_ns: int, n_bytes: int, data: str | None, whole: str | None, offset: int,
    dtype: str, shape: tuple[int, int, int],
) -> bool:  # fmt: skip
    if data is None:  # the first version: a checksum of the whole file once it was finished
        return whole is None or sha256_of(path) == whole
    needed = math.prod(shape) * np.dtype(dtype).itemsize
    if n_bytes < offset + needed or sha256_of(path, offset, needed) != data:
        return False
    with path.open("rb") as file:
        header = file.read(offset)
    # A writer that was killed may have counted one snapshot more than the manifest.
    return header in (npy_header(dtype, (shape[0] + k, *shape[1:])) for k in (0, 1))


def inside(folder: Path, name: str) -> Path:
    """A file of the folder itself: no way out by ``..`` or by a link."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InputError(f"{label(name)!r} leads out of its folder and is not read")
    return path


def file_name(k: int, layer: str) -> str:
    """Where a layer lies: its number and what of its name a file may be called."""
    plain = "-".join(re.findall(r"[a-z0-9]+", layer.lower()))[:_NAME_MAX]
    return f"acts/{k:03d}-{plain or 'layer'}.npy"


def write_csv(path: Path, names: list[str], rows: Any) -> None:
    """A table for people, written beside the arrays."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
