"""Which axis of a layer's output is what: stimuli, tokens, space, units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engines.contract import InputError

if TYPE_CHECKING:
    import torch

Tokens = Literal["", "mean", "first", "last", "flatten"]
Space = Literal["flatten", "mean"]


@dataclass(frozen=True)
class Reading:
    """How outputs of more than two axes are read."""

    tokens: Tokens | int = ""
    """Of [stimulus, token, unit]: their mean (without what an attention mask leaves out), one of
    them, or all beside each other; empty asks."""
    space: Space = "flatten"
    """Of [stimulus, channel, ...]: every place a unit of its own, or the mean over places."""
    stimulus_axis: int | None = None
    """Of the inputs; None is the first, or the second of a module that takes time first."""


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """Tensors of nested tuples, mappings and output objects, in order."""
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from tensors_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from tensors_in(each)
    elif hasattr(value, "to_tuple"):
        yield from tensors_in(value.to_tuple())


def is_time_first(module: torch.nn.Module) -> bool:
    """Whether a recurrent or attention module takes [time, stimulus, unit]."""
    import torch

    if isinstance(module, torch.nn.RNNBase | torch.nn.MultiheadAttention):
        return not module.batch_first
    inner = ("TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer",
             "TransformerDecoderLayer", "Transformer")  # fmt: skip
    if type(module).__module__.startswith("torch.nn") and type(module).__name__ in inner:
        return any(is_time_first(child) for child in module.children()) or any(
            is_time_first(c) for child in module.children() for c in child.children()
        )
    return False


def stimulus_axis_of(module: torch.nn.Module, inputs: tuple[Any, ...], reading: Reading) -> int:
    """The inputs' axis of stimuli.

    Raises:
        InputError: a part of the module takes time first, so that it must be told.
    """
    if reading.stimulus_axis is not None:
        return reading.stimulus_axis
    first = next(tensors_in(inputs), None)
    if first is None or first.ndim < 3:
        return 0
    if is_time_first(module):
        return 1
    timed = [n for n, m in module.named_modules() if n and is_time_first(m)]
    if timed:
        raise InputError(
            f"the inputs are {tuple(first.shape)} and {timed[0]!r} takes time first: say which "
            "axis of the inputs is the stimuli, stimulus_axis=0 or 1"
        )
    return 0


def matrix_of(
    name: str, part: torch.nn.Module, value: Any, *, n: int, axis: int, reading: Reading, mask: Any
) -> np.ndarray | str:
    """[stimulus, unit] of a layer's output, or why it has no row per stimulus.

    Raises:
        InputError: [stimulus, token, unit] when nobody said what to do with tokens.
    """
    import torch

    if value is None or value.is_complex():
        return "gives no tensor with a row per stimulus"
    at = _rows_at(tuple(value.shape), n, 1 if is_time_first(part) else axis)
    if at is None:
        return f"gives {tuple(value.shape)}, which has no row for each of {n} stimuli"
    x = value.movedim(at, 0)
    x = x if x.dtype == torch.float64 else x.float()
    if x.ndim == 1:
        x = x[:, None]
    spatial = isinstance(part, torch.nn.modules.conv._ConvNd) or x.ndim > 3
    if spatial and x.ndim > 2:
        x = x.flatten(2).mean(dim=2) if reading.space == "mean" else x.flatten(1)
    elif x.ndim == 3:
        x = _without_tokens(name, x, reading.tokens, mask)
    return x.cpu().contiguous().numpy()


def _rows_at(shape: tuple[int, ...], n: int, wanted: int) -> int | None:
    order = (wanted, 0) if len(shape) > 2 else (0,)
    return next((k for k in order if k < len(shape) and shape[k] == n), None)


def _without_tokens(name: str, x: torch.Tensor, tokens: Tokens | int, mask: Any) -> torch.Tensor:
    import torch

    n_tokens = x.shape[1]
    if isinstance(tokens, int):
        if not -n_tokens <= tokens < n_tokens:
            raise InputError(f"layer {name!r} has {n_tokens} tokens, so there is none at {tokens}")
        return x[:, tokens]
    if tokens not in ("mean", "first", "last", "flatten"):
        raise InputError(
            f"layer {name!r} gives {tuple(x.shape)}, {n_tokens} tokens (or times) for each of "
            f"{len(x)} stimuli: say what they are to the stimulus, tokens='mean', 'first', 'last', "
            "'flatten' or a number"
        )
    if tokens == "flatten":
        return x.flatten(1)
    if tokens == "first":
        return x[:, 0]
    kept = torch.ones(x.shape[:2], device=x.device, dtype=x.dtype)
    if isinstance(mask, torch.Tensor) and tuple(mask.shape) == tuple(x.shape[:2]):
        kept = mask.to(x)
    if tokens == "mean":
        return (x * kept[:, :, None]).sum(dim=1) / kept.sum(dim=1, keepdim=True).clamp(min=1.0)
    places = torch.arange(n_tokens, device=x.device) * (kept > 0)
    return x[torch.arange(len(x), device=x.device), places.argmax(dim=1)]
