"""The manifest of a set: what it says, and whether that can be true."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engines.boundary.labels import label
from engines.contract import InputError

SCHEMA, VERSION = "neural-explorer/activations", 1
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
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{label(folder.name)!r} holds no activations (no manifest.json)"
        ) from error
    except ValueError as error:
        raise InputError(f"the manifest of {label(folder.name)!r} is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError(f"{label(folder.name)!r} is not a folder of {SCHEMA}")
    if found.get("version") != VERSION:
        raise InputError(f"activations of version {found.get('version')!r}; this reads {VERSION}")
    for name, entry in found["layers"].items():
        whole = [entry.get("offset"), entry.get("n_units"), found.get("n_snapshots")]
        if entry.get("dtype") not in _DTYPES or not all(type(n) is int and n >= 0 for n in whole):
            raise InputError(f"layer {label(name)!r} has a wrong type or size in the manifest")
        inside(folder, entry["file"])
    return found


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
