"""Reads a stranger's activations in a process of its own, bounded in memory and time."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

import engines
from engines import codec
from engines.contract import InputError
from engines.labels import label

MEMORY_MAX_BYTES = 3 * 1024**3
SECONDS_MAX = 60
_LIBRARIES = {".mat": ("scipy.io",), ".zip": ("zarr",), ".safetensors": ("safetensors.numpy",)}
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from engines.geometry import reader; reader.main()"
)


def arrays_read_apart(path: Path) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """As `importing.arrays_from_file`, read by a limited child; blocks for up to a minute.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    title = label(path.name, 60)
    root = str(Path(next(iter(engines.__path__))).parent)
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-I", "-X", "utf8", "-c", _START, root],
            input=json.dumps(
                {"path": str(path.absolute()), "memory": MEMORY_MAX_BYTES, "seconds": SECONDS_MAX}
            ).encode(),
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
            f"and {SECONDS_MAX} s; give a part, or read it with arrays_from_file in a notebook"
        )
    answer = codec.unpack(ended.stdout)
    if "error" in answer:
        raise InputError(answer["error"])
    return answer["arrays"], {name: tuple(v) for name, v in answer["labels"].items()}


def main() -> None:
    """Read a line of JSON (path) and write the answer."""
    from engines.geometry.importing import arrays_from_file

    request = json.loads(sys.stdin.buffer.read())
    with suppress(ImportError):  # before memory is bounded: libraries take address space
        for name in _LIBRARIES.get(Path(request["path"]).suffix, ()):
            importlib.import_module(name)
    _limit_this_process(request["memory"], request["seconds"])
    try:
        arrays, labels = arrays_from_file(request["path"])
        plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        answer: dict = {"arrays": plain, "labels": {n: list(v) for n, v in labels.items()}}
        packed = codec.pack(answer)
    except InputError as error:
        packed = codec.pack({"error": str(error)})
    except (MemoryError, RecursionError):
        mib = request["memory"] >> 20
        packed = codec.pack({"error": f"reading it needs more than {mib:,} MiB of memory"})
    sys.stdout.buffer.write(packed)


def _limit_this_process(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock and the size cap remain
        return
    limits = {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": seconds,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
    }
    for name, bound in limits.items():
        with suppress(AttributeError, OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (bound, bound))
