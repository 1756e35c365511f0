"""Bytes to a table of text cells: encoding, delimiter and decimal mark are found and reported."""

from __future__ import annotations

import ast
import csv
import io
import re
from dataclasses import replace

import pandas as pd

from engines.connectome.importing.options import ImportOptions
from engines.contract import InputError

_DELIMITERS = (",", "\t", ";", "|", " ")
_SAMPLE = 64 * 1024
_PADDED_MAX = 50_000_000
"""Cells of a table whose rows are all made as long as the longest."""


def decoded(data: bytes, options: ImportOptions) -> tuple[str, list[str]]:
    """Text of bytes and what was decided; InputError for what is no text."""
    if options.encoding:
        try:
            return data.decode(options.encoding).removeprefix("\ufeff"), []
        except (LookupError, UnicodeDecodeError) as error:
            raise InputError(f"the file is not {options.encoding}: {error}") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ["The file was read as UTF-16."]
        except UnicodeDecodeError as error:
            raise InputError(f"the file begins as UTF-16 and is none: {error.reason}") from error
    if b"\0" in data[:_SAMPLE]:
        raise InputError("the file is not text; give CSV, TSV, XLSX, Parquet, GraphML, NPZ or JSON")
    try:
        text = data.decode("utf-8-sig")
        return text, ["A byte order mark was skipped."] if data.startswith(b"\xef\xbb\xbf") else []
    except UnicodeDecodeError:
        note = "The file is not UTF-8 and was read as Windows-1252; set encoding if names look odd."
        return data.decode("cp1252", "replace"), [note]


def n_comments(text: str) -> int:
    """How many lines at the beginning are comments: ``#`` or ``%``, or blank between them."""
    n = 0
    for k, line in enumerate(text.split("\n")):
        if line.lstrip().startswith(("#", "%")):
            n = k + 1
        elif line.strip():
            break
    return n


def without_comments(text: str) -> tuple[str, list[str]]:
    """Text behind its leading comments, and a note."""
    n = n_comments(text)
    if not n:
        return text, []
    return text.split("\n", n)[-1], [f"{n:,} lines of comment at the beginning were skipped."]


_DICTIONARY = re.compile(r"^(\S+)\s+(\S+)\s+(\{[^{}]{0,2000}\})$")


def dictionaries(text: str) -> list[list[str]]:
    """Rows of ``A B {'weight': 2.0}``, as networkx's write_edgelist writes them, or none.

    Raises:
        InputError: a row holds no such dictionary.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not _DICTIONARY.match(lines[0]):
        return []
    rows = [["pre", "post", "weight"]]
    for k, line in enumerate(lines):
        cut = _DICTIONARY.match(line)
        try:
            found = ast.literal_eval(cut[3]) if cut else None
        except (ValueError, SyntaxError):
            found = None
        if cut is None or not isinstance(found, dict):
            raise InputError(
                f"row {k + 1:,} is no 'sender receiver {{...}}' as the rows before it; mend it, or "
                "write the list with nx.write_weighted_edgelist"
            )
        rows.append([cut[1], cut[2], str(found.get("weight", 1))])
    return rows


def sniffed(text: str, suffix: str, options: ImportOptions) -> tuple[ImportOptions, list[str]]:
    """Options with delimiter and decimal mark filled in, and what was decided."""
    notes = []
    delimiter = options.delimiter or ("\t" if suffix == ".tsv" else _delimiter(text))
    if not options.delimiter and delimiter not in (",", "\t"):
        shown = {";": "semicolons", "|": "bars", " ": "spaces"}[delimiter]
        notes.append(f"Cells are separated by {shown}.")
    decimal = options.decimal or "."
    if not options.decimal and delimiter != "," and _has_decimal_commas(text, delimiter):
        decimal = ","
        notes.append("Numbers are written with decimal commas.")
    return replace(options, delimiter=delimiter, decimal=decimal), notes


def _delimiter(text: str) -> str:
    lines = [line for line in text[:_SAMPLE].splitlines()[:50] if line.strip()]
    best = ",", 0.0
    for mark in _DELIMITERS:
        counts = [len(row) for row in csv.reader(lines, delimiter=mark)]
        typical = max(set(counts), key=counts.count, default=1)
        score = (typical > 1) * counts.count(typical) / max(1, len(counts)) * min(typical, 3)
        if score > best[1] + 1e-9:
            best = mark, score
    return best[0]


def _has_decimal_commas(text: str, delimiter: str) -> bool:
    cells = [c for line in text[:_SAMPLE].splitlines()[1:50] for c in line.split(delimiter)]
    commas = [c for c in cells if c.count(",") == 1 and c.replace(",", "").strip(" -").isdigit()]
    points = [c for c in cells if c.count(".") == 1 and c.replace(".", "").strip(" -").isdigit()]
    return len(commas) > len(points)


def cells(text: str, options: ImportOptions) -> list[list[str]]:
    """Rows of trimmed cells without empty rows; InputError for more rows than allowed."""
    rows = []
    reader = csv.reader(io.StringIO(text), delimiter=options.delimiter or ",")
    try:
        for row in reader:
            trimmed = [cell.strip() for cell in row]
            if options.delimiter == " ":
                trimmed = [cell for cell in trimmed if cell]
            if any(trimmed):
                rows.append(trimmed)
            if len(rows) > options.n_rows_max:
                raise InputError(f"there are more than {options.n_rows_max:,} rows; give a part")
    except csv.Error as error:
        raise InputError(f"line {reader.line_num:,} cannot be cut into cells: {error}") from error
    return rows


def frame_from_cells(rows: list[list[str]], *, header: bool) -> pd.DataFrame:
    """A table of texts; the first row names the columns when ``header``."""
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > _PADDED_MAX:
        raise InputError(
            f"the widest of {len(rows):,} rows has {width:,} cells, so that nearly all would be "
            "empty; mend that row"
        )
    padded = [row + [""] * (width - len(row)) for row in rows]
    if not header:
        return pd.DataFrame(padded, columns=[str(k) for k in range(width)], dtype=object)
    names = [name or f"column {k + 1}" for k, name in enumerate(padded[0])]
    seen: dict[str, int] = {}
    for k, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        names[k] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return pd.DataFrame(padded[1:], columns=names, dtype=object)


GROUPED = re.compile(r"^-?\d{1,3}([,. ]\d{3})+$")
"""A whole number whose digits stand in threes."""


def number(cell: str, decimal: str = ".", thousands: str = "") -> float | None:
    """A finite number, or None for anything else, nan and infinity included."""
    text = cell.strip()
    if thousands:
        text = text.replace(thousands, "")
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e300 and "_" not in text else None
