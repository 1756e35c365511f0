"""Reads a stranger's connectome in a process of its own."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any, BinaryIO

from engines.boundary.apart import Request, answer_of_child, serve
from engines.boundary.labels import label
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

UPLOAD_MAX_BYTES = 64 * 1024 * 1024


def connectome_from_upload(
    name: str, data: bytes, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """As `connectome_from_bytes`, read by a limited child; blocks for up to a minute.

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    title = label(name, 80) or "the file"
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
    import pandas as pd  # noqa: F401 - loaded before memory is bounded

    from engines.connectome.importing.read import connectome_from_bytes

    def read(request: Request, data: BinaryIO) -> dict[str, Any]:
        options = ImportOptions(**request["options"])
        found, report = connectome_from_bytes(request["name"], data.read(), options)
        return {"connectome": found, "report": report}

    serve(read)
