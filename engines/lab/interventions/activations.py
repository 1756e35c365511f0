"""Interventions on what units say, while a network runs: the weights stay what they are.

A layer is any submodule that gives one array, its units the last axis (``units_axis`` where not).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from engines.contract import InputError
from engines.lab.interventions.runs import Others
from engines.lab.interventions.spec import Ablate, Add, Attend, Clamp, Intervention, Noise, Patch
from engines.lab.interventions.weights import nets_of, on_weights, with_weights
from engines.lab.training.stack import Stack, Tensors
from engines.lab.transformers.patterns import pattern

Given = dict[str, Tensor]


@contextmanager
def _hooked(module: nn.Module, at: str, hook: Callable[[Tensor], Tensor]) -> Iterator[None]:
    def changed(_module: nn.Module, _args: Any, output: Any) -> Any:
        if not isinstance(output, Tensor):
            raise InputError(f"layer {at!r} gives no single array; name one inside it")
        return hook(output)

    handle = _layer(module, at).register_forward_hook(changed)
    try:
        yield
    finally:
        handle.remove()


def _layer(module: nn.Module, at: str) -> nn.Module:
    layers = dict(module.named_modules())
    if at not in layers or not at:
        there = ", ".join(name for name in layers if name)
        raise InputError(f"there is no layer {at!r}; there are: {there}")
    return layers[at]


@torch.no_grad()
def said(
    stack: Stack, x: Tensor, layers: Sequence[str], *, own: bool = False
) -> tuple[Tensor, Tensors]:
    """Outputs [net, example, ...], and what each of these layers says, in evaluation mode."""
    net = torch.arange(stack.n_nets, device=stack.weights.device)
    return _run(stack, x, {"net": {"": net}}, [], layers, own)


@torch.no_grad()
def outputs(
    stack: Stack,
    x: Tensor,
    interventions: Sequence[Intervention],
    others: Others | None = None,
    *,
    own: bool = False,
    units_axis: int = -1,
) -> Tensor:
    """What the networks say with these interventions: [net, example, ...].

    Those on weights come first, then those on layers, each in the order of the list.

    Args:
        stack: the networks; they are not changed.
        x: inputs [example, ...], or [net, example, ...] with ``own``.
        interventions: what is done.
        others: runs to take from and earlier moments.
        own: whether inputs are the networks' own.
        units_axis: the axis of a layer's array that counts its units.

    Raises:
        InputError: a layer, unit, edge, run or moment that is not there.
    """
    others = others or Others()
    changed = with_weights(stack, interventions, others)
    live = [one for one in interventions if not on_weights(stack, one)]
    given: dict[str, Tensors] = {
        "net": {"": torch.arange(stack.n_nets, device=stack.weights.device)}
    }
    changes = []
    for k, alike in enumerate(_groups(live)):
        one = alike[0]
        _layer(stack.skeleton, one.at)
        given[str(k)] = {}
        if isinstance(one, Patch):
            run = others.run(one.source)
            theirs = x if run.x is None else run.x
            given[str(k)]["patch"] = said(run.stack, theirs, [one.at], own=own)[1][one.at]
        changes.append((one.at, _change(stack, alike, units_axis)))
    return _run(changed, x, given, changes, (), own)[0]


def _groups(live: Sequence[Intervention]) -> list[list[Any]]:
    """Neighbours that differ in their units and networks alone, each network once: one change."""
    groups: list[list[Any]] = []
    for one in live:
        last = groups[-1] if groups else []
        taken = {net for other in last for net in other.nets}
        if (
            last
            and one.nets
            and taken
            and not taken & set(one.nets)
            and _bare(last[0]) == _bare(one)
        ):
            last.append(one)
        else:
            groups.append([one])
    return groups


def _bare(one: Any) -> Any:
    return one.replace(units=(), nets=())


Rule = Callable[[Tensor, Given], Tensor]


def _run(
    stack: Stack,
    x: Tensor,
    given: Mapping[str, Tensors],
    changes: Sequence[tuple[str, Rule]],
    layers: Sequence[str],
    own: bool,
) -> tuple[Tensor, Tensors]:
    skeleton, was = stack.skeleton, stack.skeleton.training

    def one(
        parameters: Tensors, buffers: Tensors, given: dict[str, Tensors], x: Tensor
    ) -> tuple[Tensor, Tensors]:
        kept: Tensors = {}
        with ExitStack() as hooks:
            for k, (at, rule) in enumerate(changes):
                hooks.enter_context(
                    _hooked(
                        skeleton, at, _bound(rule, {**given[str(k)], **given["net"], "inputs": x})
                    )
                )
            for at in layers:
                hooks.enter_context(_hooked(skeleton, at, _keeping(kept, at)))
            found = functional_call(skeleton, (parameters, buffers), (x,))
        return found, kept

    skeleton.eval()
    try:
        dims = (0, 0, 0, 0 if own else None)
        return vmap(one, in_dims=dims)(stack.parameters, stack.buffers, dict(given), x)
    finally:
        skeleton.train(was)


def _bound(rule: Rule, given: Given) -> Callable[[Tensor], Tensor]:
    return lambda value: rule(value, given)


def _keeping(kept: Tensors, at: str) -> Callable[[Tensor], Tensor]:
    def keep(value: Tensor) -> Tensor:
        kept[at] = value
        return value

    return keep


def _change(stack: Stack, alike: Sequence[Any], units_axis: int) -> Rule:
    def rule(value: Tensor, given: Given) -> Tensor:
        made = _CHANGES[type(alike[0])](alike[0], value, given)
        n = value.shape[units_axis]
        chosen = _chosen(stack, alike, n).to(value.device)[given[""]]
        shape = [1] * value.ndim
        shape[units_axis] = n
        return torch.where(chosen.reshape(shape), made, value)

    return rule


def _chosen(stack: Stack, alike: Sequence[Any], n: int) -> Tensor:
    """bool[net, unit]."""
    chosen = torch.zeros(stack.n_nets, n, dtype=torch.bool)
    for one in alike:
        wrong = [u for u in one.units if not isinstance(u, int) or not 0 <= u < n]
        if wrong:
            raise InputError(f"layer {one.at!r} has no unit {wrong[0]!r}; there are {n}, from 0")
        units = torch.zeros(n, dtype=torch.bool)
        units[list(one.units) if one.units else slice(None)] = True
        chosen[nets_of(stack, one).cpu()] |= units
    return chosen


def _ablate(one: Ablate, value: Tensor, _given: Given) -> Tensor:
    if one.how == "mean":
        return value.mean(0, keepdim=True).expand_as(value)
    if one.how == "resample":
        order = np.random.default_rng(one.seed).permutation(len(value))
        return value[torch.as_tensor(order, device=value.device)]
    return torch.zeros_like(value)


def _noise(one: Noise, value: Tensor, _given: Given) -> Tensor:
    drawn = np.random.default_rng(one.seed).normal(0.0, one.sd, tuple(value.shape))
    return value + torch.as_tensor(drawn, dtype=value.dtype, device=value.device)


def _patch(one: Patch, value: Tensor, given: Given) -> Tensor:
    theirs = given["patch"]
    if theirs.shape != value.shape:
        raise InputError(
            f"layer {one.at!r} is {tuple(value.shape)} here and {tuple(theirs.shape)} in "
            f"{one.source!r}; give both as many examples"
        )
    return theirs


def _attend(one: Attend, value: Tensor, given: Given) -> Tensor:
    """The pattern for these tokens, for every head; the last places where only they are asked."""
    tokens = given["inputs"]
    n, n_from = tokens.shape[-1], value.shape[-3] if value.ndim > 2 else 0
    if tokens.is_floating_point() or value.ndim != 4 or value.shape[-2] != n or n_from > n:
        raise InputError(
            f"layer {one.at!r} gives {tuple(value.shape)}, no attention [sequence, from, to, head] "
            "of tokens; name a place such as blocks.0.pattern"
        )
    made = pattern(one.to, tokens)[..., n - n_from :, :, None]
    return made.to(value.dtype).expand_as(value)


_CHANGES: dict[type, Callable[[Any, Tensor, Given], Tensor]] = {
    Ablate: _ablate,
    Clamp: lambda one, value, _: torch.full_like(value, one.value),
    Attend: _attend,
    Add: lambda one, value, _: value + one.value,
    Noise: _noise,
    Patch: _patch,
}
