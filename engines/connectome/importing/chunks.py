"""Edge lists too long to be held at once: read in chunks, merged as they come, stoppable."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from engines.connectome.importing import edges
from engines.connectome.importing.options import REFUSED_SHOWN, ImportOptions
from engines.connectome.importing.text import decoded, n_comments, sniffed, without_comments
from engines.contract import InputError

CHUNK_ROWS = 500_000
HELD_MAX = 3_000_000
"""Merged edges in memory before they are merged again."""
_SAMPLE = 64 * 1024
_Pairs = tuple[np.ndarray, np.ndarray]
"""int64[edge] sender << 32 | receiver, and float64[edge] weights."""
TEXT = (".csv", ".tsv", ".txt", ".edgelist")
KINDS = (*TEXT, ".parquet", ".feather")
"""Endings of tables that can be read in chunks."""


@dataclass(frozen=True)
class Source:
    """A table: a file on disk, or what was uploaded and lies nowhere."""

    name: str
    content: Path | bytes

    @property
    def suffix(self) -> str:
        """The ending that tells the kind."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def n_bytes(self) -> int:
        """Its length."""
        if isinstance(self.content, bytes):
            return len(self.content)
        return self.content.stat().st_size

    def open(self) -> BinaryIO:
        """Its bytes from the beginning."""
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        return self.content.open("rb")

    def head(self) -> bytes:
        """Its first whole lines."""
        with self.open() as file:
            head = file.read(_SAMPLE)
        return head[: head.rfind(b"\n") + 1] or head


@dataclass(frozen=True)
class Reading:
    """How far a long file has been read; ``n_expected`` is estimated from its first rows."""

    n_rows: int
    n_expected: int

    @property
    def fraction(self) -> float:
        """Share of the file, at most 1."""
        return min(1.0, self.n_rows / max(1, self.n_expected))


def expected_rows(source: Source) -> int:
    """Rows of a table, exactly for Parquet, else from the length of its first lines; 0 if unknown.

    Raises:
        OSError: the file cannot be read.
    """
    if source.suffix == ".parquet":
        import pyarrow.parquet as parquet

        with source.open() as file:
            return int(parquet.read_metadata(file).num_rows)
    if source.suffix not in TEXT:
        return 0
    with source.open() as file:
        head = file.read(_SAMPLE)
    return round(source.n_bytes * head.count(b"\n") / max(1, len(head)))


def merged_rows(source: Source, options: ImportOptions) -> Iterator[Reading | edges.Rows]:
    """How far it is, chunk by chunk; last all edges of the file, repeated ones combined.

    Raises:
        InputError: as for a file that is read at once.
    """
    chosen = chosen_for(source, options)
    expected, merger = expected_rows(source), _Merger(chosen)
    try:
        for frame in _frames(source, chosen):
            merger.add(edges.rows_from_frame(frame, chosen, merger.n_rows + 2), len(frame))
            yield Reading(merger.n_rows, max(expected, merger.n_rows))
        yield merger.rows()
    finally:
        edges.forget_ids()


def _frames(source: Source, options: ImportOptions) -> Iterator[pd.DataFrame]:
    if source.suffix in (".parquet", ".feather"):
        with source.open() as file:
            for table in _tables(file, source.suffix):
                yield table.to_pandas(integer_object_nulls=True, strings_to_categorical=True)
        return
    # Ids are read as text, or they would lose digits where one of them is missing; every
    # different text once, as most cells of a long list repeat.
    plain: dict[str, Any] = {
        "dtype": "category", "keep_default_na": False, "skipinitialspace": True,
        "low_memory": False,
    }  # fmt: skip
    given: dict[str, Any] = {"sep": options.delimiter, "encoding": options.encoding}
    given["skiprows"] = n_comments(decoded(source.head(), options)[0])
    try:
        with source.open() as file:
            yield from pd.read_csv(file, chunksize=CHUNK_ROWS, **given, **plain)
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError(
            f"'{source.name}' cannot be cut into cells: {error}; set encoding or delimiter"
        ) from error


