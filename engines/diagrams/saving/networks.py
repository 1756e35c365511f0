"""Perceptrons side by side that keep what their gradient needs in 32 bits, or in few.

Jin et al. 2025, Structure-activation synergy (S2A): what is kept of a function without weights is
the class of its slope. What is kept of a linear map is its input, in few bits, as in Chen et al.
2021, ActNN (arXiv 2104.14129).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from engines.diagrams.saving.asked import ALONE, CLASSES
from engines.diagrams.saving.classes import APPLIED, classes
from engines.diagrams.saving.packing import Coded, coded, decoded, packed, unpacked


class _Linear(torch.autograd.Function):
    """x w + b, [net, example, ...]; x is kept in few bits."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor, b: Tensor, bits: int) -> Tensor:
        ctx.bits = bits
        ctx.save_for_backward(*coded(x, bits), w)
        return torch.baddbmm(b[:, None], x, w)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        (slope,) = slopes
        *held, w = ctx.saved_tensors
        x = decoded((held[0], held[1], held[2]), ctx.bits, w.shape[1])
        return slope @ w.mT, x.mT @ slope, slope.sum(1), None


class _Applied(torch.autograd.Function):
    """A function of every unit; the class of its slope is kept."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, name: str, bits: int) -> Tensor:
        ctx.name, ctx.n, ctx.table = name, x.shape[-1], bits
        ctx.bits = 1 if name == "ReLU" else bits
        bounds, _ = classes(name, bits)
        found = x > 0 if name == "ReLU" else torch.bucketize(x, bounds.to(x), out_int32=True)
        ctx.save_for_backward(packed(found, ctx.bits))
        return APPLIED[name](x)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        (slope,), (held,) = slopes, ctx.saved_tensors
        _, known = classes(ctx.name, ctx.table)
        return slope * known.to(slope)[unpacked(held, ctx.bits, ctx.n).int()], None, None


class _Few:
    """Hooks that keep every tensor in few bits, whatever it is for; each once."""

    def __init__(self, bits: int, weights: Sequence[Tensor]) -> None:
        self.bits, self.own = bits, {one.data_ptr() for one in weights}
        self.known: dict[int, tuple[Tensor, tuple[Coded, int]]] = {}

    def pack(self, value: Tensor) -> Tensor | tuple[Coded, int]:
        """Weights stay as they are; they are kept anyway."""
        place = value.data_ptr()
        if place in self.own:
            return value
        if place not in self.known:
            # The tensor itself is held until all is through, so that its place is not given away.
            self.known[place] = value, (coded(value, self.bits), value.shape[-1])
        return self.known[place][1]

    def unpack(self, held: Tensor | tuple[Coded, int]) -> Tensor:
        return held if isinstance(held, Tensor) else decoded(held[0], self.bits, held[1])


def outputs(weights: Sequence[Tensor], x: Tensor, name: str, arm: str, bits: int) -> Tensor:
    """[net, example, class] of weights and biases in turn, [net, in, out] and [net, out]."""
    if arm == ALONE:
        few = _Few(bits, weights)
        with saved_tensors_hooks(few.pack, few.unpack):
            found = _through(weights, x, name, "", bits)
        few.known.clear()
        return found
    return _through(weights, x, name, arm, bits)


def _through(weights: Sequence[Tensor], x: Tensor, name: str, arm: str, bits: int) -> Tensor:
    few, last = arm == CLASSES, len(weights) - 2
    for k in range(0, len(weights), 2):
        w, b = weights[k : k + 2]
        x = linear(x, w, b, bits) if few else torch.baddbmm(b[:, None], x, w)
        if k < last:
            x = applied(x, name, bits) if few else APPLIED[name](x)
    return x


def linear(x: Tensor, w: Tensor, b: Tensor, bits: int) -> Tensor:
    """A linear map, x w + b; the way back reads x from few bits."""
    return cast("Tensor", _Linear.apply(x, w, b, bits))


def applied(x: Tensor, name: str, bits: int) -> Tensor:
    """A function of every unit; the way back reads its slope from its class."""
    return cast("Tensor", _Applied.apply(x, name, bits))


def bytes_kept(weights: Sequence[Tensor], x: Tensor, name: str, arm: str, bits: int) -> float:
    """What lies in memory between the way forward and the way back, for an example.

    Counted by autograd's own hooks: every block of memory once, weights not.
    """
    own = {one.untyped_storage().data_ptr() for one in weights}
    # Known before anything is counted: they are found by gradients, and made only once.
    classes(name, bits)
    seen: dict[int, Tensor] = {}

    def pack(value: Tensor) -> Tensor:
        if value.untyped_storage().data_ptr() not in own:
            seen[value.untyped_storage().data_ptr()] = value
        return value

    if arm == ALONE:
        few = _Few(bits, weights)
        with saved_tensors_hooks(few.pack, few.unpack):
            _through(weights, x, name, "", bits)
        parts = [part for _, (held, _) in few.known.values() for part in held]
    else:
        with saved_tensors_hooks(pack, lambda value: value):
            _through(weights, x, name, arm, bits)
        parts = list(seen.values())
    return sum(one.untyped_storage().nbytes() for one in parts) / (x.shape[0] * x.shape[1])
