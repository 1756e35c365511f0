"""Numbers in NPY, NPZ, tables and PNG as arrays by name; a stranger's file is read by a child."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import numpy as np

from engines.boundary import reading
from engines.boundary.apart import Request, answer_of_child, serve
from engines.boundary.counts import check_counts, npy_bytes
from engines.boundary.labels import label
from engines.contract import InputError

KINDS = (".npy", ".npz", ".csv", ".tsv", ".txt", ".png")
PIXELS_MAX = 4_000_000
CELLS_MAX = 2_000_000
"""Of a table."""
_MEND = "save fewer of them"


def arrays_from_upload(name: str, data: bytes, n_max: int) -> dict[str, np.ndarray]:
    """Arrays of real numbers by name; a file that has none for its array calls it "".

    Of a table its rows, without a header; of a PNG [row, column] or [channel, row, column] between
    0 and 1. Blocks for up to twenty seconds.

    Args:
        name: a label, whose ending tells the kind.
        data: the file's bytes.
        n_max: numbers that are taken, all arrays together.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    title = label(PurePath(name).name, 60) or "the file"
    request = {"kind": PurePath(name).suffix.lower(), "n_max": n_max}
    return answer_of_child(__name__, request, title, data=data, mend=_MEND)["arrays"]


def arrays_of_npz(file: str | Path | BinaryIO, bytes_max: int) -> dict[str, np.ndarray]:
    """All arrays of a NPZ file by name; never objects.

    Raises:
        InputError: more bytes than these, objects, or a shape that a member is too small for.
    """
    found = {}
    with zipfile.ZipFile(file) as archive:
        total = sum(entry.file_size for entry in archive.infolist())
        if total > bytes_max:
            raise InputError(f"it unpacks to {total:,} bytes; at most {bytes_max:,}")
        for entry in archive.infolist():
            with archive.open(entry) as member:
                content = io.BytesIO(member.read())
            npy_bytes(content, entry.file_size)
            content.seek(0)
            name = entry.filename.removesuffix(".npy")
            found[name] = np.load(content, allow_pickle=False)
    return found


def main() -> None:
    """Answer as the child."""

    def prepare(request: Request) -> None:
        if request["kind"] == ".png":
            import PIL.PngImagePlugin  # noqa: F401 - loaded before memory is bounded

    serve(_answer, prepare)


def _answer(request: Request, file: BinaryIO) -> dict[str, Any]:
    kind, data = request["kind"], io.BytesIO(file.read())
    if kind not in _READERS:
        raise InputError(f"only {', '.join(KINDS)} files are opened here")
    check_counts(kind, data, cells_max=CELLS_MAX)
    try:
        found = _READERS[kind](data)
    except (InputError, MemoryError, RecursionError):
        raise
    except reading.ReadingError as error:
        raise InputError(str(error)) from error
    except Exception as error:
        raise InputError(f"it is not a readable {kind[1:]} file: {label(error, 200)}") from error
    numbers = {label(n): a for n, a in found.items() if a.dtype.kind in "biuf" and a.size}
    if not numbers:
        raise InputError("there is no array of real numbers in it; save at least one number")
    n = sum(array.size for array in numbers.values())
    if n > request["n_max"]:
        raise InputError(f"it has {n:,} numbers; at most {request['n_max']:,} are read; {_MEND}")
    return {"arrays": {name: _plain(array) for name, array in numbers.items()}}


def _plain(array: np.ndarray) -> np.ndarray:
    """As bool, int64 or float64, whatever its bytes were."""
    fits = array.dtype.kind == "b" or (array.dtype.kind in "iu" and array.dtype != np.uint64)
    wanted = bool if array.dtype.kind == "b" else np.int64 if fits else np.float64
    return np.ascontiguousarray(array, wanted).reshape(array.shape)


def _npy(file: BinaryIO) -> dict[str, np.ndarray]:
    return {"": np.load(file, allow_pickle=False)}


def _npz(file: BinaryIO) -> dict[str, np.ndarray]:
    # Its bytes were counted before.
    return arrays_of_npz(file, 1 << 40)


def _table(kind: str) -> Callable[[BinaryIO], dict[str, np.ndarray]]:
    def read(file: BinaryIO) -> dict[str, np.ndarray]:
        text = reading.text_from_bytes(file.read())
        mark = reading.separator_of(text, kind)
        _first, has_header, _numeric = reading.survey(text, mark, is_list=False)
        rows = list(reading.rows_of(text, mark))[has_header:]
        cells = [[_number(c, mark, line, k) for k, c in enumerate(r, 1)] for line, r in rows]
        return {"": np.array(cells, np.float64)}

    return read


def _number(cell: str, mark: str, line: int, column: int) -> float:
    where = f"line {line:,}, column {column:,}"
    if not reading.is_number(cell, mark):
        shown = f"holds {label(cell, 40)!r}" if cell else "is empty"
        raise InputError(f"{where} {shown}, where a number is wanted; mend it")
    return float(reading.number_of(cell, mark, where))


def _png(file: BinaryIO) -> dict[str, np.ndarray]:
    from PIL import Image

    with Image.open(file, formats=("PNG",)) as picture:
        n = picture.width * picture.height
        if n > PIXELS_MAX:
            raise InputError(f"it has {n:,} pixels; at most {PIXELS_MAX:,}; make it smaller")
        if picture.mode.startswith("I"):
            return {"": np.asarray(picture, np.float64) / 65_535.0}
        if picture.mode in ("1", "L", "LA"):
            return {"": np.asarray(picture.convert("L"), np.float64) / 255.0}
        return {"": np.moveaxis(np.asarray(picture.convert("RGB"), np.float64), 2, 0) / 255.0}


_READERS: dict[str, Callable[[BinaryIO], dict[str, np.ndarray]]] = {
    ".npy": _npy, ".npz": _npz, ".csv": _table(".csv"), ".tsv": _table(".tsv"),
    ".txt": _table(".txt"), ".png": _png,
}  # fmt: skip
