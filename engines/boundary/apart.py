"""A stranger's file is read by a child process, bounded in memory and time.

The parent calls `answer_of_child`; the module it names has a ``main`` that calls `serve`. A column
of values needs no more than `engines.boundary.reading`: that child does not even see
site-packages, and is started by `engines.boundary.uploads`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import engines
from engines.boundary import codec
from engines.boundary.labels import label
from engines.boundary.reading import (
    CLOCK_MAX,
    MEMORY_MAX_BYTES,
    SECONDS_MAX,
    limit_this_process,
)
from engines.contract import InputError


@dataclass(frozen=True)
class Limits:
    """What one file's reader may take on top of its libraries."""

    memory: int = MEMORY_MAX_BYTES
    """Bytes."""
    seconds: float = SECONDS_MAX
    """Of computing, from when the libraries are there; three times as long by the clock."""

    @property
    def needs_more(self) -> str:
        """The end of a sentence about memory."""
        return f"reading it needs more than {self.memory >> 20:,} MiB of memory"

    @property
    def took_more(self) -> str:
        """The end of a sentence about time."""
        return f"reading it took more than {self.seconds:g} s"


STRANGERS = Limits()
"""Of everything that is uploaded or dropped."""
START_SECONDS = 40
"""How long a child may take until its own clock runs: a busy machine loads libraries slowly."""
_START = (
    "import importlib, sys; sys.path.insert(0, sys.argv[1]); "
    "importlib.import_module(sys.argv[2]).main()"
)
_SENTENCE_MAX = 700
_OUT_OF_MEMORY = (b"MemoryError", b"bad_alloc", b"Cannot allocate memory", b"Out of memory")
# One thread and the system's allocator: pools and stacks of many would count as the file's.
_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip

Request = dict[str, Any]


def answer_of_child(
    module: str,
    request: Request,
    title: str,
    *,
    data: bytes = b"",
    mend: str = "give a part",
    limits: Limits = STRANGERS,
) -> dict[str, Any]:
    """What ``module.main`` answers to a request (JSON) and a file's bytes; blocks meanwhile.

    Raises:
        InputError: what is wrong with the file called ``title``, and how to ``mend`` it.
    """
    bounded = {**request, "memory": limits.memory, "seconds": limits.seconds}
    root = str(Path(next(iter(engines.__path__))).parent)
    answer = codec.unpack(
        output_of_child(
            [sys.executable, "-I", "-X", "utf8", "-c", _START, root, module],
            json.dumps(bounded).encode() + b"\n" + data,
            title,
            limits,
            mend=mend,
            environment={**os.environ, **_FRUGAL},
        )
    )
    if "error" in answer:
        raise InputError(said_of(title, answer["error"]))
    return answer


def said_of(title: str, sentence: str) -> str:
    """A sentence that names the user's file and is not as long as what it quotes."""
    return label(sentence if title in sentence else f"'{title}': {sentence}", _SENTENCE_MAX)


def output_of_child(
    command: Sequence[str], data: bytes, title: str, limits: Limits, *, mend: str,
    environment: Mapping[str, str],
) -> bytes:  # fmt: skip
    """What a child wrote that was given ``data`` and keeps within ``limits`` by itself.

    Raises:
        InputError: it was ended, and by what.
    """
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command,
            input=data,
            capture_output=True,
            timeout=START_SECONDS + CLOCK_MAX * limits.seconds,
            env=environment,
            cwd=tempfile.gettempdir(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"'{title}': {limits.took_more}; {mend}") from error
    if ended.returncode != 0:
        raise InputError(f"'{title}': {_why(ended, limits)}; {mend}")
    return ended.stdout


def _why(ended: subprocess.CompletedProcess[bytes], limits: Limits) -> str:
    """What ended a child: its clock, its memory, the system, or a crash."""
    name = next((s.name for s in signal.Signals if s == -ended.returncode), "")
    if name in ("SIGPROF", "SIGALRM"):
        return limits.took_more
    if any(word in ended.stderr[-20_000:] for word in _OUT_OF_MEMORY):
        return limits.needs_more
    if name == "SIGKILL":
        return "the system stopped its reader, most likely because the machine ran out of memory"
    how = f"crashed ({name})" if name else "failed"
    return f"its reader {how}, so the file is damaged or made to do that"


def serve(
    read: Callable[[Request, BinaryIO], dict[str, Any]],
    prepare: Callable[[Request], None] = lambda _request: None,
) -> None:
    """Answer one request from standard input, in the child.

    ``prepare`` loads libraries before memory and time are bounded.
    """
    request = json.loads(sys.stdin.buffer.readline())
    limits = Limits(request["memory"], request["seconds"])
    prepare(request)
    limit_this_process(limits.memory, limits.seconds, n_files=None)
    try:
        packed = codec.pack(read(request, sys.stdin.buffer))
    except InputError as error:
        packed = codec.pack({"error": str(error)})
    except MemoryError:
        packed = codec.pack({"error": limits.needs_more})
    except RecursionError:
        packed = codec.pack({"error": "it is nested too deeply; give it flat"})
    sys.stdout.buffer.write(packed)
