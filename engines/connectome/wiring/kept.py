"""Imported connectomes, kept by content so that a spec can name them by a short digest."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engines.boundary import codec
from engines.boundary.kept import Kind
from engines.boundary.whole import data_root
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

KIND = Kind("own connectome", mend="import it again")
_DIGEST = re.compile(r"[0-9a-f]{16}")


def folder() -> Path:
    """Where imported connectomes lie: beside the saved sessions."""
    return data_root() / "connectomes"


def keep(connectome: Connectome) -> str:
    """Store a connectome and return its digest, 16 hexadecimal digits.

    Raises:
        InputError: the disk does not take it.
    """
    digest = connectome.digest[:16]
    data = codec.pack(replace(connectome, columns=dict(connectome.columns)))
    try:
        KIND.write(folder() / digest, data)
    except OSError as error:
        raise InputError(
            f"the connectome cannot be kept in {folder()}: {error.strerror}"
        ) from error
    return digest


@lru_cache(maxsize=4)
def load_own(digest: str) -> Connectome:
    """The imported connectome of this digest.

    Raises:
        InputError: it is not on this machine any more, or its file was damaged.
    """
    if not _DIGEST.fullmatch(digest):
        raise InputError(f"{digest!r} is not the digest of an imported connectome")
    try:
        found = _read(folder() / digest)
    except FileNotFoundError:
        raise InputError(
            "this link names an imported connectome that is not on this machine; import its file "
            "again, or choose a dataset"
        ) from None
    if not isinstance(found, Connectome) or found.digest[:16] != digest:
        raise KIND.damaged("the imported connectome")
    return found


def _read(path: Path) -> object:
    data = path.read_bytes()
    try:
        return codec.unpack(bytes(KIND.opened(data, "the imported connectome")))
    except InputError as damaged:
        try:
            found = codec.unpack(data)  # kept by version 1, without a checksum
        except InputError:
            raise damaged from None
    if isinstance(found, Connectome):
        KIND.write(path, data)
    return found
