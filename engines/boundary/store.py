"""Results on disk, one file each, found by content and never trusted without their checksum.

A file is written beside its place, synced and then moved, so a killed process leaves the old file
or the new one. Any flipped or missing byte is noticed; the file is set aside and its result is
computed again. Without a usable disk everything goes on in memory, and says so once.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import struct
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from engines.boundary.kept import Kind
from engines.boundary.whole import sweep
from engines.contract import InputError

logger = logging.getLogger(__name__)

KIND = Kind("cached result", mend="it is computed again")
_HEAD = struct.Struct("<32sd")
"""key, time of writing (Unix seconds)."""
_SUFFIX, _DAMAGED = ".result", ".damaged"
_DAMAGED_KEPT_S = 3600.0


@dataclass(frozen=True)
class Stored:
    """A result as it was computed."""

    data: bytes
    computed_at: str
    """ISO 8601, UTC."""


def result_key(spec_digest: str, code_version: str, device_class: str) -> str:
    """The name of a result: same spec, same code, same kind of device.

    >>> len(result_key("a", "b", "cpu"))
    64
    """
    return hashlib.sha256(f"{spec_digest}:{code_version}:{device_class}".encode()).hexdigest()


class Store:
    """Results by key. `open`, `get` and `save` touch the disk: call them off the event loop.

    Nothing here raises for a disk that is full, read-only or damaged.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        max_bytes: int = 2_000_000_000,
        memory_bytes: int = 128_000_000,
    ) -> None:
        """Touches nothing; ``folder`` None means the user's cache folder."""
        self.folder = folder or platformdirs.user_cache_path("neural-explorer") / "results"
        self.notice = ""
        """Why results are not kept on disk; empty while they are."""
        self._max_bytes, self._memory_bytes = max_bytes, memory_bytes
        self._recent: OrderedDict[str, Stored] = OrderedDict()
        self._lock = threading.Lock()
        self._on_disk = 0

    def open(self) -> None:
        """Make the folder, take away what killed processes left, keep to the size cap."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self._sweep()
        except OSError as error:
            self._without_disk(error)

    def has(self, key: str) -> bool:
        """Whether it is worth calling `get`; costs microseconds."""
        return key in self._recent or self._path(key).exists()

    def get(self, key: str) -> Stored | None:
        """The result of this key, or None. A damaged file is set aside."""
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        path = self._path(key)
        try:
            raw = path.read_bytes()
        except OSError:
            return None
        try:
            stored = _stored_from_bytes(raw, key)
        except InputError as damaged:
            logger.warning("set aside: %s", damaged)
            with contextlib.suppress(OSError):
                path.replace(path.with_suffix(_DAMAGED))
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        self._remember(key, stored)
        return stored

    def put(self, key: str, data: bytes) -> Stored:
        """Keep this result in memory at once; `save` brings it to the disk."""
        stored = Stored(data, _iso(time.time()))
        self._remember(key, stored)
        return stored

    def save(self, key: str, stored: Stored) -> None:
        """Write a result to the disk; without one that can be written, say so once."""
        if self.notice:
            return
        try:
            KIND.write(self._path(key), _body(key, stored))
            self._on_disk += len(stored.data)
            if self._on_disk > self._max_bytes:
                self._sweep()
        except OSError as error:
            self._without_disk(error)

    def forget(self, key: str) -> None:
        """Drop this result everywhere."""
        with self._lock:
            self._recent.pop(key, None)
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def clear_memory(self) -> None:
        """Keep only what is on disk."""
        with self._lock:
            self._recent.clear()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _sweep(self) -> None:
        """Remove orphans and damaged files, then the least recently used beyond the cap."""
        sweep(self.folder)
        kept: list[tuple[float, int, Path]] = []
        for path in self.folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another instance may sweep too
                about = path.stat()
                if path.suffix == _SUFFIX:
                    kept.append((about.st_mtime, about.st_size, path))
                elif path.suffix == _DAMAGED and time.time() - about.st_mtime > _DAMAGED_KEPT_S:
                    path.unlink()
        self._on_disk = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if self._on_disk <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            self._on_disk -= size

    def _remember(self, key: str, stored: Stored) -> None:
        with self._lock:
            self._recent[key] = stored
            self._recent.move_to_end(key)
            total = sum(len(one.data) for one in self._recent.values())
            while total > self._memory_bytes and len(self._recent) > 1:
                total -= len(self._recent.popitem(last=False)[1].data)

    def _without_disk(self, error: OSError) -> None:
        self.notice = (
            f"results are kept in memory only: {self.folder} cannot be written "
            f"({error.strerror or error}); free some space or set EXPLORER_CACHE to another folder"
        )
        logger.warning(self.notice)


def _body(key: str, stored: Stored) -> bytes:
    written = datetime.fromisoformat(stored.computed_at).timestamp()
    return _HEAD.pack(bytes.fromhex(key), written) + stored.data


def _stored_from_bytes(raw: bytes, key: str) -> Stored:
    body = KIND.opened(raw, f"the result {key[:12]}")
    if len(body) < _HEAD.size:
        raise KIND.damaged(f"the result {key[:12]}")
    named, written = _HEAD.unpack_from(body)
    if named.hex() != key:
        raise KIND.damaged(f"the result {key[:12]}")
    return Stored(bytes(body[_HEAD.size :]), _iso(written))


def _iso(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="seconds")
