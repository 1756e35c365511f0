"""A stranger's file is read by a child process, bounded in memory and time.

The parent calls `answer_of_child`; the module it names has a ``main`` that calls `serve`. A column
of values needs no more than `engines.boundary.reading`: that child does not even see
site-packages, and is started by `engines.boundary.uploads`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import engines
from engines.boundary import codec
from engines.boundary.reading import limit_this_process
from engines.contract import InputError

MEMORY_MAX_BYTES = 3 * 1024**3
SECONDS_MAX = 60
_START = (
    "import importlib, sys; sys.path.insert(0, sys.argv[1]); "
    "importlib.import_module(sys.argv[2]).main()"
)

Request = dict[str, Any]


def answer_of_child(
    module: str, request: Request, title: str, *, data: bytes = b"", mend: str = "give a part"
) -> dict[str, Any]:
    """What ``module.main`` answers to a request (JSON) and a file's bytes; blocks for a minute.

    Raises:
        InputError: what is wrong with the file called ``title``, and how to ``mend`` it.
    """
    bounded = {**request, "memory": MEMORY_MAX_BYTES, "seconds": SECONDS_MAX}
    root = str(Path(next(iter(engines.__path__))).parent)
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-I", "-X", "utf8", "-c", _START, root, module],
            input=json.dumps(bounded).encode() + b"\n" + data,
            capture_output=True,
            timeout=SECONDS_MAX,
            cwd=tempfile.gettempdir(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"'{title}' took more than {SECONDS_MAX} s; {mend}") from error
    if ended.returncode != 0:
        raise InputError(
            f"'{title}' is too large or too strange to read within {MEMORY_MAX_BYTES >> 20:,} MiB "
            f"and {SECONDS_MAX} s; {mend}"
        )
    answer = codec.unpack(ended.stdout)
    if "error" in answer:
        raise InputError(answer["error"])
    return answer


def serve(
    read: Callable[[Request, BinaryIO], dict[str, Any]],
    prepare: Callable[[Request], None] = lambda _request: None,
) -> None:
    """Answer one request from standard input, in the child.

    ``prepare`` loads libraries before memory is bounded, since they take address space.
    """
    request = json.loads(sys.stdin.buffer.readline())
    prepare(request)
    limit_this_process(request["memory"], request["seconds"], n_files=None)
    try:
        packed = codec.pack(read(request, sys.stdin.buffer))
    except InputError as error:
        packed = codec.pack({"error": str(error)})
    except (MemoryError, RecursionError):
        mib = request["memory"] >> 20
        packed = codec.pack({"error": f"reading it needs more than {mib:,} MiB of memory"})
    sys.stdout.buffer.write(packed)
