"""The state of a training that was interrupted, on disk behind a checksum."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from engines.boundary.kept import Kind

KIND = Kind("training state", mend="the training starts anew")


def keep_state(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write whole or not at all; OSError where the disk does not take it."""
    from safetensors.torch import save

    KIND.write(path, save(dict(tensors)))


def state_from_file(path: Path) -> dict[str, Tensor]:
    """What `keep_state` was given.

    Raises:
        OSError: there is no such file.
        InputError: it is damaged.
    """
    from safetensors.torch import load

    return load(bytes(KIND.read(path, "the state of the interrupted training")))
