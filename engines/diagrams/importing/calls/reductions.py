"""Calls that end dimensions in a sum, a mean or a largest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engines.diagrams.importing.calls.elementwise import UncoveredError, call, cast
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


def reduced(t: Tracer, fn: str, x: Sym, dims: Any, keepdim: bool) -> Sym:
    """Dimensions end in a sum, a mean or a largest."""
    if x.dtype != "":
        raise UncoveredError
    rank = len(x.dims)
    asked = range(rank) if dims in (None, []) else [dims] if isinstance(dims, int) else dims
    over = sorted({d % rank for d in asked})
    axes = tuple(a for d in over for a in t.atoms.resolved(x.dims[d]))
    left = tuple(() if d in over else dim for d, dim in enumerate(x.dims))
    left = left if keepdim else tuple(d for k, d in enumerate(left) if k not in over)
    if not axes:
        return replace(x, dims=left)
    return t.emit("reduce", (t.read(x),), left, attrs={"fn": fn, "axes": axes})


@call("mean.dim", "mean.default")
def mean(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False, **_dtype: Any) -> Sym:
    """``torch.mean``."""
    return reduced(t, "mean", cast(t, x), dims, keepdim)


@call("sum.dim_IntList", "sum.default")
def summed(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False, **_dtype: Any) -> Sym:
    """``torch.sum``."""
    return reduced(t, "sum", cast(t, x), dims, keepdim)


@call("amax.default")
def amax(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False) -> Sym:
    """``torch.amax``."""
    return reduced(t, "max", x, dims, keepdim)


@call("amin.default")
def amin(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False) -> Sym:
    """``torch.amin``."""
    return reduced(t, "min", x, dims, keepdim)
