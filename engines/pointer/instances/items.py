"""Items of a knapsack from a stranger's file: rows of weight and value, or the usual text form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.boundary.apart import said_of
from engines.boundary.labels import label
from engines.contract import InputError
from engines.pointer.instances.rows import Line, lines_of, numbers_in
from engines.pointer.instances.tsplib import check_size

_WANTED = "rows of weight and value"
_WORTH = ("value", "profit", "v", "p")
_HEAVY = ("weight", "w")


@dataclass(frozen=True)
class OwnItems:
    """What a file says of a knapsack."""

    name: str
    weight: np.ndarray
    """float64[item], above 0."""
    value: np.ndarray
    """float64[item], above 0."""
    capacity: float | None
    """None where the file does not say it."""

    @property
    def rows(self) -> tuple[tuple[float, float], ...]:
        """Weight and value of each, as a spec has them."""
        return tuple(zip(self.weight.tolist(), self.value.tolist(), strict=True))


def items_from_upload(name: str, data: bytes, *, n_max: int) -> OwnItems:
    """At most ``n_max`` items; ``name`` is only what the file is called.

    Rows are weight and value, or what a header says (*id, profit, weight*). Public instances have
    blanks between numbers: the number of items and the capacity come first, on a line or on two,
    then value before weight, and perhaps a line of zeros and ones, the answer, which is not read.

    Raises:
        InputError: what is wrong with the file, where, and how to mend it.
    """
    called = label(name, 80) or "the text"
    try:
        check_size(data, _WANTED)
        header, lines = lines_of(data.decode("utf-8-sig", "replace"))
        head = [] if header else _head(lines)
        if head:
            return _public(called, head, lines[len(head) :], n_max)
        columns = header or ["weight", "value"]
        return _items(called, columns, lines, None, n_max)
    except InputError as error:
        raise InputError(said_of(called, str(error))) from error


def _head(lines: list[Line]) -> list[Line]:
    """The lines that say how many items a public instance has, and its capacity; none in rows."""
    if any("," in line.text or ";" in line.text for line in lines):
        return []
    n_words = [len(line.words) for line in lines[:3]]
    head = lines[: 2 if n_words[:2] == [1, 1] else 1]
    first = lines[0].words[0] if lines else ""
    rows = [line for line in lines[len(head) :] if not _is_answer(line)]
    whole = len(head) == 2 or n_words[:1] == [2]
    return head if whole and len(rows) > 1 and first == str(len(rows)) else []


def _is_answer(line: Line) -> bool:
    return len(line.words) > 2 and set(line.words) <= {"0", "1"}


def _public(called: str, head: list[Line], lines: list[Line], n_max: int) -> OwnItems:
    words = [word for line in head for word in line.words]
    said = Line(head[-1].number, words, " ".join(words))
    capacity = numbers_in([said], "items and capacity", 2)[0, 1]
    if capacity <= 0.0:
        raise InputError(f"the capacity must be above 0, got {capacity:g}")
    rows = [line for line in lines if not _is_answer(line)]
    return _items(called, ["value", "weight"], rows, float(capacity), n_max)


def _items(
    called: str, columns: list[str], lines: list[Line], capacity: float | None, n_max: int
) -> OwnItems:
    if not lines:
        raise InputError(f"there are no items in it; give {_WANTED}")
    if len(lines) > n_max:
        raise InputError(f"at most {n_max:,} items are read, it has {len(lines):,}")
    heavy, worth = _column(columns, _HEAVY), _column(columns, _WORTH)
    rows = numbers_in(lines, " and ".join(columns), len(columns))
    for line, row in zip(lines, rows[:, [heavy, worth]], strict=True):
        if not (row > 0.0).all():
            said = label(line.text, 40)
            raise InputError(f"line {line.number}: weight and value must be above 0, got '{said}'")
    return OwnItems(called, rows[:, heavy], rows[:, worth], capacity)


def _column(header: list[str], names: tuple[str, ...]) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    said = label(", ".join(header), 60)
    raise InputError(f"the header must name a column '{names[0]}', got '{said}'")
