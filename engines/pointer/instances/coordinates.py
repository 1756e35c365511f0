"""Cities from a stranger's file: TSPLIB, or rows of x and y."""

from __future__ import annotations

import re

import numpy as np

from engines.boundary.apart import said_of
from engines.boundary.labels import label
from engines.contract import InputError
from engines.pointer.instances.tsplib import TsplibInstance, tsplib_from_upload

_BYTES_MAX = 4 * 1024 * 1024
_TSPLIB = re.compile(rb"^\s*(?:EDGE_WEIGHT_TYPE|DIMENSION|NODE_COORD_SECTION)\b", re.MULTILINE)
_BETWEEN = re.compile(r"[,;\t ]+")


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
    lines = data.decode("utf-8-sig", "replace").splitlines()
    told = [(k, line.strip()) for k, line in enumerate(lines, start=1) if line.strip()]
    if told and not any(map(_is_number, _BETWEEN.split(told[0][1]))):
        told = told[1:]  # a header
    if not told:
        raise InputError("there are no cities in it; give a TSPLIB file, or rows of x and y")
    if len(told) > n_max:
        raise InputError(f"at most {n_max:,} cities are read, it has {len(told):,}")
    return np.array([_city(k, line) for k, line in told])


def _city(number: int, line: str) -> tuple[float, float]:
    words = _BETWEEN.split(line.strip(",; "))
    if len(words) != 2 or not all(map(_is_number, words)):
        raise InputError(f"line {number}: expected x and y, got '{label(line, 40)}'")
    x, y = map(float, words)
    if not (np.isfinite(x) and np.isfinite(y)):
        raise InputError(f"line {number}: coordinates must be finite, got '{label(line, 40)}'")
    return x, y


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
