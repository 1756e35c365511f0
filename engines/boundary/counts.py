"""What a stranger's file says it holds, counted before anything of it is parsed.

A reader needs memory and time in proportion to cells, elements and numbers, and a small file may
claim billions of them. So the child that reads it asks here first, and refuses within a second.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import numpy as np

from engines.boundary.labels import label
from engines.boundary.reading import NESTING_MAX, json_depth
from engines.contract import InputError

COLUMNS_MAX = 20_000
CELLS_MAX = 10_000_000
"""Of a table that is read cell by cell: text, a workbook, Parquet as text."""
SPAN_MAX = 50_000_000
"""Rows times columns of a workbook, empty ones counted."""
ELEMENTS_MAX = 3_000_000
"""Of XML, JSON, GML and Pajek, which become objects."""
NUMBERS_MAX_BYTES = 300 * 1024**2
"""Of arrays; reading and handing them over takes about three times as much."""
UNPACKED_MAX_BYTES = 512 * 1024**2
MEMBERS_MAX = 10_000
_HEADER_MAX_BYTES = 16 * 1024**2
_PIECE = 1024**2
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_OBJECTS = (
    "it holds Python objects (a pickle), which can run code and are never read; save the numbers "
    "as numpy.save(path, array.astype('float32')) or as safetensors and open that"
)


def check_counts(kind: str, file: BinaryIO, *, cells_max: int = CELLS_MAX) -> None:
    """Refuse a file that claims more than is read; one of another kind is left to its reader.

    Args:
        kind: its ending, such as ``.csv``.
        file: its bytes; it is left at its beginning.
        cells_max: of a table that is read cell by cell.

    Raises:
        InputError: how much it claims, and how much is read.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not size:
        raise InputError("the file is empty, 0 bytes; was it written to the end?")
    try:
        if kind in _TABLES:
            _table(file, cells_max)
        elif kind == ".parquet":
            _parquet(file, cells_max)
        elif kind in _COUNTERS:
            _COUNTERS[kind](file)
    except (InputError, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise InputError(f"it is not a readable {kind[1:]} file: {label(error, 200)}") from error
    file.seek(0)


def _at_most(n: int, most: int, what: str, mend: str = "give a part of it") -> None:
    if n > most:
        raise InputError(f"it has {n:,} {what}; at most {most:,} are read; {mend}")


def _bytes_at_most(n: int, most: int, what: str) -> None:
    if n > most:
        raise InputError(
            f"it {what} {n / 1024**2:,.0f} MiB; at most {most >> 20:,} MiB are read; give a part"
        )


# --- text ---------------------------------------------------------------------------------------


def _table(file: BinaryIO, cells_max: int) -> None:
    """Columns of the widest line, and cells by the mark that stands there most often."""
    data = file.read()
    counts = {mark: data.count(mark) for mark in (b",", b"\t", b";", b"|")}
    if not any(counts.values()):
        counts = {b" ": data.count(b" ")}
    mark = max(counts, key=lambda each: counts[each])
    n_lines = data.count(b"\n") + 1
    _at_most(max(line.count(mark) for line in io.BytesIO(data)) + 1, COLUMNS_MAX, "columns")
    _at_most(counts[mark] + n_lines, cells_max, "cells", "give a part, or save it as NPZ")


def _json(file: BinaryIO) -> None:
    data = file.read()
    _at_most(data.count(b"{") + data.count(b"["), ELEMENTS_MAX, "objects and lists")
    if json_depth(data.decode("utf-8", "replace")) > NESTING_MAX:
        raise InputError(f"it is nested deeper than {NESTING_MAX} levels; give it flat")


def _gml(file: BinaryIO) -> None:
    data = file.read()
    _at_most(data.count(b"\n"), ELEMENTS_MAX, "lines")
    if json_depth(data.decode("utf-8", "replace")) > NESTING_MAX:
        raise InputError(f"it is nested deeper than {NESTING_MAX} levels; give it flat")


def _pajek(file: BinaryIO) -> None:
    _at_most(file.read().count(b"\n"), ELEMENTS_MAX, "lines")


def _xml(file: BinaryIO) -> None:
    _at_most(file.read().count(b"<") // 2, ELEMENTS_MAX, "elements")


# --- archives -----------------------------------------------------------------------------------


def _members(archive: zipfile.ZipFile, most: int) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    _at_most(len(members), MEMBERS_MAX, "files in it")
    _bytes_at_most(sum(each.file_size for each in members), most, "unpacks to")
    return members


def _zip(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as archive:
        _members(archive, UNPACKED_MAX_BYTES)


def _workbook(file: BinaryIO) -> None:
    """Cells of the first sheet and how far they lie apart."""
    with zipfile.ZipFile(file) as archive:
        names = [each.filename for each in _members(archive, UNPACKED_MAX_BYTES)]
        sheets = sorted((n for n in names if n.startswith("xl/worksheets/")), key=_natural)
        if not sheets:
            return
        n_cells, n_rows, n_columns = 0, 0, 0
        with archive.open(sheets[0]) as sheet:
            for column, row in _cells(sheet):
                n_cells += 1
                n_rows, n_columns = max(n_rows, row), max(n_columns, column)
                _at_most(n_cells, CELLS_MAX, "cells")
    if n_rows * n_columns > SPAN_MAX:
        raise InputError(
            f"its cells span {n_rows:,} rows and {n_columns:,} columns; at most {SPAN_MAX:,} "
            "places are read; delete the cells far from the table"
        )


def _natural(name: str) -> tuple[int, str]:
    return len(name), name


def _cells(sheet: Any) -> Iterable[tuple[int, int]]:
    """Column and row of every cell, from 1."""
    rest = b""
    while piece := sheet.read(_PIECE):
        text = rest + piece
        done = text.rfind(b">") + 1
        for letters, digits in _CELL.findall(text[:done]):
            column = 0
            for letter in letters:
                column = 26 * column + letter - 64
            yield column, int(digits)
        rest = text[done:][-1_000:]


def _npz(file: BinaryIO) -> None:
    needed = 0
    with zipfile.ZipFile(file) as archive:
        for each in _members(archive, UNPACKED_MAX_BYTES):
            with archive.open(each) as member:
                needed += npy_bytes(member, each.file_size)
    _bytes_at_most(needed, NUMBERS_MAX_BYTES, "holds numbers of")


def _npy(file: BinaryIO) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    _bytes_at_most(npy_bytes(file, size), NUMBERS_MAX_BYTES, "holds numbers of")


def npy_bytes(file: Any, size: int) -> int:
    """Bytes of the array in a NPY file of ``size`` bytes, by its header.

    Raises:
        InputError: objects, or a shape that the file is too small for.
    """
    version = np.lib.format.read_magic(file)
    read = (
        np.lib.format.read_array_header_1_0 if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )  # fmt: skip
    shape, _, dtype = read(file)
    if dtype.hasobject:
        raise InputError(_OBJECTS)
    needed = math.prod(shape) * dtype.itemsize
    if needed > size or min(shape, default=0) < 0:
        raise InputError(
            f"its header says {label(shape, 80)} of {label(dtype, 40)}, {needed:,} bytes, but it "
            f"has {size:,}"
        )
    return needed


# --- binary -------------------------------------------------------------------------------------


def _safetensors(file: BinaryIO) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    n_header = int.from_bytes(file.read(8), "little")
    if n_header > min(_HEADER_MAX_BYTES, size - 8):
        raise InputError(f"its header claims {n_header:,} bytes of {size:,}; it is damaged")
    text = file.read(n_header).decode()
    if json_depth(text) > 8:
        raise InputError("its header is nested, which no safetensors file's is; it is damaged")
    header = json.loads(text)
    entries = [each for name, each in header.items() if name != "__metadata__"]
    _at_most(len(entries), MEMBERS_MAX, "arrays")
    for each in entries:
        start, end = each["data_offsets"]
        if not 0 <= start <= end <= size - 8 - n_header:
            raise InputError("its header names numbers beyond its end; it is cut or damaged")
    # A bfloat16 becomes a float32, twice as long.
    needed = sum(
        math.prod(each["shape"]) * (4 if each["dtype"] == "BF16" else 8) for each in entries
    )
    _bytes_at_most(needed // 2, NUMBERS_MAX_BYTES, "holds numbers of")


def _parquet(file: BinaryIO, cells_max: int) -> None:
    try:
        import pyarrow.parquet as parquet
    except ImportError:  # said by the reader
        return
    about = parquet.read_metadata(file)
    _at_most(about.num_columns, COLUMNS_MAX, "columns")
    _at_most(about.num_columns * about.num_rows, cells_max, "cells", "give a part, or save NPZ")


def _matlab(file: BinaryIO) -> None:
    head = file.read(520)
    file.seek(0)
    if head.startswith(b"MATLAB 7.3") or b"\x89HDF\r\n\x1a\n" in (head[:8], head[512:]):
        _hdf5(file)
        return
    from scipy.io import whosmat

    found = whosmat(file)
    _bytes_at_most(8 * sum(math.prod(shape) for _, shape, _ in found), NUMBERS_MAX_BYTES,
                   "claims numbers of")  # fmt: skip


def _hdf5(file: BinaryIO) -> None:
    try:
        import h5py
    except ImportError:  # said by the reader
        return
    total = n_found = 0

    def visit(_name: str, item: Any) -> None:
        nonlocal total, n_found
        n_found += 1
        _at_most(n_found, MEMBERS_MAX, "groups and arrays")
        if isinstance(item, h5py.Dataset) and not (item.is_virtual or item.external):
            total += math.prod(item.shape or ()) * item.dtype.itemsize
            chunk = math.prod(item.chunks or ()) * item.dtype.itemsize
            _bytes_at_most(max(total, chunk), NUMBERS_MAX_BYTES, "claims numbers of")

    with h5py.File(file, "r") as opened:
        opened.visititems(visit)


_TABLES = frozenset({".csv", ".tsv", ".txt", ".edgelist"})
_COUNTERS: dict[str, Callable[[BinaryIO], None]] = {
    ".json": _json, ".gml": _gml, ".net": _pajek, ".graphml": _xml, ".gexf": _xml, ".zip": _zip,
    ".xlsx": _workbook, ".npz": _npz, ".npy": _npy, ".safetensors": _safetensors,
    ".mat": _matlab, ".h5": _hdf5, ".hdf5": _hdf5, ".nwb": _hdf5,
}  # fmt: skip
