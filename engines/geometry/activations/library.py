"""Activation sets by name, in one folder of the user's data, where the engine runs."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path, PurePath
from typing import Any

from engines.boundary.whole import data_root, folder_beside, write_whole
from engines.contract import InputError
from engines.geometry.activations.manifest import damaged_layers, manifest_of, sealed_manifest

LIBRARY_BYTES = 4_000_000_000
"""The oldest trained sets go when all together take more."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def root() -> Path:
    """``$EXPLORER_DATA/activations``, else the user's data folder."""
    return data_root() / "activations"


def names() -> tuple[str, ...]:
    """Sets there are, newest first."""
    if not root().is_dir():
        return ()
    found = [p for p in root().iterdir() if (p / "manifest.json").exists() and _fits(p.name)]
    return tuple(p.name for p in sorted(found, key=_age))


def _age(path: Path) -> float:
    return -(path / "manifest.json").stat().st_mtime


def _fits(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def folder(name: str) -> Path:
    """Where the set of this name is, or would be.

    Raises:
        InputError: a name that is not lower case letters, digits, dots and dashes.
    """
    if not _fits(name):
        raise InputError(
            f"a set's name is lower case letters, digits and dashes, got {name[:90]!r}"
        )
    return root() / name


def there(name: str) -> Path:
    """The folder of a set that was published.

    Raises:
        InputError: there is none; the message lists those there are.
    """
    if not (folder(name) / "manifest.json").exists():
        known = ", ".join(names()[:8]) or "none yet; train networks or open a file first"
        raise InputError(
            f"no activations named {name!r} on this machine; there are: {known}. What a link or "
            "session names can be made again by its own Run or Recompute"
        )
    return folder(name)


def fresh_folder(name: str) -> Path:
    """A folder beside the set's place to write into; what a killed writer left is removed."""
    return folder_beside(folder(name))


def publish(written: Path, name: str) -> Path:
    """Move a finished folder to its name.

    An earlier set of that name is there, whole, until the new one is: where a folder is there
    already, the new layers are laid beside the old ones and the manifest is replaced, which is one
    step; what it no longer names goes last.
    """
    place = folder(name)
    try:
        written.rename(place)
    except OSError:
        if not place.is_dir():
            raise
        _replace(written, place)
    _prune(keep=place)
    return place


def _replace(written: Path, place: Path) -> None:
    body = manifest_of(written)
    with contextlib.suppress(InputError, OSError):
        there = manifest_of(place)
        same = {**there, "layers": _contents(there)} == {**body, "layers": _contents(body)}
        if same and not damaged_layers(place, there):
            os.utime(place / "manifest.json")
            shutil.rmtree(written, ignore_errors=True)
            return
    (place / "acts").mkdir(exist_ok=True)
    for entry in body["layers"].values():
        stamped = f"acts/{entry['data_sha256'][:16]}-{PurePath(entry['file']).name}"
        (written / entry["file"]).replace(place / stamped)
        entry["file"] = stamped
    write_whole(place / "manifest.json", sealed_manifest(body))
    for table in written.glob("*.csv"):
        table.replace(place / table.name)
    named = {PurePath(entry["file"]).name for entry in body["layers"].values()}
    for path in (place / "acts").iterdir():
        if path.name not in named:
            path.unlink(missing_ok=True)
    shutil.rmtree(written, ignore_errors=True)


def _contents(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: {**entry, "file": ""} for name, entry in body["layers"].items()}


def _prune(keep: Path) -> None:
    total = 0
    for path in (folder(name) for name in names()):
        total += sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
        if total > LIBRARY_BYTES and path != keep and path.name.startswith("studio-"):
            shutil.rmtree(path, ignore_errors=True)
