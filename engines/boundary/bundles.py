"""Bundles: many files in one ZIP with the SHA-256 of each, and back; a stranger's is checked whole.

Equal files give equal bytes: names are sorted and times are fixed. Reading counts before it
unpacks and writes nothing to the disk: what comes back is bytes by name.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from engines.boundary import reading
from engines.contract import InputError

MANIFEST = "manifest.json"
SCHEMA, VERSION = "neural-explorer/bundle", 1
FILES_MAX = 1_000
UNPACKED_MAX_BYTES = 128 * 1024 * 1024
"""All files together; a bundle that would hold more is neither made nor read."""
_MANIFEST_MAX_BYTES = 1024 * 1024
_WHOLE = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}){0,3}")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{kind}{k}" for kind in ("com", "lpt") for k in range(10))}
)
"""Names that are no files on Windows, whatever their ending."""


def bundle_from_files(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files and of `MANIFEST`, which holds the SHA-256 of each.

    Raises:
        InputError: a name that no bundle may hold, or too much for one.
    """
    for name in files:
        if not _fits(name) or name == MANIFEST:
            raise InputError(f"a bundle cannot hold a file named {_shown(name)}")
    said = {
        "schema": SCHEMA,
        "version": VERSION,
        "files": {name: _digest(files[name]) for name in sorted(files)},
    }
    whole = {MANIFEST: json.dumps(said, indent=1).encode() + b"\n", **files}
    _check_size(len(whole), sum(map(len, whole.values())))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in (MANIFEST, *sorted(files)):
            about = zipfile.ZipInfo(name, _WHOLE)
            about.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(about, whole[name], zipfile.ZIP_DEFLATED, 6)
    return made.getvalue()


def is_bundle(data: bytes) -> bool:
    """Whether this begins as a bundle does; `files_from_bundle` says whether it is a whole one."""
    start = 30 + len(MANIFEST)
    return data[:4] == b"PK\x03\x04" and data[30:start] == MANIFEST.encode()


def files_from_bundle(data: bytes) -> dict[str, bytes]:
    """The files of a bundle by name, every one as its checksum says.

    Raises:
        InputError: no bundle, a damaged or changed one, or one that is made to do harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members)
            found = {about.filename: _content(archive, about) for about in members}
    except InputError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise InputError("this bundle is damaged: it is not a whole ZIP archive") from error
    listed = _listed(found.pop(MANIFEST, b""))
    if set(listed) != set(found):
        raise InputError("this bundle holds other files than its manifest lists; it is not opened")
    _check_digests(listed, found)
    return found


def files_from_folder(folder: Path) -> dict[str, bytes]:
    """The files of a bundle that was unpacked, every one as its checksum says.

    Raises:
        InputError: no manifest, or files that are not those it lists.
    """
    try:
        listed = _listed((folder / MANIFEST).read_bytes())
        found = {name: (folder / name).read_bytes() for name in listed}
    except OSError as error:
        raise InputError(f"this bundle is not whole: {error.strerror}; unpack it again") from error
    _check_digests(listed, found)
    return found


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    for about in members:
        _check_member(about)
    _check_size(len(members), sum(about.file_size for about in members))
    if len({about.filename.lower() for about in members}) != len(members):
        raise InputError("this bundle names a file twice and is not opened")


def _check_member(about: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(about.external_attr >> 16)
    _check_name(about.orig_filename)
    _check_name(about.filename)
    is_plain = kind in (0, stat.S_IFREG) and not about.flag_bits & 0x1
    if not is_plain or about.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError(
            f"{_shown(about.filename)} in this bundle is a link, locked or packed in an unknown "
            "way; it is not opened"
        )


def _check_size(n_files: int, n_bytes: int) -> None:
    if n_files > FILES_MAX:
        raise InputError(f"a bundle holds at most {FILES_MAX:,} files, this one has {n_files:,}")
    if n_bytes > UNPACKED_MAX_BYTES:
        raise InputError(
            f"a bundle holds at most {UNPACKED_MAX_BYTES >> 20:,} MiB unpacked, this one would "
            f"take {n_bytes >> 20:,} MiB"
        )


def _content(archive: zipfile.ZipFile, about: zipfile.ZipInfo) -> bytes:
    with archive.open(about) as member:
        content = member.read(about.file_size + 1)
    if len(content) != about.file_size:
        raise InputError(f"{_shown(about.filename)} in this bundle is not as long as it says")
    return content


def _listed(manifest: bytes) -> dict[str, str]:
    """The checksum of every file, by its name."""
    try:
        said = reading.strict_json(reading.text_from_bytes(manifest[:_MANIFEST_MAX_BYTES]))
    except reading.ReadingError as error:
        raise InputError(f"this is not a bundle: {error}") from error
    if not isinstance(said, dict) or said.get("schema") != SCHEMA:
        raise InputError("this is not a bundle: its manifest does not say that it is one")
    if said.get("version") != VERSION:
        raise InputError(f"this reads bundles of version {VERSION}, not {said.get('version')!r}")
    listed = said.get("files")
    if not isinstance(listed, dict) or not all(isinstance(d, str) for d in listed.values()):
        raise InputError("this is not a bundle: its manifest lists no files")
    for name in listed:
        _check_name(name)
    return listed


def _check_digests(listed: Mapping[str, str], found: Mapping[str, bytes]) -> None:
    for name, digest in listed.items():
        if _digest(found[name]) != digest:
            raise InputError(
                f"{_shown(name)} in this bundle was changed or damaged after the bundle was made"
            )


def _check_name(name: str) -> None:
    if not _fits(name):
        raise InputError(
            f"this bundle has a file named {_shown(name)}, which could lead out of its folder; it "
            "is not opened"
        )


def _fits(name: str) -> bool:
    parts = name.split("/")
    return (
        _NAME.fullmatch(name) is not None
        and not any(part.partition(".")[0].lower() in _DEVICES for part in parts)
        and not any(part.endswith(".") for part in parts)
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _shown(name: str) -> str:
    return repr(name[:60])
