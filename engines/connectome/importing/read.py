"""Files to connectomes, by their ending; text, workbooks and tables are read here."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from engines.boundary.labels import label
from engines.connectome.importing import arrays, chunks, edges, graphs, matrices
from engines.connectome.importing.chunks import Reading, Source
from engines.connectome.importing.finishing import finished
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.importing.text import (
    cells,
    decoded,
    dictionaries,
    frame_from_cells,
    number,
    sniffed,
    without_comments,
)
from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

CHUNKED_BYTES = 32 * 1024**2
UNPACKED_MAX = 512 * 1024**2
_PIECE = 1024**2
_RATIO_MAX = 200
_REFUSED_KINDS = {
    ".pkl": "a pickle", ".pickle": "a pickle", ".pt": "a torch pickle", ".pth": "a torch pickle",
    ".joblib": "a pickle", ".npy_obj": "a pickle",
}  # fmt: skip
_MAGIC = {b"\x80\x02": "a pickle", b"\x80\x03": "a pickle", b"\x80\x04": "a pickle",
          b"\x80\x05": "a pickle"}  # fmt: skip


def read_connectome(
    path: str | Path, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """A connectome from a file, and what was decided on the way.

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    *_, last = reading(path, options)
    assert isinstance(last, tuple)
    return last


def reading(
    path: str | Path, options: ImportOptions | None = None
) -> Iterator[Reading | tuple[Connectome, ImportReport]]:
    """As `read_connectome`, telling how far it is; the caller may stop between any two.

    Edge lists of more than ``CHUNKED_BYTES``, or of more than ``n_rows_max`` rows, are read in
    chunks, so that memory depends on their edges and not on their length.
    """
    place, chosen = Path(path), options or ImportOptions()
    source = Source(place.name, place)
    try:
        if _in_chunks(source, chosen):
            yield from _by_chunks(source, chosen)
        else:
            yield connectome_from_bytes(place.name, place.read_bytes(), chosen)
    except OSError as error:
        name = label(place.name, 80)
        raise InputError(f"'{name}' cannot be read: {error.strerror}") from error


def _by_chunks(
    source: Source, options: ImportOptions
) -> Iterator[Reading | tuple[Connectome, ImportReport]]:
    n_rows = 0
    for part in chunks.merged_rows(source, options):
        if isinstance(part, Reading):
            yield part
            n_rows = part.n_rows
        else:
            notes = ["The file was read in chunks."]
            parts = edges.layers_from_rows(part, options)
            title = label(source.name, 80) or "the file"
            yield finished(
                title, "an edge list", n_rows, parts, [], notes,
                columns=edges.transmitters(part, parts[0]), other=part.other,
            )  # fmt: skip


def _in_chunks(source: Source, options: ImportOptions) -> bool:
    """Whether a file is an edge list with a header, and too long to be held at once."""
    if options.kind == "matrix" or source.suffix not in chunks.KINDS:
        return False
    try:
        long = chunks.expected_rows(source) > options.n_rows_max
    except (ImportError, ValueError):  # connectome_from_bytes says what is wrong
        return False
    # Columns are packed about as tightly as gzip would.
    n_packed = 1 if source.suffix in chunks.TEXT else 4
    if not long and n_packed * source.n_bytes <= CHUNKED_BYTES:
        return False
    if source.suffix not in chunks.TEXT:
        return source.suffix == ".parquet" or source.head().startswith(b"ARROW1")
    chosen = chunks.chosen_for(source, options)
    text, _ = decoded(source.head(), chosen)
    first = cells(without_comments(text)[0].split("\n", 1)[0], chosen)
    named = {options.pre, options.post} <= set(first[0] if first else ()) and options.pre != ""
    return named or _has_edge_header(first)


