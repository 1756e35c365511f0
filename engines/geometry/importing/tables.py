"""Tables of activations, a stimulus per row: which columns are units, which are ids and labels."""

from __future__ import annotations

import csv
import importlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from engines.boundary.labels import label
from engines.contract import InputError

MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "?")
ID_NAMES = (
    "",
    "id",
    "index",
    "stimulus",
    "stimulus_id",
    "stimulus id",
    "item",
    "row",
    "unnamed: 0",
)
Read = tuple[list[str], list[list[str]], list[str]]
"""Titles, columns, and notes of what was guessed."""


def columns_of_text(path: Path) -> Read:
    """A table with commas, semicolons, tabs or bars between cells; with or without a header."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("it is not UTF-8 text; save it as UTF-8 CSV") from error
    if not text.strip():
        raise InputError("it is empty: no header and no rows")
    separator = _separator(text)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
    notes = [] if separator == "," else [f"cells are parted by {_in_words(separator)}"]
    if separator == ";":
        rows = [[_point(cell) for cell in row] for row in rows]
    width = len(rows[0])
    ragged = next((k for k, row in enumerate(rows) if len(row) != width), None)
    if ragged is not None:
        raise InputError(f"row {ragged + 1} has {len(rows[ragged])} cells, the first row {width}")
    if all(_is_number(cell) for cell in rows[0]):
        notes.append("no header: the first row is numbers and was taken as a stimulus")
        titles, body = [f"column {k}" for k in range(width)], rows
    else:
        titles, body = rows[0], rows[1:]
    if not body:
        raise InputError("it has a header but no rows")
    return titles, [list(column) for column in zip(*body, strict=True)], notes


def columns_of_parquet(path: Path) -> Read:
    """A parquet table."""
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise InputError("parquet needs the package pyarrow; install it, or save csv") from error
    table = parquet.read_table(path)
    columns = [["" if v is None else repr(v) if isinstance(v, float) else str(v)
                for v in column.to_pylist()] for column in table.columns]  # fmt: skip
    if not table.num_rows:
        raise InputError("it has columns but no rows")
    return list(table.column_names), columns, []


def from_columns(
    titles: list[str], columns: list[list[str]], notes: list[str]
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]], list[str]]:
    """Units, labels and notes; missing cells are nan, and a column of ids is no unit.

    Raises:
        InputError: no column of numbers.
    """
    numbers: list[np.ndarray] = []
    labels: dict[str, tuple[str, ...]] = {}
    for k, (title, cells) in enumerate(zip(titles, columns, strict=True)):
        shown = label(title) or f"column {k}"
        values = _numbers(cells)
        if values is None:
            labels[shown] = tuple(cells)
        elif _is_id(title, values):
            labels[shown if title.strip() else "id"] = tuple(cells)
            notes.append(f"{shown!r} was read as ids, not as a unit; rename it if it is one")
        else:
            n_missing = int(np.isnan(values).sum())
            if n_missing:
                notes.append(f"{shown!r} has {n_missing} missing values")
            numbers.append(values)
    if not numbers:
        raise InputError("it has no column of numbers")
    return {"activations": np.column_stack(numbers)}, labels, notes


def _separator(text: str) -> str:
    """What parts every line into equally many cells, most of them."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    counts = {}
    for each in ("\t", ";", ",", "|"):
        found = {len(row) for row in csv.reader(lines, delimiter=each)}
        counts[each] = next(iter(found)) if len(found) == 1 else 1
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] > 1 else ("," if "," in lines[0] else best)


def _in_words(separator: str) -> str:
    return {";": "semicolons (and a comma in a number is its point)", "\t": "tabs"}.get(
        separator, "bars"
    )


def _point(cell: str) -> str:
    return (
        cell.replace(",", ".")
        if cell.count(",") == 1 and "." not in cell and _is_number(cell.replace(",", "."))
        else cell
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers(cells: list[str]) -> np.ndarray | None:
    """float64[stimulus] with nan for missing ones, or None where most are words."""
    known = [cell for cell in cells if cell.strip().lower() not in MISSING]
    if not known or not all(_is_number(cell) for cell in known):
        return None
    return np.array([np.nan if cell.strip().lower() in MISSING else float(cell) for cell in cells])


def _is_id(title: str, values: np.ndarray) -> bool:
    """A column that is called an id and counts, or has no name and counts from 0 or 1."""
    if title.strip().lower() not in ID_NAMES or not np.isfinite(values).all():
        return False
    return bool((values == np.round(values)).all() and len(np.unique(values)) == len(values))