def _tables(file: BinaryIO, suffix: str) -> Iterator[Any]:
    """Parts of a Parquet or Feather file of about ``CHUNK_ROWS`` rows."""
    import pyarrow

    if suffix == ".parquet":
        import pyarrow.parquet as parquet

        yield from parquet.ParquetFile(file).iter_batches(CHUNK_ROWS)
        return
    opened, held = pyarrow.ipc.open_file(file), []
    for k in range(opened.num_record_batches):
        held.append(opened.get_batch(k))
        if sum(part.num_rows for part in held) >= CHUNK_ROWS:
            yield pyarrow.Table.from_batches(held)
            held = []
    if held:
        yield pyarrow.Table.from_batches(held)


def chosen_for(source: Source, options: ImportOptions) -> ImportOptions:
    """Options with encoding, delimiter and decimal mark found in the first lines."""
    if source.suffix not in TEXT:
        return options
    head = source.head()
    text, _ = decoded(head, options)
    encoding = options.encoding or ("utf-8-sig" if _is_utf8(head) else "cp1252")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    return replace(sniffed(without_comments(text)[0], source.suffix, options)[0], encoding=encoding)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


class _Merger:
    """Edges of all chunks so far, at most one per pair and kind."""

    def __init__(self, options: ImportOptions) -> None:
        self.options, self.n_rows = options, 0
        self._names: dict[str, int] = {}
        self._parts: dict[str, list[_Pairs]] = {}
        self._n_held = self._n_listed = self._n_refused = 0
        self._told: Counter[str] = Counter()
        self._refused: list[str] = []
        self._columns: dict[str, str] = {}
        self._other: list[str] = []
        self._sent: dict[tuple[str, str], int] = {}

    def add(self, rows: edges.Rows, n_read: int) -> None:
        """Take in the edges of one chunk."""
        self.n_rows += n_read
        self._columns = self._columns or rows.columns
        self._other = self._other or rows.other
        for named, n in rows.sent.items():
            self._sent[named] = self._sent.get(named, 0) + n
        self._told.update(rows.told)
        self._n_refused += rows.n_refused
        self._refused = (self._refused + rows.refused)[:REFUSED_SHOWN]
        self._n_listed += len(rows.pre)
        known = self._names
        places = [known.setdefault(name, len(known)) for name in rows.names.tolist()]
        place = np.array(places, np.int64)
        pairs = place[rows.pre] << 32 | place[rows.post]
        for kind in dict.fromkeys(rows.kinds.tolist()):
            here = rows.kinds == kind
            part = self._combined(pairs[here], rows.weight[here])
            self._parts.setdefault(kind, []).append(part)
            self._n_held += len(part[0])
        if self._n_held > HELD_MAX:
            self._merge()

    def _combined(self, pairs: np.ndarray, weight: np.ndarray) -> _Pairs:
        order = np.argsort(pairs, kind="stable")
        pairs, weight = pairs[order], weight[order]
        first = np.flatnonzero(np.diff(pairs, prepend=-1))
        combine = np.maximum if self.options.duplicates == "max" else np.add
        return pairs[first], combine.reduceat(weight, first)

    def _merge(self) -> None:
        for kind, parts in self._parts.items():
            pairs, weight = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
            self._parts[kind] = [self._combined(pairs, weight)]
        self._n_held = sum(len(parts[0][0]) for parts in self._parts.values())

    def rows(self) -> edges.Rows:
        """All edges, named; InputError where repeated ones are refused."""
        if not self.n_rows:
            raise InputError("the file has a header and no rows")
        self._merge()
        n_double = self._n_listed - self._n_held
        if n_double and self.options.duplicates == "refuse":
            raise InputError(
                f"{n_double:,} edges are listed more than once; sum them, take the largest, or "
                "mend the file"
            )
        did = "replaced by the largest" if self.options.duplicates == "max" else "added up"
        told = {**self._told, f"{{:,}} repeated edges were {did}.": n_double}
        parts = [(kind, *part[0]) for kind, part in self._parts.items()]
        pairs = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in parts)])
        weight = np.concatenate([np.zeros(0), *(part[2] for part in parts)])
        n_each = np.array([len(part[1]) for part in parts], int)
        kinds = np.repeat(np.array([part[0] for part in parts], object), n_each)
        names = np.array(list(self._names), object)
        return edges.Rows(
            names, pairs >> 32, pairs & 0xFFFFFFFF, weight, kinds, self._columns, told,
            self._refused, self._n_refused, self._other, self._sent,
        )  # fmt: skip
