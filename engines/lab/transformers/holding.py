"""What is held fixed in some networks of a stack while they learn, so that arms learn together."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engines.contract import InputError
from engines.lab.training.stack import Stack
from engines.lab.transformers.causal import NO_HEAD, Build
from engines.lab.transformers.kinds import FREE, PatternName


def hold(
    stack: Stack, nets: Sequence[int], layer: int, heads: Sequence[int], to: PatternName
) -> None:
    """Heads of these networks look where a pattern says, from now on; no heads named means all.

    No gradient reaches what would have said where they look.

    Raises:
        InputError: networks that cannot be held so, or a network, layer or head that is not there.
    """
    held, names = _buffer(stack, f"blocks.{layer}.held", f"layer {layer}"), _names(stack)
    if to not in names:
        raise InputError(f"these heads can be held to {', '.join(names)}, not {to!r}")
    n_heads = held.shape[1]
    wrong = [head for head in heads if not 0 <= head < n_heads]
    if wrong:
        raise InputError(f"layer {layer} has no head {wrong[0]}; there are {n_heads}, from 0")
    for net in _nets(stack, nets):
        held[net, list(heads) or slice(None)] = names.index(to) + 1


def held_heads(stack: Stack, layer: int) -> list[dict[int, PatternName]]:
    """For each network which heads of a layer are held, and to what."""
    held, names = _buffer(stack, f"blocks.{layer}.held", f"layer {layer}"), _names(stack)
    return [
        {head: names[code - 1] for head, code in enumerate(row) if code != FREE}
        for row in held.tolist()
    ]


def tell_last(stack: Stack, nets: Sequence[int]) -> None:
    """The last layer is told what perfect heads before it would have written.

    Its queries and keys read, at every place but the first and the last, what stood before; its
    values read the tokens themselves.
    """
    told = _buffer(stack, "told", "anything")
    told[_nets(stack, nets)] = True


def copy_from(stack: Stack, nets: Sequence[int], head: int) -> None:
    """The output is what a head of the last layer looks at, by its scores; no copying is learnt.

    Raises:
        InputError: networks that cannot be held, or a head that is not there.
    """
    copied = _buffer(stack, "copied", "anything")
    n_heads = _build(stack).n_heads
    if not NO_HEAD <= head < n_heads:
        raise InputError(f"the last layer has no head {head}; there are {n_heads}, from 0")
    copied[_nets(stack, nets)] = head


def _build(stack: Stack) -> Build:
    build = getattr(stack.skeleton, "build", None)
    if not isinstance(build, Build):
        raise InputError("only transformers of engines.lab.transformers can be held")
    return build


def _names(stack: Stack) -> tuple[PatternName, ...]:
    return _build(stack).held


def _buffer(stack: Stack, name: str, said: str) -> torch.Tensor:
    if name not in stack.buffers:
        raise InputError(f"{said} of these networks cannot be held; see held and bypassed of Build")
    return stack.buffers[name]


def _nets(stack: Stack, nets: Sequence[int]) -> list[int]:
    wrong = [net for net in nets if not 0 <= net < stack.n_nets]
    if wrong:
        raise InputError(f"there is no network {wrong[0]}; there are {stack.n_nets}, from 0")
    return list(nets)
