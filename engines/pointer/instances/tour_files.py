"""Tours as TSPLIB writes them (.tour, .opt.tour): read, checked and written."""

from __future__ import annotations

import numpy as np

from engines.boundary.apart import said_of
from engines.boundary.labels import label
from engines.contract import InputError
from engines.pointer.instances.tsplib import check_size

_WANTED = "a TSPLIB tour"
_HEAD = ("NAME", "COMMENT", "TYPE", "DIMENSION")


def tour_from_upload(name: str, data: bytes, n: int) -> np.ndarray:
    """As `read_tour`, of a stranger's file; ``name`` is only what it is called.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    try:
        check_size(data, _WANTED)
        return read_tour(data.decode("utf-8-sig", "replace"), n)
    except InputError as error:
        raise InputError(said_of(label(name, 80) or "the text", str(error))) from error


def read_tour(text: str, n: int) -> np.ndarray:
    """The tour int64[city] through ``n`` cities in a file's text; there they count from 1.

    Raises:
        InputError: another number of cities, or one that is no city, comes twice or is left out.
    """
    cities: list[int] = []
    seen = np.zeros(n + 1, bool)
    begun = "TOUR_SECTION" not in text  # numbers alone are a tour too
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if line in ("EOF", "-1"):
            break
        if line.startswith("TOUR_SECTION"):
            begun = True
        elif not begun or line.partition(":")[0].strip() in _HEAD:
            _check_head(number, line, n)
        else:
            cities += [_city(number, word, seen) for word in line.split() if word != "-1"]
    left = np.flatnonzero(~seen[1:]) + 1
    if len(left):
        raise InputError(f"city {left[0]} is not on the tour; {len(left):,} of {n:,} are left out")
    return np.array(cities, np.int64) - 1


def _check_head(number: int, line: str, n: int) -> None:
    name, _, value = line.partition(":")
    if name.strip() == "TYPE" and value.strip() != "TOUR":
        raise InputError(f"line {number}: TYPE must be TOUR, got '{label(value, 40)}'")
    if name.strip() == "DIMENSION" and value.strip() != str(n):
        raise InputError(
            f"line {number}: the tour has '{label(value, 40)}' cities and there are {n:,}; "
            "bring their file first"
        )


def _city(number: int, word: str, seen: np.ndarray) -> int:
    n = len(seen) - 1
    if not word.isdecimal() or len(word) > 9 or not 1 <= int(word) <= n:
        raise InputError(f"line {number}: expected a city from 1 to {n}, got '{label(word, 40)}'")
    if seen[int(word)]:
        raise InputError(f"line {number}: city {word} comes twice")
    seen[int(word)] = True
    return int(word)


def tour_text(name: str, tour: np.ndarray, length: float) -> str:
    """A tour int64[city] as a file."""
    head = [
        f"NAME : {label(name, 60)}", f"COMMENT : length {length:.12g}", "TYPE : TOUR",
        f"DIMENSION : {len(tour)}", "TOUR_SECTION",
    ]  # fmt: skip
    return "\n".join([*head, *map(str, (np.asarray(tour) + 1).tolist()), "-1", "EOF", ""])
