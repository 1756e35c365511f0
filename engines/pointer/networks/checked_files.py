"""Small bundled networks as safetensors: format and checksum are looked at before a weight is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.pointer.errors import InstanceError

_FILE_MAX = 64 * 1024 * 1024


def checked(
    path: Path, form: str, digest: Callable[[dict[str, Any]], str]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Header and tensors of a file in a format, whole or not at all.

    Raises:
        InstanceError: it is not there, too large, of another format, or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        if path.stat().st_size > _FILE_MAX:
            raise InstanceError(f"'{path.name}' is larger than {_FILE_MAX >> 20} MiB")
        with safe_open(path, "pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise InstanceError(f"'{path.name}' cannot be read: {error}; install again") from error
    found = header.get("format", "nothing")
    if found != form:
        raise InstanceError(f"'{path.name}': expected format '{form}', found '{found[:60]}'")
    if header.get("sha256") != digest(tensors):
        raise InstanceError(f"'{path.name}' is damaged: its checksum does not fit; install again")
    return header, tensors
