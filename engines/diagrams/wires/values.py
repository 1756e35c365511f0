"""What flows through a diagram while it runs: the result of every operation, turn by turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

from torch import Tensor, nn

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import join
from engines.diagrams.running.module import DiagramModule


def watched(module: DiagramModule, *inputs: Tensor) -> tuple[Any, dict[str, list[Tensor]]]:
    """Run a diagram and keep what every operation gives.

    Args:
        module: the diagram as a module, with the weights it is to have.
        inputs: one array per input of the diagram.

    Returns:
        What the module returns, and every value by the path of its operation as the cards of a
        drawing name it; an operation inside a repeated or running block gives one value per turn.
        Inputs are there under their names.

    Raises:
        DiagramError: inputs that do not fit the diagram.
    """
    found: dict[str, list[Tensor]] = {}

    def keep(path: str, value: Tensor) -> Tensor:
        found.setdefault(path, []).append(value)
        return value

    for value, array in zip(module.graph.inputs, inputs, strict=False):
        keep(value.name, array)
    with heard(module, keep):
        return module(*inputs), found


@contextmanager
def heard(module: DiagramModule, hear: Callable[[str, Tensor], Tensor]) -> Iterator[None]:
    """Tell ``hear`` the path and result of every operation; with what it gives the run goes on."""
    levels = list(_levels(module))
    for path, level in levels:
        level.hear = partial(_told, hear, path)
    try:
        yield
    finally:
        for _path, level in levels:
            level.hear = None


def _told(hear: Callable[[str, Tensor], Tensor], path: str, key: str, value: Tensor) -> Tensor:
    return hear(join(path, key), value)


def fitted(circuit: Circuit, inputs: tuple[Tensor, ...]) -> dict[str, int]:
    """Sizes of the axes that these inputs have."""
    return {
        axis: size
        for value, array in zip(circuit.graph.inputs, inputs, strict=False)
        for axis, size in zip(value.axes, array.shape, strict=False)
    }


def _levels(module: DiagramModule, path: str = "") -> Iterator[tuple[str, DiagramModule]]:
    """Every level of the diagram with its path; all copies of a repeated block have one path."""
    yield path, module
    for node, _tree, own in module.steps:
        if node.body is None:
            continue
        child = getattr(module, own.block)
        copies = list(child) if isinstance(child, nn.ModuleList) else [child]
        for copy in cast("list[DiagramModule]", copies):
            yield from _levels(copy, join(path, node.key))
