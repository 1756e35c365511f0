"""Calls that put one tensor into another, or make one that is the same everywhere."""

from __future__ import annotations

from typing import Any

import torch

from engines.diagrams.importing.calls.elementwise import UncoveredError, call
from engines.diagrams.importing.calls.shapes import cat, cut, expand, unsqueeze
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer, kind_of


@call("select_scatter.default")
def put_position(t: Tracer, x: Sym, part: Sym, dim: int, at: int) -> Sym:
    """One position of an axis by another tensor: what is before it, the tensor, what follows."""
    dim %= len(x.dims)
    at %= size_of(x.dims[dim])
    return _between(t, x, unsqueeze(t, part, dim), dim, at, at + 1)


@call("slice_scatter.default")
def put_stretch(
    t: Tracer, x: Sym, part: Sym, dim: int = 0, start: Any = None, end: Any = None, step: int = 1
) -> Sym:
    """A stretch of an axis by another tensor."""
    if step != 1:
        raise UncoveredError
    dim %= len(x.dims)
    first, last, _ = slice(start, end).indices(size_of(x.dims[dim]))
    return _between(t, x, part, dim, first, last)


def _between(t: Tracer, x: Sym, part: Sym, dim: int, first: int, last: int) -> Sym:
    size = size_of(x.dims[dim])
    if x.dtype != "" or part.dtype != "":
        raise UncoveredError
    if last <= first:
        return x
    # A tensor that the model makes from nothing has a precision, to which all in it is rounded.
    t.fixed = t.fixed or (x.const is not None and not x.given)
    wanted = [size_of(d) for d in x.dims]
    wanted[dim] = last - first
    parts = [expand(t, part, wanted)]
    if first:
        parts.insert(0, cut(t, x, dim, 0, first))
    if last < size:
        parts.append(cut(t, x, dim, last, size))
    return cat(t, parts, dim)


@call("pad.default", "constant_pad_nd.default")
def padded(t: Tracer, x: Sym, widths: list[int], mode: Any = "constant", value: Any = None) -> Sym:
    """The same number before and after; a negative width cuts."""
    value = mode if not isinstance(mode, str) else value
    if (isinstance(mode, str) and mode != "constant" and any(widths)) or x.dtype != "":
        raise UncoveredError
    for k in range(len(widths) // 2):
        dim = len(x.dims) - 1 - k
        before, after = widths[2 * k], widths[2 * k + 1]
        if min(before, after) < 0:
            size = size_of(x.dims[dim])
            x = cut(t, x, dim, max(-before, 0), size + min(after, 0))
        parts = [x]
        for width, at in ((before, 0), (after, 1)):
            if width > 0:
                parts.insert(at * len(parts), _filled(t, x, dim, width, float(value or 0)))
        x = cat(t, parts, dim)
    return x


def _filled(t: Tracer, x: Sym, dim: int, width: int, value: float) -> Sym:
    wanted = [size_of(d) for d in x.dims]
    wanted[dim] = width
    made = torch.full([1] * len(wanted), value, dtype=torch.float64)
    return expand(t, Sym("", ((),) * len(wanted), const=made), wanted)


@call("roll.default")
def rolled(t: Tracer, x: Sym, shifts: list[int], dims: list[int]) -> Sym:
    """The end of an axis comes first."""
    if len(shifts) != len(dims):
        raise UncoveredError
    for shift, dim in zip(shifts, dims, strict=True):
        at = -shift % max(size_of(x.dims[dim]), 1)
        if at:
            x = cat(t, [cut(t, x, dim, at), cut(t, x, dim, 0, at)], dim)
    return x


@call(
    "zeros_like.default", "new_zeros.default", "ones_like.default", "new_ones.default",
    "full_like.default", "new_full.default",
)  # fmt: skip
def everywhere(t: Tracer, x: Sym, *given: Any, **named: Any) -> Sym:
    """The same number everywhere."""
    del x
    like = t.node.meta["val"]
    name = str(t.node.target)
    value = 0 if "zeros" in name else 1 if "ones" in name else named.get("fill_value", given[-1:])
    value = value[0] if isinstance(value, tuple) else value
    if isinstance(value, Sym):
        raise UncoveredError
    made = torch.full(tuple(like.shape), value, dtype=like.dtype)
    dims = tuple((t.atoms.new(n, "const"),) if n != 1 else () for n in made.shape)
    return Sym("", dims, kind_of(made), "", made)
