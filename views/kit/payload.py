"""Numbers for the browser: one byte string with a JSON head and aligned arrays behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

_ALIGN = 8
_TYPED = frozenset({"|u1", "|i1", "|b1", "<u2", "<i2", "<u4", "<i4", "<f4", "<f8"})
"""What browsers have a typed array for, as ``readPayload`` knows it."""


def payload(meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """Bytes that ``readPayload`` in the browser turns into typed arrays without copying each.

    Args:
        meta: small JSON values.
        arrays: any shapes (flattened), of at most 32-bit integers or 32- and 64-bit floats.

    Raises:
        TypeError: an array of any other type.
        ValueError: nan or infinity in ``meta``.
    """
    plain = {name: np.ascontiguousarray(array).reshape(-1) for name, array in arrays.items()}
    head = _head(meta, plain, start=0)
    start = _ALIGN + _padded(len(head) + 16 * len(plain))  # offsets grow by at most that much
    head = _head(meta, plain, start)
    parts = [len(head).to_bytes(4, "little") + b"\0" * 4 + head.ljust(start - _ALIGN)]
    parts += [array.tobytes().ljust(_padded(array.nbytes), b"\0") for array in plain.values()]
    return b"".join(parts)


def _head(meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray], start: int) -> bytes:
    rows, offset = [], start
    for name, array in arrays.items():
        if array.dtype.str not in _TYPED:
            raise TypeError(f"{name}: browsers have no typed array for {array.dtype}")
        rows.append({"name": name, "dtype": array.dtype.str, "size": array.size, "offset": offset})
        offset += _padded(array.nbytes)
    document = {"meta": dict(meta), "arrays": rows}
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def _padded(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN
