"""What a torch module's layers give for one batch of stimuli; nothing is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.contract import InputError

if TYPE_CHECKING:
    import torch


def layer_names(module: torch.nn.Module, layers: Sequence[str] = ()) -> tuple[str, ...]:
    """The layers that are asked for, every leaf when none is.

    Raises:
        InputError: a layer that is not there.
    """
    known = dict(module.named_modules())
    named = tuple(layers) or tuple(n for n, m in known.items() if not any(m.children()))
    missing = [n for n in named if n not in known]
    if missing:
        there = ", ".join(repr(n) for n in list(known)[1:13])
        raise InputError(f"the module has no layer {missing[0]!r}; there are: {there}")
    return named


def layer_outputs(
    module: torch.nn.Module, inputs: tuple[Any, ...], layers: Sequence[str]
) -> dict[str, np.ndarray]:
    """float32[stimulus, unit] of each layer; the module's mode (train, eval) is kept.

    Raises:
        InputError: a layer that did not run, or whose output is no tensor with a row per stimulus.
    """
    import torch

    kept: dict[str, np.ndarray] = {}
    known = dict(module.named_modules())
    handles = [known[n].register_forward_hook(_keeper(n, kept)) for n in layers]
    trained = {m: m.training for m in module.modules()}
    try:
        module.eval()
        with torch.no_grad():
            module(*inputs)
    finally:
        for handle in handles:
            handle.remove()
        for part, mode in trained.items():
            part.training = mode
    silent = [n for n in layers if n not in kept]
    if silent:
        raise InputError(f"layer {silent[0]!r} did not run on these inputs")
    return {n: kept[n] for n in layers}


def _keeper(name: str, kept: dict[str, np.ndarray]) -> Any:
    import torch

    def keep(_module: torch.nn.Module, _inputs: Any, output: Any) -> None:
        value = output[0] if isinstance(output, tuple) else output
        if not isinstance(value, torch.Tensor) or value.ndim < 2:
            raise InputError(f"layer {name!r} gives no tensor with a row per stimulus")
        kept[name] = value.detach().float().flatten(1).cpu().numpy()

    return keep
