"""Files written whole or not at all, and what killed writers left swept away."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import platformdirs
import psutil

TEMPORARY = ".writing"
RUBBISH_S = 3600.0
"""A leftover older than this goes even when its writer's number is taken again."""
_WRITER = re.compile(r"(\d+)-")
_DEPTH_MAX = 3


def data_root(*, appauthor: Literal[False] | None = None) -> Path:
    """What the user made lies here: ``$EXPLORER_DATA``, else the user's data folder.

    ``appauthor`` False is Windows' folder without an author's, where sessions always were.
    """
    named = os.environ.get("EXPLORER_DATA")
    return Path(named) if named else platformdirs.user_data_path("neural-explorer", appauthor)


def cache_root() -> Path:
    """What can be made again lies here: ``$EXPLORER_CACHE``, else the user's cache folder."""
    named = os.environ.get("EXPLORER_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("neural-explorer")


def write_whole(path: Path, *parts: bytes | memoryview, sync: bool = True) -> None:
    """Write so that a reader, now or after a crash, finds the old file or the new one, whole.

    The folder is made where it is missing; the file is readable by the user alone. Without
    ``sync`` a loss of power, unlike a crash, may leave the old file.

    Raises:
        OSError: the disk does not take it; what was there is untouched.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(TEMPORARY, prefix=f"{os.getpid()}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def folder_beside(place: Path) -> Path:
    """Where this process may write what will become the folder ``place``; nothing is there yet."""
    beside = place.with_name(f"{os.getpid()}-{place.name}{TEMPORARY}")
    shutil.rmtree(beside, ignore_errors=True)
    return beside


def sweep(*roots: Path) -> int:
    """Remove what killed writers left under these folders; how many files and folders went."""
    n_removed = 0
    for root in roots or {data_root(), data_root(appauthor=False), cache_root()}:
        for path in tuple(_leftovers(root, _DEPTH_MAX)):
            with contextlib.suppress(OSError):  # another instance may sweep too
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                n_removed += 1
    return n_removed


def is_leftover(path: Path, age_s: float) -> bool:
    """Whether this is a temporary of a writer that is gone; its number leads the name."""
    if path.suffix != TEMPORARY:
        return False
    writer = _WRITER.match(path.name)
    return age_s > RUBBISH_S or not (writer and psutil.pid_exists(int(writer[1])))


def _leftovers(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        with contextlib.suppress(OSError):
            path = Path(entry.path)
            if is_leftover(path, time.time() - entry.stat(follow_symlinks=False).st_mtime):
                yield path
            elif depth > 1 and entry.is_dir(follow_symlinks=False):
                yield from _leftovers(path, depth - 1)
