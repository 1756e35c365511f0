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

    Rows are weight and value, or what a header says (*id, profit, weight*). A first line of two
    numbers of which the first counts the lines below is the form of public instances: the number
    of items and the capacity, and then value before weight.

    Raises:
        InputError: what is wrong with the file, where, and how to mend it.
    """
    called = label(name, 80) or "the text"
    try:
        check_size(data, _WANTED)
        return _read(called, *lines_of(data.decode("utf-8-sig", "replace")), n_max=n_max)
    except InputError as error:
        raise InputError(said_of(called, str(error))) from error


def _read(called: str, header: list[str], lines: list[Line], *, n_max: int) -> OwnItems:
    capacity = None
    if _counts(lines) and not header:
        (_, capacity), lines = numbers_in(lines[:1], "items and capacity", 2)[0], lines[1:]
        header = ["value", "weight"]
        if capacity <= 0.0:
            raise InputError(f"the first line's capacity must be above 0, got {capacity:g}")
    if not lines:
        raise InputError(f"there are no items in it; give {_WANTED}")
    if len(lines) > n_max:
        raise InputError(f"at most {n_max:,} items are read, it has {len(lines):,}")
    columns = header or ["weight", "value"]
    heavy, worth = _column(columns, _HEAVY), _column(columns, _WORTH)
    rows = numbers_in(lines, " and ".join(columns), len(columns))
    for line, row in zip(lines, rows[:, [heavy, worth]], strict=True):
        if not (row > 0.0).all():
            said = label(line.text, 40)
            raise InputError(f"line {line.number}: weight and value must be above 0, got '{said}'")
    return OwnItems(called, rows[:, heavy], rows[:, worth], capacity)


def _counts(lines: list[Line]) -> bool:
    """Whether the first line says how many items follow, two at least."""
    first = lines[0].words if lines else []
    return len(lines) > 2 and len(first) == 2 and first[0] == str(len(lines) - 1)


def _column(header: list[str], names: tuple[str, ...]) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    said = label(", ".join(header), 60)
    raise InputError(f"the header must name a column '{names[0]}', got '{said}'")
