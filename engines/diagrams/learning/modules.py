"""A module of torch as an entrant: fed with a task's examples, imported, written as a text."""

from __future__ import annotations

import math
from collections.abc import Collection

import torch
from torch import Tensor, nn

from engines.contract import InputError
from engines.diagrams.graph.errors import DiagramError
from engines.diagrams.importing.result import circuit_from_torch
from engines.diagrams.language.writing import text_from_circuit
from engines.diagrams.learning.spec import TEXT_MAX, Entrant, RaceTask, free_name
from engines.lab.data.catalog import task_of
from engines.lab.data.task import Task

_N_EXAMPLES = 7
"""No size that networks often have, so that the axis of examples is told from others."""


def entrant_from_module(module: nn.Module, task: RaceTask, taken: Collection[str] = ()) -> Entrant:
    """The drawing of a module races, with fresh weights for every seed, in evaluation mode.

    Args:
        module: takes a batch of the task's examples: rows, square pictures with or without a
            channel, or tokens. It stays as it is.
        task: what is to be learnt.
        taken: names that others have.

    Raises:
        InputError: what is no module, a module that does not take the task's examples or gives
            something else than one row of the task's outputs for each, one that cannot be imported,
            or one whose text is too long for a race.
    """
    if not isinstance(module, nn.Module):
        raise InputError(
            f"a {type(module).__name__} cannot race; give a text, a name of the library, a diagram "
            "or a module of torch"
        )
    name = free_name(type(module).__name__, taken)
    data = task_of(task, 0)
    was = module.training
    module.eval()
    try:
        x = _taken(module, data, name)
        text = text_from_circuit(circuit_from_torch(module, (x,)))
    except DiagramError as error:
        raise InputError(f"{name}: the module cannot be imported; {error}") from error
    finally:
        module.train(was)
    if len(text) > TEXT_MAX:
        raise InputError(
            f"{name}: its text has {len(text):,} letters and a race takes {TEXT_MAX:,}; take a "
            "smaller module, or one whose layers repeat"
        )
    return Entrant(name=name, text=text)


def _taken(module: nn.Module, task: Task, name: str) -> Tensor:
    """Examples in the first shape that the module takes and answers with the task's outputs."""
    weights = next(module.parameters(), torch.zeros(0))
    gave: list[str] = []
    for x in _offers(task):
        given = x.to(weights.device, x.dtype if task.n_tokens else weights.dtype)
        try:
            with torch.no_grad():
                found = module(given)
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            said = (str(error).strip() or type(error).__name__).splitlines()[0]
            gave.append(f"{_shape(x)}: {said[:120]}")
            continue
        if isinstance(found, Tensor) and tuple(found.shape) == (len(x), task.n_outputs):
            return given
        said = _shape(found) if isinstance(found, Tensor) else type(found).__name__
        gave.append(f"{_shape(x)}: the module gives {said}")
    rows = f"b x {task.n_features}" + (f" in {task.n_tokens}" if task.n_tokens else "")
    raise InputError(
        f"{name}: task {task.name} gives {rows} and wants b x {task.n_outputs}; "
        f"{'; '.join(gave)}. Add a layer such as nn.Linear(..., {task.n_outputs}) at the end, or "
        "choose another task"
    )


def _offers(task: Task) -> list[Tensor]:
    """The first examples as rows, pictures and pictures with a channel."""
    rows = torch.as_tensor(task.x_test[:_N_EXAMPLES])
    side = math.isqrt(task.n_features)
    if task.n_tokens or side * side != task.n_features or side < 3:
        return [rows]
    return [rows, rows.reshape(-1, side, side), rows.reshape(-1, 1, side, side)]


def _shape(x: Tensor) -> str:
    return " x ".join(["b", *map(str, x.shape[1:])])