def in_chunks(name: str, data: bytes, options: ImportOptions) -> bool:
    """Whether these bytes are a list of edges that is too long to be cut into cells at once."""
    # What is held has few enough rows for memory, but perhaps not as cells of text.
    unbounded = replace(options, n_rows_max=2**62)
    is_long = 4 * len(data) > CHUNKED_BYTES
    return is_long and _in_chunks(Source(PurePosixPath(name).name, data), unbounded)


def connectome_from_bytes(
    name: str, data: bytes, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """A connectome from a file's content; ``name`` is a label whose ending tells the kind."""
    chosen = options or ImportOptions()
    suffix = PurePosixPath(name).suffix.lower()
    title = label(PurePosixPath(name).name, 80) or "the file"
    refused = _REFUSED_KINDS.get(suffix) or next(
        (what for magic, what in _MAGIC.items() if data.startswith(magic)), ""
    )
    if refused:
        raise InputError(
            f"'{title}' is {refused}, which could run a stranger's code; save CSV, NPZ or GraphML"
        )
    if not data:
        raise InputError(f"'{title}' is empty, 0 bytes; was it written to the end?")
    if suffix == ".gz":
        return connectome_from_bytes(PurePosixPath(name).stem, unpacked(title, data), chosen)
    if suffix in graphs.KINDS:
        return graphs.graph_file(title, data, chosen, suffix)
    readers: dict[str, Callable[..., Any]] = {
        ".csv": _text, ".tsv": _text, ".txt": _text, ".edgelist": _text, ".xlsx": _xlsx,
        ".parquet": _parquet, ".feather": _feather, ".npz": _npz, ".npy": arrays.npy,
        ".mat": arrays.matlab, ".json": graphs.json_graph,
    }  # fmt: skip
    if suffix not in readers:
        kinds = ", ".join((*readers, *graphs.KINDS))
        raise InputError(f"'{title}' is of no kind we read; give one of {kinds}, or one in .gz")
    if in_chunks(name, data, chosen):
        *_, last = _by_chunks(Source(PurePosixPath(name).name, data), chosen)
        assert isinstance(last, tuple)
        return last
    return readers[suffix](title, data, chosen)


def unpacked(title: str, data: bytes) -> bytes:
    """What a gzip holds; InputError where it grows without measure."""
    most = min(UNPACKED_MAX, _RATIO_MAX * max(len(data), 100_000))
    found = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            # In pieces: memory for the most there may be would be taken at once.
            while len(found) <= most and (piece := file.read(_PIECE)):
                found += piece
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"'{title}' is no gzip file, or damaged: {error}") from error
    if len(found) > most:
        raise InputError(f"'{title}' unpacks to more than {most:,} bytes; save the part needed")
    return bytes(found)


