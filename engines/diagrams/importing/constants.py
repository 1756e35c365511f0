"""Calls on constants, computed while a model is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from engines.diagrams.importing.tracing.tracer import Sym, Tracer, kind_of


def makes_constant(target: str) -> bool:
    """Whether a call without tensors gives one that is always the same."""
    made = ("arange", "zeros", "ones", "full", "tril", "triu", "scalar_tensor", "eye", "linspace")
    return target.split(".", maxsplit=1)[0] in made


def constant(node: Any, args: Any, named: Any, tracer: Tracer) -> Sym | None:
    """The result of a call on constants, computed here and now."""
    value = _called(node, args, named, _plain)
    if not isinstance(value, torch.Tensor) or value.numel() > 2**24:
        return None
    dims = tuple((tracer.atoms.new(n, "const"),) if n != 1 else () for n in value.shape)
    rounded = value.dtype in (torch.float32, torch.complex64)
    exact = _called(node, args, named, _exact) if rounded else None
    same = isinstance(exact, torch.Tensor) and exact.shape == value.shape
    return Sym("", dims, kind_of(value), "", value, exact=exact if same else None)


def _called(node: Any, args: Any, named: Any, number: Callable[[Sym], Any]) -> Any:
    """What a call gives for the numbers of its constants; None where it does not run."""
    plain = _values((args, named), number)
    kwargs = {k: v for k, v in plain[1].items() if k not in ("device", "pin_memory", "layout")}
    try:
        return node.target(*plain[0], **kwargs)
    except Exception:  # noqa: BLE001 - whatever it is, it is then no constant
        return None


def _plain(sym: Sym) -> Any:
    return sym.const


def _exact(sym: Sym) -> Any:
    """As the model itself has it in double precision: 1 + eps is rounded once, not twice."""
    if sym.exact is not None:
        return sym.exact
    wide = {torch.float32: torch.float64, torch.complex64: torch.complex128}
    return sym.const.to(wide.get(sym.const.dtype, sym.const.dtype))


def _values(value: Any, number: Callable[[Sym], Any]) -> Any:
    if isinstance(value, Sym):
        return number(value)
    if isinstance(value, dict):
        return {k: _values(v, number) for k, v in value.items()}
    if isinstance(value, tuple):
        return type(value)(_values(v, number) for v in value)
    return [_values(v, number) for v in value] if isinstance(value, list) else value
