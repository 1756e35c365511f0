"""Files that were brought, kept whole under the checksum of their content."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial
from pathlib import Path, PurePath

from engines.boundary.carried import Carried
from engines.boundary.kept import Kind
from engines.boundary.labels import label
from engines.boundary.whole import data_root, write_whole
from engines.contract import InputError

KIND = Kind("file that was brought", mend="bring it again")
_NAMED = re.compile(r"[0-9a-f]{24}\.[a-z0-9]{2,12}")
_DIGITS = 24


def inbox() -> Path:
    """Where files that were brought wait."""
    return data_root() / "uploads"


def keep_brought(name: str, data: bytes, kinds: Collection[str], most: int) -> str:
    """Store the bytes of a file where an engine can read them; returns checksum and ending.

    Args:
        name: what the user calls it; only its ending is used.
        data: its content.
        kinds: endings that are read there, such as ``.npy``.
        most: bytes that are taken.

    Raises:
        InputError: a kind that is not read, or too many bytes.
    """
    leaf = PurePath(name.replace("\\", "/"))
    kind, title = leaf.suffix.lower(), label(leaf.name, 60) or "the file"
    if kind not in kinds:
        raise InputError(
            f"'{title}': only {', '.join(kinds)} files are opened here, got {kind or 'no ending'}"
        )
    if len(data) > most:
        raise InputError(f"'{title}' has {len(data):,} bytes; at most {most:,} here")
    named = KIND.name_of(data, _DIGITS) + kind
    try:
        write_whole(inbox() / named, data)
    except OSError as error:
        raise InputError(f"the file cannot be kept in {inbox()}: {error.strerror}") from error
    return named


def place_of(upload: str, title: str = "") -> tuple[Path, str]:
    """The file that `keep_brought` called ``upload``, intact, and what people call it.

    Raises:
        InputError: it is not on this machine any more, or damaged.
    """
    if not _NAMED.fullmatch(upload):
        raise InputError("this is not the name of a file that was brought")
    path = inbox() / upload
    shown = title or f"your {path.suffix[1:]} file"
    if not path.exists():
        raise InputError(f"{label(shown, 60)!r} is not on this machine any more; bring it again")
    KIND.check_name(path, f"{label(shown, 60)!r}")
    return path, shown


def carried_file(upload: str, kinds: Collection[str], most: int) -> tuple[Carried, ...]:
    """The file as a bundle carries it; nothing where none was brought."""
    if not _NAMED.fullmatch(upload):
        return ()
    keep = partial(_keep, upload, kinds, most)
    return (Carried(f"uploads/{upload}", partial(_read, upload), (inbox() / upload).exists, keep),)


def _read(upload: str) -> bytes:
    return place_of(upload, "the file of this session")[0].read_bytes()


def _keep(upload: str, kinds: Collection[str], most: int, data: bytes) -> None:
    if KIND.name_of(data, _DIGITS) != upload.partition(".")[0]:
        raise InputError("the file in this bundle is not the one that its settings name")
    keep_brought(f"brought.{upload.partition('.')[2]}", data, kinds, most)