def _npz(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    check_archive(title, data)
    return arrays.npz(title, data, options)


def _text(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    text, notes = decoded(data, options)
    text, skipped = without_comments(text)
    notes += skipped
    listed = dictionaries(text)
    if listed:
        notes.append("Rows end in dictionaries, as networkx writes them; their 'weight' is read.")
        return _from_rows(title, listed, replace(options, kind="edges"), notes)
    chosen, more = sniffed(text, PurePosixPath(title).suffix.lower(), options)
    return _from_rows(title, cells(text, chosen), chosen, [*notes, *more])


def _from_rows(
    title: str, rows: list[list[str]], options: ImportOptions, notes: list[str]
) -> tuple[Connectome, ImportReport]:
    decimal = options.decimal or "."
    is_matrix = options.kind == "matrix" or (
        not options.kind
        and not _has_edge_header(rows)
        and matrices.looks_like_matrix(rows, decimal)
    )
    if is_matrix:
        parts = matrices.layers_from_rows(rows, options)
        other = [] if options.kind else matrices.other_reading(rows)
        return finished(title, "a matrix", len(rows), parts, rows, notes, other=other)
    header = _has_header(rows, decimal)
    frame = frame_from_cells(rows, header=header)
    if not header and frame.shape[1] >= 2:
        names = ["pre", "post", *(["weight"] if frame.shape[1] > 2 else [])]
        frame.columns = [*names, *(f"column {k}" for k in range(4, frame.shape[1] + 2))][
            : frame.shape[1]
        ]
        notes.append("There is no header; the columns are taken for pre, post and weight.")
    return _from_list(title, frame, options, notes, rows, first_line=2 if header else 1)


def _from_list(
    title: str, frame: pd.DataFrame, options: ImportOptions, notes: list[str],
    preview: list[list[str]], first_line: int,
) -> tuple[Connectome, ImportReport]:  # fmt: skip
    listed = edges.rows_from_frame(frame, options, first_line)
    parts = edges.layers_from_rows(listed, options)
    columns = edges.transmitters(listed, parts[0])
    return finished(
        title, "an edge list", len(frame), parts, preview, notes, columns=columns,
        other=listed.other,
    )  # fmt: skip


def _has_edge_header(rows: list[list[str]]) -> bool:
    folded = {cell.lower() for cell in rows[0]} if rows else set()
    if len(rows) > 2 and folded - {""} == {row[0].lower() for row in rows[1:] if row}:
        return False  # a matrix of neurons that happen to be called n1 and n2
    return bool(folded & set(edges._PRE)) and bool(folded & set(edges._POST))


def _has_header(rows: list[list[str]], decimal: str) -> bool:
    if _has_edge_header(rows):
        return True
    # Without a header, the third cell is the first edge's weight.
    return len(rows) > 0 and len(rows[0]) > 2 and number(rows[0][2], decimal) is None


def _xlsx(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    check_archive(title, data)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # A sheet's own word for its size may be a billion cells that are not there.
        sheet.reset_dimensions()
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(f"'{title}' is no XLSX workbook: {error}") from error
    rows = []
    for row in sheet.iter_rows(values_only=True):
        texts = ["" if cell is None else _cell(cell) for cell in row]
        if any(texts):
            rows.append(texts)
        if len(rows) > options.n_rows_max:
            raise InputError(f"there are more than {options.n_rows_max:,} rows; give a part")
    notes = [f"The first of {len(book.worksheets)} sheets was read."] * (len(book.worksheets) > 1)
    return _from_rows(title, rows, options, notes)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def check_archive(title: str, data: bytes) -> None:
    """Refuse archives that unpack to far more than they weigh."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise InputError(f"'{title}' is damaged: {error}") from error
    if unpacked > UNPACKED_MAX or unpacked > _RATIO_MAX * max(len(data), 100_000):
        raise InputError(
            f"'{title}' would unpack to {unpacked:,} bytes from {len(data):,}; save the part that "
            "is needed as CSV"
        )


def _parquet(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise InputError("Parquet needs pyarrow: pip install 'neural-explorer[tables]'") from error
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(f"'{title}' is no Parquet file: {error}") from error
    if file.metadata.num_rows > options.n_rows_max:
        raise InputError(f"there are {file.metadata.num_rows:,} rows; give a part")
    frame = file.read().to_pandas(integer_object_nulls=True)
    return _from_table(title, frame, options)


def _from_table(
    title: str, frame: pd.DataFrame, options: ImportOptions
) -> tuple[Connectome, ImportReport]:
    preview = [list(map(str, frame.columns)), *frame.head().astype(str).to_numpy().tolist()]
    return _from_list(title, frame, options, [], preview, first_line=1)


def _feather(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    try:
        from pyarrow import feather
    except ImportError as error:
        raise InputError("Feather needs pyarrow: pip install 'neural-explorer[tables]'") from error
    try:
        table = feather.read_table(io.BytesIO(data))
    except MemoryError:
        raise
    except Exception as error:
        raise InputError(f"'{title}' is no Feather file: {error}") from error
    if table.num_rows > options.n_rows_max:
        raise InputError(f"there are {table.num_rows:,} rows; give a part")
    return _from_table(title, table.to_pandas(integer_object_nulls=True), options)
