"""Interventions on weights: a new stack, the old one untouched."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engines.contract import InputError
from engines.lab.interventions.runs import Others
from engines.lab.interventions.spec import (
    Add,
    Clamp,
    Intervention,
    Mask,
    Merge,
    Noise,
    Patch,
    Permute,
    Prune,
    Rewind,
)
from engines.lab.training.stack import Stack

_ALWAYS = (Mask, Prune, Rewind, Permute, Merge)
"""These mean weights wherever they act."""


def on_weights(stack: Stack, one: Intervention) -> bool:
    """Whether this intervention changes weights of such a stack; else it changes what units say."""
    return isinstance(one, _ALWAYS) or one.at in stack.places


def with_weights(
    stack: Stack, interventions: Sequence[Intervention], others: Others | None = None
) -> Stack:
    """The stack after those of the interventions that change weights, in their order.

    Raises:
        InputError: a layer, unit, edge, run or moment that is not there.
    """
    made = stack.copy()
    for one in interventions:
        if on_weights(stack, one):
            changed = made.copy()
            _CHANGES[type(one)](changed, one, others or Others())
            chosen = nets_of(stack, one)
            made.weights[chosen] = changed.weights[chosen]
    return made


def parameters_at(stack: Stack, at: str) -> tuple[str, ...]:
    """Parameters that a name means: itself, the weight of a layer, or all weights (not biases).

    Raises:
        InputError: no such layer or parameter.
    """
    if at in stack.places:
        return (at,)
    if f"{at}.weight" in stack.places:
        return (f"{at}.weight",)
    if at == "":
        return tuple(name for name, place in stack.places.items() if len(place.shape) > 1)
    raise InputError(
        f"there is no layer or parameter {at!r} with weights; there are: {', '.join(stack.places)}"
    )


def nets_of(stack: Stack, one: Any) -> Tensor:
    """bool[net]: where an intervention acts.

    Raises:
        InputError: a network that is not there.
    """
    wrong = [net for net in one.nets if not 0 <= net < stack.n_nets]
    if wrong:
        raise InputError(f"there is no network {wrong[0]}; there are {stack.n_nets}, from 0")
    chosen = torch.zeros(stack.n_nets, dtype=torch.bool)
    chosen[list(one.nets) if one.nets else slice(None)] = True
    return chosen.to(stack.weights.device)


def _places(stack: Stack, name: str, one: Any) -> Tensor:
    """Bool of the parameter's shape: the edges, the units' rows, or everything."""
    shape = stack.places[name].shape
    chosen = torch.zeros(shape, dtype=torch.bool)
    edges = getattr(one, "edges", ())
    for pre, post in edges:
        if len(shape) != 2:
            raise InputError(f"{name} {shape} has no edges; name its units")
        chosen[_unit(name, post, shape[0]), _unit(name, pre, shape[1])] = True
    for unit in getattr(one, "units", ()):
        chosen[_unit(name, unit, shape[0])] = True
    if not edges and not getattr(one, "units", ()):
        chosen[...] = True
    return chosen.to(stack.weights.device)


def _unit(name: str, unit: int | str, n: int) -> int:
    if not isinstance(unit, int) or not 0 <= unit < n:
        raise InputError(f"{name} has no unit {unit!r}; there are {n}, counted from 0")
    return unit


def _set(stack: Stack, one: Any, change: Callable[[Tensor, str], Tensor | float]) -> None:
    """Put what ``change`` makes of a parameter [net, ...] where the intervention acts."""
    for name in parameters_at(stack, one.at):
        value, chosen = stack.parameters[name], _places(stack, name, one)
        made = torch.as_tensor(change(value, name), dtype=value.dtype, device=value.device)
        value.copy_(torch.where(chosen, made, value))


def _drawn(seed: int, name: str, stack: Stack, kind: str) -> np.ndarray:
    """float64[net, ...]: what a network is given depends on its place and the parameter alone."""
    named, shape = zlib.crc32(name.encode()), stack.places[name].shape
    draws = [np.random.default_rng([seed, net, named]) for net in range(stack.n_nets)]
    return np.stack(
        [d.random(shape) if kind == "even" else d.standard_normal(shape) for d in draws]
    )


def _mask(stack: Stack, one: Mask, _others: Others) -> None:
    _set(stack, one, lambda _, __: 0.0)


def _clamp(stack: Stack, one: Clamp, _others: Others) -> None:
    _set(stack, one, lambda _, __: one.value)


def _add(stack: Stack, one: Add, _others: Others) -> None:
    _set(stack, one, lambda value, _: value + one.value)


def _noise(stack: Stack, one: Noise, _others: Others) -> None:
    def noisy(value: Tensor, name: str) -> Tensor:
        drawn = one.sd * _drawn(one.seed, name, stack, "normal")
        return value + torch.as_tensor(drawn, dtype=value.dtype, device=value.device)

    _set(stack, one, noisy)


def _from(stack: Stack, other: Stack, one: Any, share: float) -> None:
    if other.places != stack.places or other.n_nets != stack.n_nets:
        raise InputError(
            f"both must be of one build and number: {other.n_nets} networks of "
            f"{other.n_parameters} weights there, {stack.n_nets} of {stack.n_parameters} here"
        )
    if not one.at:
        names: tuple[str, ...] = tuple(stack.places)
    else:
        names = parameters_at(stack, one.at)
    for name in names:
        value, wanted = stack.parameters[name], other.parameters[name]
        moved = wanted if share == 1.0 else value + share * (wanted - value)
        value.copy_(torch.where(_places(stack, name, one), moved, value))


def _patch(stack: Stack, one: Patch, others: Others) -> None:
    _from(stack, others.run(one.source).stack, one, 1.0)


def _merge(stack: Stack, one: Merge, others: Others) -> None:
    _from(stack, others.run(one.source).stack, one, one.share)


def _rewind(stack: Stack, one: Rewind, others: Others) -> None:
    _from(stack, others.moment(one.step), one, 1.0)


def _prune(stack: Stack, one: Prune, _others: Others) -> None:
    names = parameters_at(stack, one.at)
    values = [stack.parameters[name].flatten(1) for name in names]
    if one.by == "random":
        drawn = [_drawn(one.seed, name, stack, "even") for name in names]
        scores = [torch.as_tensor(each).flatten(1) for each in drawn]
    else:
        scores = [value.abs().cpu() for value in values]
    if one.scope == "global":
        values, scores = [torch.cat(values, 1)], [torch.cat(scores, 1)]
    kept = [_kept(value, score, one.share) for value, score in zip(values, scores, strict=True)]
    if one.scope == "global":
        kept = list(kept[0].split([stack.places[name].n for name in names], 1))
    for name, keep in zip(names, kept, strict=True):
        value = stack.parameters[name]
        value.copy_(torch.where(keep.reshape(value.shape), value, 0.0))


def _kept(value: Tensor, score: Tensor, share: float) -> Tensor:
    """bool[net, weight]: all but this share of the weights that are there, lowest scores first."""
    there = (value != 0).cpu()
    order = torch.where(there, score.double(), torch.inf).argsort(dim=1, stable=True)
    gone = torch.round(share * there.sum(1).double()).long()
    place = torch.arange(value.shape[1]).expand_as(order)
    keep = torch.ones(value.shape, dtype=torch.bool)
    keep.scatter_(1, order, place >= gone[:, None])
    return keep.to(value.device)


def _permute(stack: Stack, one: Permute, _others: Others) -> None:
    (name,) = parameters_at(stack, one.at) if one.at else ("",)
    if not name:
        raise InputError("permute needs the name of one layer")
    n = stack.places[name].shape[0]
    order = list(one.order) or np.random.default_rng(one.seed).permutation(n).tolist()
    if sorted(order) != list(range(n)):
        raise InputError(f"the order of {name} must hold each of its {n} units once")
    bias = f"{name.removesuffix('.weight')}.bias"
    for moved in (name, bias):
        if moved in stack.places:
            stack.parameters[moved].copy_(stack.parameters[moved][:, order])
    if one.into:
        (read,) = parameters_at(stack, one.into)
        value = stack.parameters[read]
        if value.ndim < 3 or value.shape[2] != n:
            raise InputError(f"{read} does not read the {n} units of {name}")
        value.copy_(value[:, :, order])


_CHANGES: dict[type, Callable[[Stack, Any, Others], None]] = {
    Mask: _mask,
    Clamp: _clamp,
    Add: _add,
    Noise: _noise,
    Patch: _patch,
    Merge: _merge,
    Rewind: _rewind,
    Prune: _prune,
    Permute: _permute,
}


def density(stack: Stack) -> np.ndarray:
    """float64[net]: share of weights that are not 0; biases are not counted."""
    names = parameters_at(stack, "")
    there = sum((stack.parameters[name] != 0).flatten(1).sum(1) for name in names)
    total = sum(stack.places[name].n for name in names)
    return (torch.as_tensor(there) / total).double().cpu().numpy()


def masks(stack: Stack) -> dict[str, Tensor]:
    """bool[net, ...] of every weight that is not 0: to go on training what was pruned."""
    return {name: stack.parameters[name] != 0 for name in parameters_at(stack, "")}
