"""Reads a stranger's activations in a process of its own."""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from engines.boundary.apart import Request, answer_of_child, serve
from engines.boundary.labels import label

_LIBRARIES = {".mat": ("scipy.io",), ".zip": ("zarr",), ".safetensors": ("safetensors.numpy",)}


def arrays_read_apart(path: Path) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """As `importing.arrays_from_file`, read by a limited child; blocks for up to a minute.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    answer = answer_of_child(
        __name__,
        {"path": str(path.absolute())},
        label(path.name, 60),
        mend="give a part, or read it with arrays_from_file in a notebook",
    )
    return answer["arrays"], {name: tuple(v) for name, v in answer["labels"].items()}


def main() -> None:
    """Answer as the child."""
    from engines.geometry.importing.arrays import arrays_from_file

    def prepare(request: Request) -> None:
        with suppress(ImportError):  # said in words by what reads it
            for name in _LIBRARIES.get(Path(request["path"]).suffix, ()):
                importlib.import_module(name)

    def read(request: Request, _data: Any) -> dict[str, Any]:
        arrays, labels = arrays_from_file(request["path"])
        plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        return {"arrays": plain, "labels": {n: list(v) for n, v in labels.items()}}

    serve(read, prepare)
