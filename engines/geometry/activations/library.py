"""Activation sets by name, in one folder of the user's data, where the engine runs."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import platformdirs

from engines.contract import InputError

LIBRARY_BYTES = 4_000_000_000
"""The oldest trained sets go when all together take more."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


def root() -> Path:
    """``$EXPLORER_DATA/activations``, else the user's data folder."""
    named = os.environ.get("EXPLORER_DATA")
    base = Path(named) if named else Path(platformdirs.user_data_dir("neural-explorer"))
    return base / "activations"


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
    beside = folder(name).with_name(f"{name}.{os.getpid()}.writing")
    shutil.rmtree(beside, ignore_errors=True)
    return beside


def publish(written: Path, name: str) -> Path:
    """Move a finished folder to its name, replacing an earlier one of the same content."""
    place = folder(name)
    shutil.rmtree(place, ignore_errors=True)
    written.replace(place)
    _prune(keep=place)
    return place


def _prune(keep: Path) -> None:
    total = 0
    for path in (folder(name) for name in names()):
        total += sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
        if total > LIBRARY_BYTES and path != keep and path.name.startswith("studio-"):
            shutil.rmtree(path, ignore_errors=True)
