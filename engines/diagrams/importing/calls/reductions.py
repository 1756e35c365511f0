"""Calls that end dimensions in a sum, a mean, a largest or a length."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from engines.diagrams.importing.calls.elementwise import (
    UncoveredError,
    call,
    cast,
    combine,
    pointwise,
)
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


def reduced(t: Tracer, fn: str, x: Sym, dims: Any, keepdim: bool) -> Sym:
    """Dimensions end in a sum, a mean or a largest."""
    if x.dtype != "":
        raise UncoveredError
    over = _asked(x, dims)
    axes = tuple(a for d in over for a in t.atoms.resolved(x.dims[d]))
    left = tuple(() if d in over else dim for d, dim in enumerate(x.dims))
    left = left if keepdim else tuple(d for k, d in enumerate(left) if k not in over)
    if not axes:
        return replace(x, dims=left)
    return t.emit("reduce", (t.read(x),), left, attrs={"fn": fn, "axes": axes})


def _asked(x: Sym, dims: Any) -> list[int]:
    """The dimensions that are named, all when none is."""
    rank = len(x.dims)
    asked = range(rank) if dims in (None, []) else [dims] if isinstance(dims, int) else dims
    return sorted({d % rank for d in asked})


@call("mean.dim", "mean.default")
def mean(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False, **_dtype: Any) -> Sym:
    """``torch.mean``."""
    return reduced(t, "mean", cast(t, x), dims, keepdim)


@call("sum.dim_IntList", "sum.default")
def summed(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False, **_dtype: Any) -> Sym:
    """``torch.sum``."""
    return reduced(t, "sum", cast(t, x), dims, keepdim)


@call("norm.ScalarOpt_dim", "linalg_vector_norm.default", "norm.Scalar")
def euclidean(
    t: Tracer, x: Sym, order: Any = 2, dims: Any = None, keepdim: bool = False, **_dtype: Any
) -> Sym:
    """The length of a vector; other orders are not covered."""
    if order not in (None, 2):
        raise UncoveredError
    return reduced(t, "norm", cast(t, x), dims, keepdim)


@call("var.correction", "var.dim")
def variance(
    t: Tracer, x: Sym, dims: Any = None, unbiased: Any = True, keepdim: bool = False, **named: Any
) -> Sym:
    """The mean square about the mean, or the sum by one less than there are."""
    count = math.prod(size_of(x.dims[d]) for d in _asked(x, dims))
    given = named.get("correction")
    less = int(unbiased) if given is None else given
    if count <= less:
        raise UncoveredError
    ahead = combine(t, "sub", [x, reduced(t, "mean", x, dims, keepdim=True)])
    squares = reduced(t, "sum", pointwise(t, "square", ahead), dims, keepdim)
    return combine(t, "div", [squares, count - less])


@call("amax.default")
def amax(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False) -> Sym:
    """``torch.amax``."""
    return reduced(t, "max", x, dims, keepdim)


@call("amin.default")
def amin(t: Tracer, x: Sym, dims: Any = None, keepdim: bool = False) -> Sym:
    """``torch.amin``."""
    return reduced(t, "min", x, dims, keepdim)
