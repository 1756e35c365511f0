"""Calls that give the same numbers several times: further axes along which all is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engines.diagrams.importing.calls.elementwise import UncoveredError, call
from engines.diagrams.importing.calls.shapes import grown, unsqueeze
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


@call("repeat.default")
def tiled(t: Tracer, x: Sym, times: list[int]) -> Sym:
    """A tensor laid side by side with itself: a further axis around each that repeats."""
    x = replace(x, dims=((),) * (len(times) - len(x.dims)) + x.dims)
    for k, n in enumerate(times):
        if n != 1:
            copies = t.atoms.new(int(n), "const", "r")
            wide = grown(t, unsqueeze(t, x, k), k, copies)
            both = (copies, *wide.dims[k + 1])
            x = replace(wide, dims=(*wide.dims[:k], both, *wide.dims[k + 2 :]))
    return x


@call("repeat_interleave.self_int")
def repeated(t: Tracer, x: Sym, times: int, dim: int | None = None, **_size: Any) -> Sym:
    """Every position of an axis several times: a further axis within it."""
    if dim is None:
        raise UncoveredError
    dim %= len(x.dims)
    copies = t.atoms.new(int(times), "const", "r")
    wide = grown(t, unsqueeze(t, x, dim + 1), dim + 1, copies)
    both = (*wide.dims[dim], *wide.dims[dim + 1])
    return replace(wide, dims=(*wide.dims[:dim], both, *wide.dims[dim + 2 :]))


@call("upsample_nearest2d.vec")
def upsample(t: Tracer, x: Sym, size: Any, factors: Any = None) -> Sym:
    """Every position several times: a new axis along which all is the same, merged by a view."""
    before = [size_of(d) for d in x.dims[-2:]]
    after = list(size) if size else [int(n * f) for n, f in zip(before, factors, strict=True)]
    for k, (n, m) in enumerate(zip(before, after, strict=True)):
        if m % n:
            raise UncoveredError
        at = len(x.dims) - 2 + k
        old = t.atoms.resolved(x.dims[at])
        copies = t.atoms.new(m // n, "const", "r")
        wide = replace(x, dims=(*x.dims[: at + 1], (), *x.dims[at + 1 :]))
        wide = grown(t, wide, at + 1, copies)
        new = t.atoms.new(m, "view", old[0].hint)
        dims = (*x.dims[:at], (new,), *x.dims[at + 1 :])
        made = t.view(wide, (((*old, copies), (new,)),), {})
        x = Sym(made.value, dims, x.dtype)
    return x
