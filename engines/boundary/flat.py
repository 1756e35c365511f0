"""A result as one NPZ: every array, number and text of it, named by its place."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from engines.contract import Spec

_PLAIN = re.compile(r"[^A-Za-z0-9_ .+-]")
_ITEMS_MAX = 4_096
"""A longer tuple of parts is cut; what is as long is an array in every result of ours."""


def npz_from_result(result: Any) -> bytes:
    """The result's fields as arrays; equal results give equal bytes.

    Fields within fields are named with a stroke between (``film/layers``); numbers and texts are
    arrays without an axis. Specs are left out: they are files of their own.
    """
    arrays: dict[str, np.ndarray] = {}
    for name, array in _parts("", result):
        free, k = name, 2
        while free in arrays:
            free, k = f"{name} {k}", k + 1
        arrays[free] = array
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
    return stream.getvalue()


def _parts(place: str, value: Any) -> Iterator[tuple[str, np.ndarray]]:
    plain = _array(value)
    if plain is not None:
        yield place or "value", plain
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _parts(_join(place, field.name), getattr(value, field.name))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _parts(_join(place, name), part)
    elif isinstance(value, tuple | list):
        for k, part in enumerate(value[:_ITEMS_MAX]):
            yield from _parts(_join(place, k), part)


def _array(value: Any) -> np.ndarray | None:
    """Numbers and texts, alone or in rows of one kind; None for everything else."""
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind in "biufcU" else None
    if isinstance(value, Spec) or value is None:
        return None
    if isinstance(value, bool | float | str | np.generic) or type(value) is int:
        try:
            return np.array(value) if not isinstance(value, str) else np.array(str(value))
        except OverflowError:
            return np.array(str(value))
    if isinstance(value, tuple | list) and value:
        kinds = {bool, int, float} if not isinstance(value[0], str) else {str}
        if all(type(part) in kinds for part in value):
            found = np.array(value)
            return found if found.dtype.kind in "biufU" else np.array(list(map(str, value)))
    return None


def _join(place: str, name: object) -> str:
    own = _PLAIN.sub("_", str(name))[:80]
    return f"{place}/{own}" if place else own
