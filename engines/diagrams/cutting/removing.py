"""Positions of a group out of a network: zeroed, or gone with smaller arrays."""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Sequence

import torch
from torch import nn

from engines.contract import InputError
from engines.diagrams.cutting.following import Array
from engines.diagrams.cutting.groups import Group
from engines.diagrams.graph.errors import problem
from engines.diagrams.running.module import DiagramModule


def named(found: Sequence[Group], axis: str) -> Group:
    """The first group of an axis that can be cut, else the first of all.

    Raises:
        DiagramError: no learned array has such an axis.
    """
    fitting = [group for group in found if axis in group.axes]
    if not fitting:
        known = ", ".join(dict.fromkeys(name for group in found for name in group.axes))
        raise problem("cut", f"no learned array has an axis {axis}", f"there are: {known}")
    return min(fitting, key=lambda group: bool(group.refuses))


def without(
    module: DiagramModule, group: Group, positions: Iterable[int], only: Collection[str] = ()
) -> DiagramModule:
    """The network with these positions cut out of everything that has the axis.

    Args:
        module: the diagram with its weights; it stays as it is.
        group: of `groups`, of the same diagram.
        positions: along the axis.
        only: names of what to cut, for whoever believes that this is all; it must be.

    Raises:
        DiagramError: a group that refuses, part of one, or positions that are not there.
        InputError: positions that are no whole numbers.
    """
    gone = _checked(module, group, positions, only)
    sizes = dict(module.sizes)
    n = sizes[group.axes[0]]
    kept = torch.tensor([k for k in range(n) if k not in gone])
    sizes |= dict.fromkeys(group.axes, len(kept))
    made = DiagramModule(module.graph, sizes, module.functions)
    old = _arrays(module)
    names = _names(module)
    cut: dict[str, list[int]] = {}
    for array in group.arrays:
        for name in names[array.path + array.value, array.suffix]:
            cut.setdefault(name, []).append(array.dim)
    made.to(next(iter(old.values())).dtype)
    with torch.no_grad():
        for name, value in _arrays(made).items():
            there = old[name]
            for dim in cut.get(name, []):
                there = there.index_select(dim, kept)
            value.copy_(there)
    return made.train(module.training)


def zeroed(module: DiagramModule, group: Group, positions: Iterable[int]) -> None:
    """Put the rows that make these positions to 0, in place; columns and statistics stay."""
    gone = _checked(module, group, positions, ())
    names, where = _names(module), torch.tensor(sorted(gone), dtype=torch.long)
    with torch.no_grad():
        for array in group.arrays:
            if not array.reads and not array.kept:
                for name in names[array.path + array.value, array.suffix]:
                    module.get_parameter(name).index_fill_(array.dim, where, 0.0)


def _arrays(module: DiagramModule) -> dict[str, torch.Tensor]:
    """All that a module holds, by its name; what is shared under every one of them."""
    found = dict(module.named_parameters(remove_duplicate=False))
    return found | dict(module.named_buffers(remove_duplicate=False))


def _names(
    module: DiagramModule, path: str = "", before: str = ""
) -> dict[tuple[str, str], list[str]]:
    """What the module calls an array, by the wire and its suffix; one for every turn of a block."""
    found: dict[tuple[str, str], list[str]] = {}
    for node, _, own in module.steps:
        if node.body is None:
            for suffix, name in own.names.items():
                found.setdefault((path + node.out.name, suffix), []).append(before + name)
            continue
        block = getattr(module, own.block)
        turns = dict(block.named_children()) if isinstance(block, nn.ModuleList) else {"": block}
        for turn, inner in turns.items():
            assert isinstance(inner, DiagramModule)
            place = ".".join([own.block, *([turn] if turn else []), ""])
            for key, names in _names(inner, f"{path}{own.block}/", before + place).items():
                found.setdefault(key, []).extend(names)
    return found


def _whole(axis: str, positions: Iterable[int]) -> set[int]:
    """Positions as numbers that are equal when they mean the same: tensors are not."""
    try:
        return {operator.index(position) for position in positions}
    except TypeError:
        said = f"positions of {axis} to cut are whole numbers, e.g. [0, 3]; got {positions!r}"
        raise InputError(said[:200]) from None


def _checked(
    module: DiagramModule, group: Group, positions: Iterable[int], only: Collection[str]
) -> set[int]:
    """The positions, when they can be cut."""
    axis, n = group.axes[0], module.sizes[group.axes[0]]
    if group.refuses:
        raise problem("cut", f"{axis} cannot be cut alone: {group.refuses}",
                      f"what has it: {_listed(group.arrays)}")  # fmt: skip
    makers = {array.maker or array.value for array in group.arrays}
    if only and makers - set(only):
        others = sorted(makers - set(only))
        left = f"{', '.join(others)} {'have' if len(others) > 1 else 'has'}"
        raise problem("cut", f"{axis} of {', '.join(sorted(only))} cannot be cut alone: {left} "
                      "it too", "cut all of them at once")  # fmt: skip
    gone = _whole(axis, positions)
    if any(not 0 <= k < n for k in gone) or len(gone) >= n:
        raise problem("cut", f"{axis} has positions 0 to {n - 1}, of which at least one must stay; "
                      f"got {sorted(gone)[:8]}")  # fmt: skip
    return gone


def _listed(arrays: tuple[Array, ...]) -> str:
    return ", ".join(map(str, arrays)) or "no learned array"
