"""Calls on constants, computed while a model is read."""

from __future__ import annotations

from typing import Any

import torch

from engines.diagrams.importing.tracing.tracer import Sym, Tracer, kind_of


def makes_constant(target: str) -> bool:
    """Whether a call without tensors gives one that is always the same."""
    made = ("arange", "zeros", "ones", "full", "tril", "triu", "scalar_tensor", "eye", "linspace")
    return target.split(".", maxsplit=1)[0] in made


def constant(node: Any, args: Any, named: Any, tracer: Tracer) -> Sym | None:
    """The result of a call on constants, computed here and now."""
    plain = _values((args, named))
    kwargs = {k: v for k, v in plain[1].items() if k not in ("device", "pin_memory", "layout")}
    try:
        value = node.target(*plain[0], **kwargs)
    except Exception:  # noqa: BLE001 - whatever it is, it is then no constant
        return None
    if not isinstance(value, torch.Tensor) or value.numel() > 2**24:
        return None
    dims = tuple((tracer.atoms.new(n, "const"),) if n != 1 else () for n in value.shape)
    return Sym("", dims, kind_of(value), "", value)


def _values(value: Any) -> Any:
    if isinstance(value, Sym):
        return value.const
    if isinstance(value, dict):
        return {k: _values(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return (
            type(value)(_values(v) for v in value)
            if isinstance(value, tuple)
            else [_values(v) for v in value]
        )
    return value
