"""Cities from a stranger's file: TSPLIB, or rows of x and y."""

from __future__ import annotations

import re

import numpy as np

from engines.boundary.apart import said_of
from engines.boundary.labels import label
from engines.contract import InputError
from engines.pointer.instances.rows import lines_of, numbers_in
from engines.pointer.instances.tsplib import TsplibInstance, tsplib_from_upload

_BYTES_MAX = 4 * 1024 * 1024
_TSPLIB = re.compile(rb"^\s*(?:EDGE_WEIGHT_TYPE|DIMENSION|NODE_COORD_SECTION)\b", re.MULTILINE)


def cities_from_upload(name: str, data: bytes, *, n_max: int) -> TsplibInstance:
    """At most ``n_max`` cities, in the file's own metric; rows of x and y lie in the plane.

    What there is to read is bounded by its size, so that this takes milliseconds.

    Raises:
        InputError: what is wrong with the file, where, and how to mend it.
    """
    if _TSPLIB.search(data[:100_000]):
        return tsplib_from_upload(name, data, n_max=n_max)
    called = label(name, 80) or "the text"
    try:
        return TsplibInstance(called, "plane", _rows(data, n_max))
    except InputError as error:
        raise InputError(said_of(called, str(error))) from error


def _rows(data: bytes, n_max: int) -> np.ndarray:
    if len(data) > _BYTES_MAX:
        raise InputError(f"it has more than {_BYTES_MAX >> 20} MiB; leave some cities out")
    if b"\0" in data:
        raise InputError("it is not text; give a TSPLIB file, or rows of x and y")
    _header, lines = lines_of(data.decode("utf-8-sig", "replace"))
    if not lines:
        raise InputError("there are no cities in it; give a TSPLIB file, or rows of x and y")
    if len(lines) > n_max:
        raise InputError(f"at most {n_max:,} cities are read, it has {len(lines):,}")
    return numbers_in(lines, "x and y", 2)
