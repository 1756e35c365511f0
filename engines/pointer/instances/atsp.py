"""Tables of ways from files: TSPLIB's ATSP (Reinelt 1991), or rows of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from engines.boundary.apart import said_of
from engines.boundary.labels import label
from engines.contract import InputError
from engines.pointer.instances.distance_matrices import ways_from_lines
from engines.pointer.instances.tsplib import check_size, dimension_in, split

_WANTED = "a TSPLIB ATSP file, or rows of numbers"


@dataclass(frozen=True)
class Ways:
    """What it costs from everywhere to everywhere."""

    name: str
    between: np.ndarray
    """float64[from, to]."""


def ways_from_upload(name: str, data: bytes, *, n_max: int) -> Ways:
    """As `read_ways`, of a stranger's file; ``name`` is only what it is called.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    try:
        check_size(data, _WANTED)
        return read_ways(data.decode("utf-8-sig", "replace"), label(name, 60), n_max=n_max)
    except InputError as error:
        raise InputError(said_of(label(name, 80) or "the text", str(error))) from error


def read_ways(text: str, name: str = "a table", *, n_max: int) -> Ways:
    """The table in a TSPLIB ATSP file's text, or in rows of numbers parted by commas or blanks.

    Raises:
        InputError: what is wrong, in which line, and how to mend it.
    """
    if "EDGE_WEIGHT" not in text and "DIMENSION" not in text:
        return Ways(name or "a table", _plain(text, n_max))
    head, sections = split(text)
    kind = head.get("TYPE", "ATSP").split()[:1]
    if kind != ["ATSP"]:
        raise InputError(f"TYPE must be ATSP, got '{label(' '.join(kind), 40)}'")
    if (found := head.get("EDGE_WEIGHT_TYPE", "")) != "EXPLICIT":
        raise InputError(f"EDGE_WEIGHT_TYPE must be EXPLICIT, got '{label(found, 40)}'")
    n = dimension_in(head, n_max)
    lines = sections.get("EDGE_WEIGHT_SECTION", [])
    between = ways_from_lines(lines, n, head.get("EDGE_WEIGHT_FORMAT", "FULL_MATRIX"))
    return Ways(label(head.get("NAME", name or "a table"), 60), between)


def _plain(text: str, n_max: int) -> np.ndarray:
    lines = [(k, re.sub(r"[,;\t]", " ", line)) for k, line in enumerate(text.splitlines(), start=1)]
    lines = [(k, line) for k, line in lines if line.strip()]
    n = len(lines)
    if not 3 <= n <= n_max:
        raise InputError(f"a table has 3 to {n_max} rows here, got {n}")
    for number, line in lines:
        if (found := len(line.split())) != n:
            raise InputError(f"line {number}: there are {n} rows, so {n} numbers each, got {found}")
    return ways_from_lines(lines, n, "FULL_MATRIX")
