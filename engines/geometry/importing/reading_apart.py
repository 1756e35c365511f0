"""Reads a stranger's activations in a process of its own."""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from engines.boundary.apart import STRANGERS, Limits, Request, answer_of_child, serve
from engines.boundary.counts import check_counts
from engines.boundary.labels import label
from engines.geometry.importing.arrays import KINDS, FileContents, contents_of
from engines.geometry.importing.tables import AS_FOUND, Reading

_LIBRARIES = {
    ".mat": ("scipy.io", "h5py"), ".zip": ("zarr",), ".safetensors": ("safetensors",),
    ".h5": ("h5py",), ".hdf5": ("h5py",), ".parquet": ("pyarrow.parquet",),
}  # fmt: skip


OWN = Limits(memory=3 * 1024**3, seconds=60)
"""Of a file that the user names where it lies: up to 2 GB, of which 240 MB take 750 MiB to hand
over. What is uploaded has no more than every stranger's file."""
_CELLS_MAX = 6_000_000
"""Of text; 3 million cells take 4 s and 440 MiB."""


def contents_read_apart(
    path: Path, shown: str = "", *, limits: Limits = STRANGERS, reading: Reading = AS_FOUND
) -> FileContents:
    """As `arrays.contents_of`, read by a limited child; blocks meanwhile.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    answer = answer_of_child(
        __name__,
        {
            "path": str(path.absolute()),
            "shown": shown,
            "counted": limits == STRANGERS,
            "first_row": reading.first_row,
            "ids": reading.ids,
        },
        label(shown or path.name, 60),
        mend="give a part, or read it with arrays_from_file in a notebook",
        limits=limits,
    )
    labels = {name: tuple(v) for name, v in answer["labels"].items()}
    return FileContents(answer["arrays"], labels, list(answer["notes"]))


def arrays_read_apart(path: Path) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """Arrays and labels of `contents_read_apart`."""
    found = contents_read_apart(path)
    return found.arrays, found.labels


def main() -> None:
    """Answer as the child."""

    def prepare(request: Request) -> None:
        with suppress(ImportError):  # said in words by what reads it
            for name in _LIBRARIES.get(Path(request["path"]).suffix, ()):
                importlib.import_module(name)

    def read(request: Request, _data: Any) -> dict[str, Any]:
        path = Path(request["path"])
        if request["counted"] and path.is_file() and path.suffix.lower() in KINDS:
            with path.open("rb") as file:
                check_counts(path.suffix.lower(), file, cells_max=_CELLS_MAX)
        reading = Reading(request["first_row"], request["ids"])
        found = contents_of(path, request["shown"], reading=reading)
        plain = {name: np.ascontiguousarray(array) for name, array in found.arrays.items()}
        labels = {n: list(v) for n, v in found.labels.items()}
        return {"arrays": plain, "labels": labels, "notes": found.notes}

    serve(read, prepare)
