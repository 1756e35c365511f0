"""Frames and results as bytes, and back: what crosses a process and what lies on disk.

msgpack with two extensions, arrays and our own frozen dataclasses. Reading never runs code: a
name resolves only to a `Frame`, `Result`, `Spec` or other dataclass defined under ``engines``.
"""

from __future__ import annotations

import dataclasses
import importlib
from functools import lru_cache
from typing import Any

import msgpack
import numpy as np

from engines.contract import InputError, Spec

_ARRAY, _OBJECT, _SPEC = 1, 2, 3
_PLAIN_KINDS = "biuf"
_packb: Any = msgpack.packb  # msgpack carries no annotations


def pack(value: Any) -> bytes:
    """The value as bytes; equal values give equal bytes."""
    return _packb(value, default=_encode, strict_types=True)


def unpack(data: bytes) -> Any:
    """What `pack` was given; arrays are read-only. Raises InputError for anything else."""
    try:
        return msgpack.unpackb(data, ext_hook=_decode, strict_map_key=False, use_list=False)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"these bytes are not one of our results: {error}") from error


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in _PLAIN_KINDS:
            raise TypeError(f"only numbers and booleans can be sent, got an array of {value.dtype}")
        head = _packb((value.dtype.str, value.shape))
        content = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
        return msgpack.ExtType(_ARRAY, b"".join((head, content.data)))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str | int | float):  # enums and other subclasses of plain values
        return next(kind(value) for kind in (str, int, float) if isinstance(value, kind))
    if isinstance(value, Spec):
        return msgpack.ExtType(_SPEC, pack([_address(type(value)), value.to_json()]))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return msgpack.ExtType(_OBJECT, pack([_address(type(value)), fields]))
    raise TypeError(f"{type(value).__name__} cannot be sent between processes")


def _decode(code: int, data: bytes) -> Any:
    if code == _ARRAY:
        return _array_from_bytes(data)
    address, body = unpack(data)
    cls = _class_at(address)
    if code == _SPEC:
        return cls.from_json(body)
    return cls(**body)


def _array_from_bytes(data: bytes) -> np.ndarray:
    unpacker = msgpack.Unpacker(use_list=False, max_buffer_size=0)
    unpacker.feed(data[:512])
    dtype, shape = unpacker.unpack()
    if np.dtype(dtype).kind not in _PLAIN_KINDS:
        raise InputError(f"an array of {dtype} is not accepted")
    return np.frombuffer(data, dtype, offset=unpacker.tell()).reshape(shape)


def _address(cls: type) -> str:
    return f"{cls.__module__}:{cls.__qualname__}"


@lru_cache(maxsize=256)
def _class_at(address: str) -> Any:
    module, _, name = address.partition(":")
    if not module.startswith("engines."):
        raise InputError(f"{address!r} is not a result of ours")
    found = getattr(importlib.import_module(module), name, None)
    is_ours = isinstance(found, type) and (
        issubclass(found, Spec) or dataclasses.is_dataclass(found)
    )
    if not is_ours:
        raise InputError(f"{address!r} is not a result of ours")
    return found
