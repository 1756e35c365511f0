"""Gives a module made from an imported circuit the model's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.imported import PARTS, Imported
from engines.diagrams.running.module import DiagramModule, module_from_circuit


def built(
    circuit: Circuit, sizes: Mapping[str, int] | None = None, functions: Any = None
) -> DiagramModule:
    """The circuit as a module: an imported one with the model's weights, else with fresh ones."""
    if circuit.imported is None:
        return module_from_circuit(circuit, sizes, functions)
    found = module_from_circuit(circuit, sizes, circuit.imported.functions)
    load(circuit.imported, found)
    return found


def load(imported: Imported, module: nn.Module) -> None:
    """Give a module made from the diagram the model's own numbers, shared where they were."""
    own = dict(module.named_parameters(remove_duplicate=False)) | dict(
        module.named_buffers(remove_duplicate=False)
    )
    first: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name, path in imported.weights.items():
        tensor = rows(imported.tensors, path).detach()
        if path in first and first[path][1] == own[name].shape:
            _tie(module, name, first[path][0])
            continue
        first[path] = (name, tuple(own[name].shape))
        with torch.no_grad():
            own[name].copy_(tensor.reshape(own[name].shape))


def rows(tensors: Mapping[str, Any], path: str) -> Any:
    """A tensor by its path, some of its rows or a part: ``in_proj_weight#0:16``, ``w#real``."""
    name, _, part = path.partition("#")
    if not part:
        return tensors[name]
    if part in PARTS:
        return getattr(tensors[name], part)
    first, _, last = part.partition(":")
    return tensors[name][int(first) : int(last)]


def _tie(module: nn.Module, name: str, other: str) -> None:
    owner_path, _, leaf = name.rpartition(".")
    source_path, _, source = other.rpartition(".")
    shared = getattr(module.get_submodule(source_path), source)
    setattr(module.get_submodule(owner_path), leaf, shared)
