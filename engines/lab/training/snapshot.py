"""A moment of a training as bytes: safetensors with one JSON text, behind a checksum.

Equal moments give equal bytes, and reading never runs code. `engines.boundary.store` keeps them on
disk like any result, whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from engines.contract import InputError

_MAGIC = b"NXLAB\x00\x00\x01"
"""Eight bytes; the last is the version of the layout."""
_HEAD = struct.Struct("<8s32s")
"""magic, SHA-256 of everything after it."""


def packed(tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> bytes:
    """Tensors by name and what is to be known about them, JSON values."""
    text = json.dumps(about, sort_keys=True, separators=(",", ":"))
    held = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    body = save(held, {"about": text})
    return _HEAD.pack(_MAGIC, hashlib.sha256(body).digest()) + body


def unpacked(data: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What `packed` was given.

    Raises:
        InputError: the bytes are damaged, cut short or no snapshot.
    """
    if len(data) < _HEAD.size or data[:7] != _MAGIC[:7]:
        raise InputError("these bytes are no snapshot of a training")
    magic, checksum = _HEAD.unpack_from(data)
    if magic != _MAGIC:
        raise InputError(f"a snapshot of version {magic[7]}; this reads version {_MAGIC[7]}")
    body = data[_HEAD.size :]
    if hashlib.sha256(body).digest() != checksum:
        raise InputError(
            "this snapshot is damaged: its checksum does not fit its bytes; take an earlier one"
        )
    try:
        held = load(body)
        n = int.from_bytes(body[:8], "little")
        about = json.loads(json.loads(body[8 : 8 + n])["__metadata__"]["about"])
    except (SafetensorError, ValueError, KeyError) as error:
        raise InputError(f"these bytes are no snapshot of a training: {error}") from error
    return held, about
