"""Reads a stranger's recording in a process of its own."""

from __future__ import annotations

import asyncio
import importlib
import io
from contextlib import suppress
from dataclasses import asdict
from pathlib import PurePath
from typing import Any, BinaryIO

from engines.boundary import codec
from engines.boundary.apart import Request, answer_of_child, serve
from engines.boundary.counts import check_counts
from engines.boundary.labels import label
from engines.connectome.opening.options import Opened, OpenOptions
from engines.contract import InputError

UPLOAD_MAX_BYTES = 128 * 1024 * 1024
_LIBRARIES = {".nwb": "h5py", ".h5": "h5py", ".hdf5": "h5py", ".parquet": "pyarrow.parquet"}


def recording_from_upload(name: str, data: bytes, options: OpenOptions | None = None) -> Opened:
    """As `recording_from_bytes`, read by a limited child; blocks for up to 20 seconds.

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    title = label(name, 80) or "the file"
    if not data:
        raise InputError(f"'{title}': the file is empty, 0 bytes")
    if len(data) > UPLOAD_MAX_BYTES:
        raise InputError(
            f"'{title}' has {len(data):,} bytes; at most {UPLOAD_MAX_BYTES:,} are read in the "
            "page. In a notebook, read_recording takes any size"
        )
    request = {"name": title, "options": asdict(options or OpenOptions())}
    return answer_of_child(__name__, request, title, data=data)["recording"]


def recording_from_kept(data: bytes) -> Opened:
    """What `kept.packed` gave somebody else, looked at by a limited child.

    Raises:
        InputError: it is no recording.
    """
    title = "the recording of this bundle"
    return answer_of_child(__name__, {"name": title, "kept": True}, title, data=data)["recording"]


async def recording_from_upload_async(
    name: str, data: bytes, options: OpenOptions | None = None
) -> Opened:
    """`recording_from_upload` without holding up the event loop."""
    return await asyncio.to_thread(recording_from_upload, name, data, options)


def main() -> None:
    """Answer as the child."""

    def prepare(request: Request) -> None:
        importlib.import_module("engines.connectome.opening.read")
        kind = PurePath(request["name"]).suffix.lower()
        if kind in _LIBRARIES:
            with suppress(ImportError):  # said in words by what reads it
                importlib.import_module(_LIBRARIES[kind])

    serve(_read, prepare)


def _read(request: Request, file: BinaryIO) -> dict[str, Any]:
    from engines.connectome.opening.read import checked, recording_from_bytes

    if request.get("kept"):
        return {"recording": checked(codec.unpack(file.read()))}
    options = OpenOptions(**request["options"])
    name, data = request["name"], file.read()
    check_counts(PurePath(name).suffix.lower(), io.BytesIO(data))
    return {"recording": recording_from_bytes(name, data, options)}
