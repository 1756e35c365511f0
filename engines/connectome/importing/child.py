"""Reads a stranger's connectome in a process of its own."""

from __future__ import annotations

import asyncio
import importlib
import io
from contextlib import suppress
from dataclasses import asdict
from pathlib import PurePath
from typing import Any, BinaryIO

from engines.boundary.apart import Request, answer_of_child, serve
from engines.boundary.counts import CELLS_MAX, check_counts
from engines.boundary.labels import label
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

UPLOAD_MAX_BYTES = 64 * 1024 * 1024
CHUNKED_CELLS_MAX = 100_000_000
_LIBRARIES = {
    ".xlsx": "openpyxl", ".parquet": "pyarrow.parquet", ".feather": "pyarrow.feather",
    ".mat": "scipy.io", ".graphml": "networkx", ".gexf": "networkx", ".gml": "networkx",
    ".net": "networkx", ".json": "networkx",
}  # fmt: skip
"""Loaded before memory is bounded."""


def connectome_from_upload(
    name: str, data: bytes, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """As `connectome_from_bytes`, read by a limited child; blocks for up to 20 seconds.

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    title = label(name, 80) or "the file"
    if not data:
        raise InputError(f"'{title}': the file is empty, 0 bytes")
    if len(data) > UPLOAD_MAX_BYTES:
        raise InputError(
            f"'{title}' has {len(data):,} bytes; at most {UPLOAD_MAX_BYTES:,} are read in the "
            "page. In a notebook, read_connectome takes any size"
        )
    request = {"name": title, "options": asdict(options or ImportOptions())}
    answer = answer_of_child(__name__, request, title, data=data)
    return answer["connectome"], answer["report"]


async def connectome_from_upload_async(
    name: str, data: bytes, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """`connectome_from_upload` without holding up the event loop."""
    return await asyncio.to_thread(connectome_from_upload, name, data, options)


def main() -> None:
    """Answer as the child."""

    def prepare(request: Request) -> None:
        importlib.import_module("engines.connectome.importing.read")
        kinds = {suffix.lower() for suffix in PurePath(request["name"]).suffixes}
        for kind in kinds & set(_LIBRARIES):
            with suppress(ImportError):  # said in words by what reads it
                importlib.import_module(_LIBRARIES[kind])

    serve(_read, prepare)


def _read(request: Request, file: BinaryIO) -> dict[str, Any]:
    from engines.connectome.importing.read import connectome_from_bytes, in_chunks, unpacked

    options = ImportOptions(**request["options"])
    name, data = request["name"], file.read()
    while PurePath(name).suffix.lower() == ".gz":
        name, data = PurePath(name).stem, unpacked(name, data)
    kind = PurePath(name).suffix.lower()
    # A long list of edges is read in chunks, so that only its width counts.
    cells_max = CHUNKED_CELLS_MAX if in_chunks(name, data, options) else CELLS_MAX
    check_counts(kind, io.BytesIO(data), cells_max=cells_max)
    found, report = connectome_from_bytes(name, data, options)
    return {"connectome": found, "report": report}
