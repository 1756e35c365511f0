"""Calls that choose between numbers by truths."""

from __future__ import annotations

import math
from typing import Any

import torch

from engines.diagrams.importing.calls.elementwise import UncoveredError, call, combine
from engines.diagrams.importing.calls.maps import is_lower
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


@call("masked_fill.Scalar")
def masked_fill(t: Tracer, x: Sym, mask: Sym, value: Any) -> Sym:
    """A number where a mask that depends on nothing is true."""
    if mask.const is None or x.dtype != "":
        raise UncoveredError
    seen = Sym("", mask.dims, "bool", const=~mask.const)
    if value == -math.inf and is_lower(seen, 0):
        axes = tuple(t.atoms.resolved(d) for d in x.dims[-2:])
        if all(len(a) == 1 for a in axes):
            attrs = {"axes": (axes[0][0], axes[1][0])}
            return t.emit("causal", (t.read(x),), x.dims, attrs=attrs)
    return _chosen(t, seen, x, value)


@call("masked_fill.Tensor")
def masked_fill_by(t: Tracer, x: Sym, mask: Sym, value: Sym) -> Sym:
    """The same with a number that is a tensor."""
    if value.const is None or value.const.numel() != 1:
        raise UncoveredError
    return masked_fill(t, x, mask, value.const.item())


@call("where.self", "where.ScalarOther", "where.ScalarSelf")
def where(t: Tracer, mask: Sym, a: Any, b: Any) -> Sym:
    """One of two by a mask: what is hidden becomes zero in each, then they are added."""
    known = mask.const is not None
    if isinstance(a, Sym) and _number(b) == 0:
        return _shown(t, a, mask)
    if not known:
        raise UncoveredError
    if isinstance(a, Sym) and _number(b) is not None:
        return _chosen(t, mask, a, _number(b))
    turned = Sym("", mask.dims, "bool", const=~mask.const)
    if isinstance(b, Sym) and _number(a) is not None:
        return _chosen(t, turned, b, _number(a))
    return combine(t, "add", [_shown(t, a, mask), _shown(t, b, turned)])


def _number(value: Any) -> float | None:
    """A number, also where it is a constant tensor with one."""
    if not isinstance(value, Sym):
        return value if isinstance(value, int | float) else None
    held = value.const
    one = held is not None and held.numel() == 1 and value.dtype == "" and not value.value
    return held.item() if held is not None and one else None


def _shown(t: Tracer, x: Sym, mask: Sym) -> Sym:
    """Zero where a mask is false."""
    if x.dtype != "" or mask.dtype != "bool":
        raise UncoveredError
    (x, mask), dims = t.broadcast([x, mask])
    x = _whole(t, x, dims)
    return t.emit("masked", (t.read(x), t.read(mask)), dims, attrs={"fn": "where"})


def _whole(t: Tracer, x: Sym, dims: tuple[Any, ...]) -> Sym:
    """Along every axis of a mask, so that each number of it can be hidden by itself."""
    from engines.diagrams.importing.calls.shapes import grown

    for k, dim in enumerate(dims):
        if not t.atoms.resolved(x.dims[k]):
            for atom in t.atoms.resolved(dim):
                x = grown(t, x, k, atom)
    return x


def _chosen(t: Tracer, seen: Sym, x: Sym, value: Any) -> Sym:
    """The tensor where it is seen, elsewhere a number."""
    if value == -math.inf:
        (x, seen), dims = t.broadcast([x, seen])
        return t.emit("masked", (t.read(_whole(t, x, dims)), t.read(seen)), dims)
    shown = _shown(t, x, seen)
    if value == 0:
        return shown
    fill = torch.where(seen.const, 0.0, float(value)).to(torch.float64)
    return combine(t, "add", [shown, Sym("", seen.dims, const=fill)])
