"""Rows of numbers in a stranger's text: what every file without a form of its own is read by."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from engines.boundary.labels import label
from engines.contract import InputError

_BETWEEN = re.compile(r"[,;\t ]+")
_ENDS = ",; \t"


class Line(NamedTuple):
    """A line that says something, by its number in the text."""

    number: int
    words: list[str]
    text: str


def lines_of(text: str) -> tuple[list[str], list[Line]]:
    """Words of the header, none where there is none, and the lines below it."""
    told = [(k, line.strip(_ENDS)) for k, line in enumerate(text.splitlines(), start=1)]
    found = [Line(k, _BETWEEN.split(line), line) for k, line in told if line]
    if found and not any(map(_is_number, found[0].words)):
        return [word.strip("\"'").lower() for word in found[0].words], found[1:]
    return [], found


def numbers_in(lines: list[Line], expected: str, n_columns: int) -> np.ndarray:
    """The lines as float64[line, column]; ``expected`` names the columns.

    Raises:
        InputError: the first line that has something else.
    """
    return np.array([_row(line, expected, n_columns) for line in lines]).reshape(-1, n_columns)


def _row(line: Line, expected: str, n_columns: int) -> list[float]:
    if len(line.words) != n_columns or not all(map(_is_number, line.words)):
        said = label(line.text, 40)
        raise InputError(f"line {line.number}: expected {expected}, got '{said}'")
    numbers = [float(word) for word in line.words]
    if not np.isfinite(numbers).all():
        said = label(line.text, 40)
        raise InputError(f"line {line.number}: numbers must be finite, got '{said}'")
    return numbers


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
