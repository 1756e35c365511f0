"""Recordings that were brought, kept by content so that a spec can name them by a short digest."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from engines.boundary import codec
from engines.boundary.kept import Kind
from engines.boundary.whole import data_root
from engines.connectome.opening.options import Opened
from engines.contract import InputError

KIND = Kind("own recording", mend="open its file again")
_DIGITS = 16
_DIGEST = re.compile(r"[0-9a-f]{16}")


def folder() -> Path:
    """Where recordings that were brought lie: beside the saved sessions."""
    return data_root() / "recordings"


def keep(opened: Opened) -> str:
    """Store a recording and return its digest, 16 hexadecimal digits.

    Raises:
        InputError: the disk does not take it.
    """
    data = codec.pack(opened)
    digest = KIND.name_of(data, _DIGITS)
    try:
        KIND.write(folder() / digest, data)
    except OSError as error:
        raise InputError(f"the recording cannot be kept in {folder()}: {error.strerror}") from error
    return digest


def packed(digest: str) -> bytes:
    """The kept bytes of a recording, which its digest is made from.

    Raises:
        InputError: it is not on this machine any more, or its file was damaged.
    """
    if not _DIGEST.fullmatch(digest):
        raise InputError(f"{digest!r} is not the digest of a recording that was brought")
    try:
        data = bytes(KIND.read(folder() / digest, "the recording that was brought"))
    except FileNotFoundError:
        raise InputError(
            "this link names a recording that is not on this machine; open its file again, or "
            "choose another source"
        ) from None
    if KIND.name_of(data, _DIGITS) != digest:
        raise KIND.damaged("the recording that was brought")
    return data


@lru_cache(maxsize=2)
def load_recording(digest: str) -> Opened:
    """The recording of this digest.

    Raises:
        InputError: it is not on this machine any more, or its file was damaged.
    """
    found = codec.unpack(packed(digest))
    if not isinstance(found, Opened):
        raise KIND.damaged("the recording that was brought")
    return found
