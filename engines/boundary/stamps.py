"""Where a file came from, written into it and read back.

A stamp is a JSON object and stands where its format keeps such things: ``metadata`` of SVG, a text
chunk of PNG, a comment of GIF, ``desc`` of GraphML, ``meta`` of HTML, the first field of JSON, an
array of NPZ, a file of a ZIP, and the first line of CSV, TikZ and Python as a comment. Reading
looks at bounded pieces only, parses no XML and runs nothing.
"""

from __future__ import annotations

import html
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from engines.boundary import reading
from engines.contract import STAMP_KEY, InputError

STAMP_MAX_BYTES = 1024 * 1024
_ID = STAMP_KEY
_MARKED = {
    "svg": (f'<metadata id="{_ID}">'.encode(), b"</metadata>"),
    "graphml": (f"<desc>{_ID}: ".encode(), b"</desc>"),
    "html": (f'<meta name="{_ID}" content="'.encode(), b'">'),
}
"""What stands before and behind the escaped text."""
_AFTER = {
    "svg": re.compile(rb"<svg\b[^>]*(?<!/)>"),
    "graphml": re.compile(rb"<graphml\b[^>]*(?<!/)>"),
    # The character set must stand among the first 1,024 bytes, so it stays in front.
    "html": re.compile(rb"<meta charset=[^>]*>|<head\b[^>]*>", re.IGNORECASE),
}
_PNG, _GIF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
_COMMENTS = {
    "csv": f"# {_ID}: ".encode(),
    "tex": f"% {_ID}: ".encode(),
}
_COMMENTS["tsv"] = _COMMENTS["py"] = _CSV = _COMMENTS["csv"]
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_JSON = re.compile(rf'\s*\{{\s*"{_ID}"\s*:\s*'.encode())
_MEMBERS = ("provenance.npy", "provenance.json")
_WHOLE = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that equal content gives equal bytes."""


def stamped(filename: str, content: bytes, stamp: Mapping[str, Any]) -> bytes:
    """The file with its stamp; one of a kind that cannot carry it stays as it is."""
    text = json.dumps(stamp, sort_keys=True, allow_nan=False)
    match filename.rpartition(".")[2].lower():
        case "svg" | "graphml" | "html" as kind:
            return _marked(content, text, kind)
        case "png":
            return _png(content, text)
        case "gif":
            return _gif(content, text)
        case "json":
            return _json(content, text)
        case "csv" | "tsv" | "tex" | "py" as kind:
            return _COMMENTS[kind] + text.encode() + b"\n" + content
        case "npz" | "zip":
            return _archive(filename, content, stamp, text)
        case _:
            return content


def _marked(content: bytes, text: str, kind: str) -> bytes:
    place = _AFTER[kind].search(content)
    if place is None:
        return content
    before, behind = _MARKED[kind]
    own = before + html.escape(text, quote=kind == "html").encode() + behind
    return content[: place.end()] + own + content[place.end() :]


def _json(content: bytes, text: str) -> bytes:
    """The stamp as the first field of an object, so that it is found without reading the rest."""
    opened = content.find(b"{")
    if opened < 0 or content[:opened].strip():
        return content
    rest = content[opened + 1 :]
    comma = b"" if rest.lstrip().startswith(b"}") else b","
    return content[: opened + 1] + f'"{_ID}":{text}'.encode() + comma + rest


def _gif(content: bytes, text: str) -> bytes:
    """A comment behind the screen's description and colours, before the first picture."""
    first = _gif_start(content)
    if first is None:
        return content
    body = f"{_ID}: {text}".encode("ascii")
    parts = [body[k : k + 255] for k in range(0, len(body), 255)]
    blocks = b"".join(bytes([len(part)]) + part for part in parts)
    # Comments came with 89a.
    return _GIF[1] + content[6:first] + b"\x21\xfe" + blocks + b"\0" + content[first:]


def _gif_start(content: bytes) -> int | None:
    """Where the first block begins."""
    if not content.startswith(_GIF) or len(content) < 13:
        return None
    packed = content[10]
    return 13 + (3 << ((packed & 7) + 1) if packed & 0x80 else 0)


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


def is_stamped_json(content: bytes) -> bool:
    """Whether this is JSON that says which run made it; a session does not."""
    return _JSON.match(content) is not None


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
        for comment in (_CSV, _COMMENTS["tex"]):
            if content.startswith(comment):
                return content[len(comment) :][:STAMP_MAX_BYTES].partition(b"\n")[0].decode()
        if content.startswith(_PNG):
            return _from_png(content)
        if content.startswith(_GIF):
            return _from_gif(content)
        if content.startswith(b"PK\x03\x04"):
            return _from_archive(content)
        return _from_json(content) if _JSON.match(content) else _from_marks(content)
    except (UnicodeDecodeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error):
        return None


def _from_marks(content: bytes) -> str | None:
    for before, behind in _MARKED.values():
        start = content.find(before)
        end = content.find(behind, start, start + STAMP_MAX_BYTES)
        if start >= 0 and end >= 0:
            return html.unescape(content[start + len(before) : end].decode())
    return None


def _from_json(content: bytes) -> str | None:
    """The text of the first field's object, found by its brackets."""
    begun = _JSON.match(content)
    assert begun is not None
    text = content[begun.end() :][:STAMP_MAX_BYTES].decode("utf-8", "ignore")
    end = _end_of_json(text)
    return text[:end] if end else None


def _end_of_json(text: str) -> int:
    """Where the object that a text begins with ends, 0 where it does not."""
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += {"{": 1, "[": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth <= 0:
            return match.end() if match[0] in ("]", "}") and not depth else 0
    return 0


def _from_gif(content: bytes) -> str | None:
    place, found = _gif_start(content), b""
    if place is None or content[place : place + 2] != b"\x21\xfe":
        return None
    place += 2
    while place < len(content) and content[place] and len(found) <= STAMP_MAX_BYTES:
        found += content[place + 1 : place + 1 + content[place]]
        place += 1 + content[place]
    own = f"{_ID}: ".encode()
    return found[len(own) :].decode() if found.startswith(own) else None


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
