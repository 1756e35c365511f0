"""Weights of a relational network as one safetensors file, whose header says what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from engines.contract import InputError
from engines.pointer.boards.network import RelationalNet
from engines.pointer.boards.shape import SHAPES
from engines.pointer.networks.checked_files import checked
from engines.pointer.networks.weights import digest

FORMAT = "neural-explorer boards weights 1"
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class BoardWeights:
    """A network, how it was trained, and how it did on grids that no training saw."""

    net: RelationalNet
    recipe: Mapping[str, Any]
    metrics: Mapping[str, Any]


def shipped(shape_name: str) -> Path:
    """Where the bundled weights of a shape lie."""
    name = f"boards-{shape_name.replace(' ', '')}.safetensors"
    for folder in (_ROOT / "explorer" / "assets" / "pointer", _ROOT / "assets" / "pointer"):
        if folder.exists():
            return folder / "boards" / name
    return _ROOT / "assets" / "pointer" / "boards" / name


@lru_cache(maxsize=4)
def bundled(shape_name: str) -> BoardWeights:
    """The network of a shape that comes with the product.

    Raises:
        InputError: its file is not there, damaged, or of another format.
    """
    return loaded(shipped(shape_name))


def loaded(path: Path) -> BoardWeights:
    """The network in a file, whole or not at all."""
    header, tensors = checked(path, FORMAT, digest)
    return _built(path, header, tensors)


def _built(path: Path, header: dict[str, str], tensors: dict[str, torch.Tensor]) -> BoardWeights:
    try:
        recipe, metrics = json.loads(header["recipe"]), json.loads(header["metrics"])
        net = RelationalNet(
            SHAPES[recipe["shape"]], int(recipe["d_hidden"]), absolute=bool(recipe["absolute"])
        )
        net.load_state_dict({name: value.float() for name, value in tensors.items()})
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise InputError(f"'{path.name}' does not fit its own recipe: {error}") from error
    return BoardWeights(net.eval(), recipe, metrics)


def packed(net: RelationalNet, recipe: Mapping[str, Any], metrics: Mapping[str, Any]) -> bytes:
    """The bytes of a file, weights in half precision."""
    from safetensors.torch import save

    tensors = {n: v.detach().cpu().half().contiguous() for n, v in net.state_dict().items()}
    header = {
        "format": FORMAT,
        "recipe": json.dumps(dict(recipe), sort_keys=True),
        "metrics": json.dumps(dict(metrics), sort_keys=True),
        "sha256": digest(tensors),
    }
    return save(tensors, header)
