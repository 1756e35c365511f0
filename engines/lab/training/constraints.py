"""Limits within which a rule may move weights: masks, and directions that stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engines.contract import InputError
from engines.lab.training.stack import Stack, Tensors


@dataclass(eq=False)
class Constraints:
    """What no rule may do; nothing by default.

    ``masks`` are booleans of a parameter's shape, [net, ...] or without the axis for all networks
    alike: where one is False the weight is exactly 0 after every step. ``kept`` are orthonormal
    columns [in, direction] or [net, in, direction] in the input space of a weight [out, in]: the
    signal is projected off them, so plain descent does not change what the weight does to them.
    """

    masks: Mapping[str, Tensor] = field(default_factory=dict)
    kept: Mapping[str, Tensor] = field(default_factory=dict)

    def fitted(self, stack: Stack) -> Fitted:
        """The same for the networks of a stack.

        Raises:
            InputError: a name that is no parameter, another shape, or directions that are not
                orthonormal.
        """
        blocked = torch.zeros_like(stack.weights, dtype=torch.bool)
        views = stack.views(blocked)
        for name, mask in self.masks.items():
            _known(stack, name)
            shape = stack.places[name].shape
            if mask.dtype != torch.bool or tuple(mask.shape[-len(shape) :]) != shape:
                raise InputError(
                    f"the mask of {name} must be boolean {shape}, got {mask.dtype} "
                    f"{tuple(mask.shape)}; nothing is cropped"
                )
            views[name].copy_(~mask.to(blocked.device))
        kept = {name: _directions(stack, name, q) for name, q in self.kept.items()}
        return Fitted(blocked if self.masks else None, kept)


@dataclass(eq=False)
class Fitted:
    """Constraints of one stack."""

    blocked: Tensor | None
    kept: Tensors

    def limit(self, stack: Stack, signal: Tensor) -> None:
        """Take from a signal what it may not do, in place."""
        views = stack.views(signal)
        for name, basis in self.kept.items():
            for net in range(stack.n_nets):  # one by one: a network keeps the bits it has alone
                off = views[name][net] @ basis[net] @ basis[net].T
                views[name][net].sub_(off)
        if self.blocked is not None:
            signal.masked_fill_(self.blocked, 0.0)

    def enforce(self, weights: Tensor) -> None:
        """Put masked weights to exactly 0, in place."""
        if self.blocked is not None:
            weights.masked_fill_(self.blocked, 0.0)


def _known(stack: Stack, name: str) -> None:
    if name not in stack.places:
        raise InputError(
            f"the network has no parameter {name!r}; there are: {', '.join(stack.places)}"
        )


def _directions(stack: Stack, name: str, basis: Tensor) -> Tensor:
    _known(stack, name)
    shape = stack.places[name].shape
    if len(shape) != 2 or basis.ndim not in (2, 3) or basis.shape[-2] != shape[1]:
        raise InputError(
            f"directions to keep for {name} {shape} must be [{shape[-1]}, any number], got "
            f"{tuple(basis.shape)}"
        )
    basis = basis.to(stack.weights)
    gram = basis.mT @ basis
    if not torch.allclose(gram, torch.eye(gram.shape[-1]).to(gram).expand_as(gram), atol=1e-4):
        raise InputError(f"directions to keep for {name} must be orthonormal columns")
    return basis.expand(stack.n_nets, -1, -1).contiguous()
