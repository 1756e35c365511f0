"""Reads a stranger's connectome in a process of its own, bounded in memory and time."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import engines
from engines import codec
from engines.connectome.connectome import Connectome
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.contract import InputError
from engines.labels import label

UPLOAD_MAX_BYTES = 64 * 1024 * 1024
MEMORY_MAX_BYTES = 3 * 1024**3
SECONDS_MAX = 60
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from engines.connectome.importing import child; child.main()"
)


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
    request = json.dumps({"name": title, "options": asdict(options or ImportOptions())})
    root = str(Path(next(iter(engines.__path__))).parent)
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-I", "-X", "utf8", "-c", _START, root],
            input=request.encode() + b"\n" + data,
            capture_output=True,
            timeout=SECONDS_MAX,
            cwd=tempfile.gettempdir(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"'{title}' took more than {SECONDS_MAX} s; give a part") from error
    if ended.returncode != 0:
        raise InputError(
            f"'{title}' is too large or too strange to read within {MEMORY_MAX_BYTES >> 20:,} MiB "
            f"and {SECONDS_MAX} s; give a part"
        )
    answer = codec.unpack(ended.stdout)
    if "error" in answer:
        raise InputError(answer["error"])
    return answer["connectome"], answer["report"]


async def connectome_from_upload_async(
    name: str, data: bytes, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """`connectome_from_upload` without holding up the event loop."""
    return await asyncio.to_thread(connectome_from_upload, name, data, options)


def main() -> None:
    """Read a line of JSON (name, options) and the file's bytes; write the answer."""
    import pandas as pd  # noqa: F401 - loaded before memory is bounded

    from engines.connectome.importing.read import connectome_from_bytes

    _limit_this_process()
    request = json.loads(sys.stdin.buffer.readline())
    try:
        options = ImportOptions(**request["options"])
        found, report = connectome_from_bytes(request["name"], sys.stdin.buffer.read(), options)
        answer = {"connectome": found, "report": report}
    except InputError as error:
        answer = {"error": str(error)}
    except (MemoryError, RecursionError):
        answer = {"error": f"reading it needs more than {MEMORY_MAX_BYTES >> 20:,} MiB of memory"}
    sys.stdout.buffer.write(codec.pack(answer))


def _limit_this_process() -> None:
    from contextlib import suppress

    try:
        import resource
    except ImportError:  # Windows: the parent's clock and the size cap remain
        return
    limits = {
        "RLIMIT_AS": MEMORY_MAX_BYTES,
        "RLIMIT_CPU": SECONDS_MAX,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
    }
    for name, bound in limits.items():
        with suppress(AttributeError, OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (bound, bound))
