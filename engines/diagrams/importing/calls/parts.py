"""Calls that put one tensor into another, or make one that is the same everywhere."""

from __future__ import annotations

from typing import Any

import torch

from engines.diagrams.importing.calls.elementwise import UncoveredError, call
from engines.diagrams.importing.calls.shapes import cat, cut, expand, unsqueeze
from engines.diagrams.importing.constants import kind_of
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


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
    wanted = [size_of(d) for d in x.dims]
    wanted[dim] = last - first
    parts = [expand(t, part, wanted)]
    if first:
        parts.insert(0, cut(t, x, dim, 0, first))
    if last < size:
        parts.append(cut(t, x, dim, last, size))
    return cat(t, parts, dim)


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
