"""Tables of activations, a stimulus per row: which columns are units, which are ids and labels."""

from __future__ import annotations

import csv
import importlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

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
_ID = re.compile(r"([\W_](id|idx|index|nr)|[a-z]I[dD])$")
LABEL_NAMES = (
    "label", "labels", "class", "target", "category", "condition", "group", "split", "fold",
    "trial", "session", "block", "subject", "repeat",
)  # fmt: skip
"""Columns of whole numbers with these names say what a stimulus is."""
FirstRow = Literal["as found", "names", "a stimulus"]
Ids = Literal["as found", "first column", "none"]


@dataclass(frozen=True)
class Reading:
    """How a table is to be read where a person knows better than what is found."""

    first_row: FirstRow = "as found"
    """Names of the columns, or a stimulus."""
    ids: Ids = "as found"
    """Which column of numbers says what stimuli are; with "none" all of them are units."""


AS_FOUND = Reading()
Read = tuple[list[str], list[list[str]], list[str]]
"""Titles, columns, and notes of what was guessed."""


def columns_of_text(path: Path, reading: Reading = AS_FOUND) -> Read:
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
    named, why = _names_columns(rows) if reading.first_row == "as found" else (None, "")
    notes += [why] if why else []
    if named is False or reading.first_row == "a stimulus":
        titles, body = [f"column {k}" for k in range(width)], rows
    else:
        titles, body = rows[0], rows[1:]
    if not body:
        raise InputError("it has a header but no rows")
    return titles, [list(column) for column in zip(*body, strict=True)], notes


def _names_columns(rows: list[list[str]]) -> tuple[bool, str]:
    """Whether the first row names the columns, and what to say where that was guessed.

    It does where it has a word over numbers, or counts 0, 1, 2 as tables without names are written.
    """
    first, body = rows[0], rows[1:]
    if not body:
        return not all(_is_number(cell) for cell in first), ""
    over = [c for c, below in zip(first, zip(*body, strict=True), strict=True)
            if _numbers(list(below)) is not None]  # fmt: skip
    if not over or not all(_is_number(c) or c.strip().lower() in MISSING for c in over):
        return True, ""
    known = [float(c) for c in over if _is_number(c)]
    if len(known) > 2 and known in ([*range(len(known))], [*range(1, len(known) + 1)]):
        counted = f"the first row counts {known[0]:g}, {known[1]:g} and on and was taken as names"
        return True, f"{counted}; say so if it is a stimulus (first row)"
    if not first[0].strip() and len(known) == len(first) - 1:
        return True, "the first row begins empty and was taken as names; say so if it is a stimulus"
    said = "no header: the first row is numbers and was taken as a stimulus"
    if all(_is_number(c) for c in first):
        whole = all(v == round(v) for v in known) and len(set(known)) == len(known) > 2
        parts = any(_is_number(c) and "." in c for row in body[:20] for c in row)
        asked = "; are its whole numbers names? say so (first row)"
        return False, said + asked * (whole and parts)
    return False, said.replace("is numbers", "is like the others")


def columns_of_parquet(path: Path, _reading: Reading = AS_FOUND) -> Read:
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
    titles: list[str], columns: list[list[str]], notes: list[str], ids: Ids = "as found"
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]], list[str]]:
    """Units, labels and notes; missing cells are nan, and a column of ids or classes is no unit.

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
            notes += _stray_words(shown, cells)
        elif ids == "first column" and k == 0:
            labels[shown if title.strip() else "id"] = tuple(cells)
        elif ids == "as found" and (what := _about_stimuli(title, values, k)):
            labels[shown if title.strip() else "id"] = tuple(cells)
            notes.append(
                f"{shown!r} was read as {what}, not as a unit; say so if it is one (ids: none)"
            )
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


def _about_stimuli(title: str, values: np.ndarray, k: int) -> str:
    """*ids* or *labels* where a column of whole numbers says which stimulus a row is, else empty.

    It is called an id or a class, or it is the first and counts the rows from 0 or 1.
    """
    if not np.isfinite(values).all() or not (values == np.round(values)).all():
        return ""
    word = title.strip().lower()
    each_once = len(np.unique(values)) == len(values)
    called = word in ID_NAMES or _ID.search(title.strip())
    if called and each_once:
        return "ids"
    if word in LABEL_NAMES or (called and word):
        return "labels"
    start = values[0] if len(values) > 2 else -1.0
    counts = start in (0.0, 1.0) and (np.diff(values) == 1.0).all()
    return "ids" if k == 0 and counts else ""


def _stray_words(shown: str, cells: list[str]) -> list[str]:
    """A column of numbers that a few words made a label is told."""
    known = [cell for cell in cells if cell.strip().lower() not in MISSING]
    words = [cell for cell in known if not _is_number(cell)]
    if not words or 2 * len(words) >= len(known):
        return []
    told = f"{len(words)} of {len(cells)} cells are no numbers, {label(words[0], 20)!r} first"
    return [f"{shown!r} was read as labels: {told}; write NA there if it is a unit"]
