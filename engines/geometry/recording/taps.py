"""What a torch module's layers give for one batch of stimuli; nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.contract import InputError
from engines.geometry.recording.axes import Reading, matrix_of, stimulus_axis_of, tensors_in

if TYPE_CHECKING:
    import torch

OUTPUT = "output"
"""What the module itself gives, by name."""


@dataclass
class Tapped:
    """Arrays of layers, and what was left out, with the reason."""

    values: dict[str, np.ndarray]
    """[stimulus, unit] by layer; a second call of a layer is ``name (call 2)``."""
    left_out: dict[str, str] = field(default_factory=dict)


def layer_names(module: torch.nn.Module, layers: Sequence[str] = ()) -> tuple[str, ...]:
    """The layers that are asked for, every leaf when none is; a scripted part is a leaf.

    Raises:
        InputError: a layer that is not there.
    """
    known = dict(module.named_modules())
    if not layers:
        return tuple(_leaves(module)) or (OUTPUT,)
    missing = [n for n in layers if n not in known and n != OUTPUT]
    if missing:
        there = ", ".join(repr(n) for n in list(known)[1:13])
        raise InputError(f"the module has no layer {missing[0]!r}; there are: {there}")
    return tuple(layers)


def _leaves(module: torch.nn.Module, prefix: str = "") -> Iterator[str]:
    import torch

    if isinstance(module, torch.jit.ScriptModule):
        if prefix:
            yield prefix
        return
    children = list(module.named_children())
    if not children and prefix:
        yield prefix
    for name, child in children:
        yield from _leaves(child, f"{prefix}.{name}" if prefix else name)


def arguments(inputs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and keyword arguments: a tuple is several, a mapping is named ones."""
    if isinstance(inputs, Mapping):
        return (), dict(inputs)
    return (inputs if isinstance(inputs, tuple) else (inputs,)), {}


def layer_outputs(
    module: torch.nn.Module, inputs: Any, layers: Sequence[str] = (), reading: Reading | None = None
) -> Tapped:
    """[stimulus, unit] of each layer and call, copied; float64 stays, all else is float32.

    The module's modes (train, eval) are kept. Leaves that did not run, or have no row per
    stimulus, are left out and named when no layer was asked for.

    Raises:
        InputError: a layer that was asked for and did not run or has no row per stimulus; an axis
            that must be told.
    """
    import torch

    reading = reading or Reading()
    names = layer_names(module, layers)
    positional, named = arguments(inputs)
    axis = stimulus_axis_of(module, (*positional, *named.values()), reading)
    first = next(tensors_in((positional, named)), None)
    if first is None or first.ndim <= axis:
        raise InputError("the inputs hold no tensor with a row per stimulus")
    mask = named.get("attention_mask")
    seen: dict[str, list[Any]] = {n: [] for n in names}
    with _tapping(module, seen), torch.no_grad():
        given = module(*positional, **named)
    if OUTPUT in seen:
        seen[OUTPUT].append(_kept(given))
    found = Tapped({})
    parts = dict(module.named_modules())
    for name in names:
        _read(name, parts.get(name, module), seen[name], found, n=int(first.shape[axis]),
              axis=axis, reading=reading, mask=mask, asked=bool(layers))  # fmt: skip
    if not found.values:
        raise InputError(f"no layer has a row per stimulus: {_told(found.left_out)}")
    return found


def _read(
    name: str, part: torch.nn.Module, calls: list[Any], found: Tapped, *, n: int, axis: int,
    reading: Reading, mask: Any, asked: bool,
) -> None:  # fmt: skip
    why = "" if calls else _silent(part)
    for k, value in enumerate(calls):
        shown = name if k == 0 else f"{name} (call {k + 1})"
        matrix = matrix_of(shown, part, value, n=n, axis=axis, reading=reading, mask=mask)
        if isinstance(matrix, str):
            why = matrix
        else:
            found.values[shown] = matrix
    if why and asked:
        raise InputError(f"layer {name!r} {why}")
    if why:
        found.left_out[name] = why


def _silent(part: torch.nn.Module) -> str:
    import torch

    if isinstance(part, torch.jit.ScriptModule):
        return "is inside a scripted module, which runs it unseen; record it before scripting"
    return "did not run on these inputs"


def _told(left_out: Mapping[str, str]) -> str:
    return "; ".join(f"{name!r} {why}" for name, why in list(left_out.items())[:5])


@contextmanager
def _tapping(module: torch.nn.Module, seen: dict[str, list[Any]]) -> Iterator[None]:
    """Copies of what layers give, in eval mode and without the fused path, which skips layers."""
    import torch

    parts = dict(module.named_modules())
    modes = {m: m.training for m in module.modules()}
    fused = torch.backends.mha.get_fastpath_enabled()
    handles = []
    try:
        for name, calls in seen.items():
            if name in parts:
                handles.append(_tap(parts[name], calls))
        module.eval()
        torch.backends.mha.set_fastpath_enabled(False)
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        for handle in handles:
            handle.remove()
        for part, mode in modes.items():
            if part.training != mode:
                part.training = mode


def _tap(part: torch.nn.Module, calls: list[Any]) -> Any:
    import torch

    def keep(called: torch.nn.Module, _inputs: Any, output: Any) -> None:
        if called is part:
            calls.append(_kept(output))

    if isinstance(part, torch.jit.ScriptModule):  # which takes no hook of its own
        return torch.nn.modules.module.register_module_forward_hook(keep)
    return part.register_forward_hook(keep)


def _kept(output: Any) -> Any:
    """A copy of the first tensor: a later layer may write into what it is handed."""
    value = next(tensors_in(output), None)
    return None if value is None else value.detach().clone()
