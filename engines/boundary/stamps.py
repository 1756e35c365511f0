"""Where a file came from, written into it and read back: SVG, PNG, NPZ, CSV and ZIPs of them.

A stamp is a JSON object. It stands in SVG's ``metadata``, in a text chunk of PNG, in an array of
NPZ, in the first line of CSV and in a file of a ZIP. Reading looks at bounded pieces only, parses
no XML and runs nothing.
"""

from __future__ import annotations

import html
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from engines.boundary import reading
from engines.contract import InputError

STAMP_MAX_BYTES = 1024 * 1024
_ID = "neural-explorer"
_OPEN, _CLOSE = f'<metadata id="{_ID}">'.encode(), b"</metadata>"
_PNG, _CSV = b"\x89PNG\r\n\x1a\n", f"# {_ID}: ".encode()
_MEMBERS = ("provenance.npy", "provenance.json")
_WHOLE = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that equal content gives equal bytes."""


def stamped(filename: str, content: bytes, stamp: Mapping[str, Any]) -> bytes:
    """The file with its stamp; one of a kind that cannot carry it stays as it is."""
    text = json.dumps(stamp, sort_keys=True, allow_nan=False)
    match filename.rpartition(".")[2].lower():
        case "svg":
            return _svg(content, text)
        case "png":
            return _png(content, text)
        case "csv" | "tsv":
            return _CSV + text.encode() + b"\n" + content
        case "npz" | "zip":
            return _archive(filename, content, stamp, text)
        case _:
            return content


def _svg(content: bytes, text: str) -> bytes:
    end = content.find(b">", content.find(b"<svg"))
    if content.find(b"<svg") < 0 or end < 0 or content[end - 1 : end] == b"/":
        return content
    own = _OPEN + html.escape(text, quote=False).encode() + _CLOSE
    return content[: end + 1] + own + content[end + 1 :]


def _png(content: bytes, text: str) -> bytes:
    if not content.startswith(_PNG):
        return content
    first = len(_PNG) + 12 + struct.unpack_from(">I", content, len(_PNG))[0]
    body = b"tEXt" + _ID.encode() + b"\0" + text.encode("ascii")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return content[:first] + chunk + content[first:]


def _archive(filename: str, content: bytes, stamp: Mapping[str, Any], text: str) -> bytes:
    is_npz = filename.lower().endswith(".npz")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        members = {name: source.read(name) for name in source.namelist()}
        if not is_npz:
            members = {name: stamped(name, data, stamp) for name, data in members.items()}
        members[_MEMBERS[not is_npz]] = _array(text) if is_npz else text.encode()
        for name, data in members.items():
            about = zipfile.ZipInfo(name, _WHOLE)
            target.writestr(about, data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _array(text: str) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array(text), allow_pickle=False)
    return stream.getvalue()


def without_stamp(content: bytes) -> bytes:
    """A table as it was before it was stamped, for readers of values."""
    return content.partition(b"\n")[2] if content.startswith(_CSV) else content


def stamp_of(content: bytes) -> dict[str, Any]:
    """The stamp in a file, whatever the file is called.

    Raises:
        InputError: there is none, or it is damaged.
    """
    text = _found(content)
    if text is None:
        raise InputError(
            "this file does not say which run made it; figures and tables saved here since "
            "stamps came do"
        )
    try:
        stamp = reading.strict_json(text)
    except reading.ReadingError as error:
        raise InputError(f"what this file says of its run is damaged: {error}") from error
    if not isinstance(stamp, dict):
        raise InputError("what this file says of its run is damaged: it is no object")
    return stamp


def _found(content: bytes) -> str | None:
    try:
        if content.startswith(_CSV):
            return content[len(_CSV) :][:STAMP_MAX_BYTES].partition(b"\n")[0].decode()
        if content.startswith(_PNG):
            return _from_png(content)
        if content.startswith(b"PK\x03\x04"):
            return _from_archive(content)
        start = content.find(_OPEN)
        end = content.find(_CLOSE, start, start + STAMP_MAX_BYTES)
        if start < 0 or end < 0:
            return None
        return html.unescape(content[start + len(_OPEN) : end].decode())
    except (UnicodeDecodeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error):
        return None


def _from_png(content: bytes) -> str | None:
    place, key = len(_PNG), b"tEXt" + _ID.encode() + b"\0"
    while place + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, place)
        body = content[place + 4 : place + 8 + size]
        if body.startswith(key) and size <= STAMP_MAX_BYTES:
            (checksum,) = struct.unpack_from(">I", content, place + 8 + size)
            return body[len(key) :].decode() if zlib.crc32(body) == checksum else None
        place += 12 + size
    return None


def _from_archive(content: bytes) -> str | None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in _MEMBERS:
            try:
                about = archive.getinfo(name)
            except KeyError:
                continue
            if about.file_size > 4 * STAMP_MAX_BYTES + 1024:
                return None
            with archive.open(about) as member:
                data = member.read(4 * STAMP_MAX_BYTES + 1024)
            if name.endswith(".json"):
                return data.decode()
            return str(np.load(io.BytesIO(data), allow_pickle=False))
    return None
