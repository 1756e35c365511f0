"""Calls on complex tensors, part by part: a diagram holds real numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from engines.diagrams.importing.calls import einsums, maps, parts, reductions, shapes
from engines.diagrams.importing.calls.elementwise import (
    CALLS,
    Handler,
    UncoveredError,
    combine,
    pointwise,
)
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.pairs import Pair, is_complex, split
from engines.diagrams.importing.tracing.tracer import Sym, Tracer

PAIRED: dict[str, Handler] = {}
"""Handlers of calls that take or give complex tensors, by the name of their operator."""


def paired(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler for calls that take or give complex tensors."""

    def register(handler: Handler) -> Handler:
        PAIRED.update(dict.fromkeys(names, handler))
        return handler

    return register


def pair(x: Any) -> Pair:
    """A tensor as its two parts; of a real one the imaginary part is nought."""
    if isinstance(x, Pair):
        return x
    if is_complex(x):
        return split(x)
    if not isinstance(x, Sym) or x.dtype != "":
        raise UncoveredError
    nought = torch.zeros([size_of(d) for d in x.dims], dtype=torch.float64)
    return Pair(x, Sym("", x.dims, const=nought))


def joined(t: Tracer, x: Pair) -> Sym:
    """Both parts in one array, the parts last."""
    return x.whole or shapes.stack(t, [x.real, x.imag], -1)


def each(handler: Handler) -> Handler:
    """What a call does to a tensor, for both parts alike."""

    def run(t: Tracer, first: Any, *rest: Any, **named: Any) -> Any:
        given = [first, *rest]
        found = [handler(t, *_one(given, part), **named) for part in ("real", "imag")]
        if isinstance(found[0], list):
            return [Pair(*both) for both in zip(*found, strict=True)]
        return Pair(*found)

    return run


def _one(values: Any, part: str) -> list[Any]:
    """Arguments with one part of every tensor."""
    return [
        _one(v, part) if isinstance(v, list | tuple) and any(_tensor(x) for x in v)
        else getattr(pair(v), part) if _tensor(v) else v
        for v in values
    ]  # fmt: skip


def _tensor(value: Any) -> bool:
    return isinstance(value, Sym | Pair)


def _listed(name: str) -> Handler:
    """What real tensors have under this name, when all modules of calls are there."""

    def run(t: Tracer, *given: Any, **named: Any) -> Any:
        return CALLS[name](t, *given, **named)

    return run


_EACH = (
    "slice.Tensor", "select.int", "view.default", "reshape.default", "_unsafe_view.default",
    "transpose.int", "swapaxes.default", "permute.default", "t.default", "unsqueeze.default",
    "squeeze.dim", "squeeze.dims", "squeeze.default", "expand.default", "flatten.using_ints",
    "unflatten.int", "cat.default", "stack.default", "roll.default", "slice_scatter.default",
    "select_scatter.default", "contiguous.default", "clone.default", "alias.default",
    "neg.default", "pad.default", "constant_pad_nd.default", "repeat.default", "unbind.int",
    "split.Tensor", "split_with_sizes.default", "mean.dim", "mean.default", "sum.dim_IntList",
    "sum.default", "detach.default", "index_select.default", "index.Tensor",
)  # fmt: skip
PAIRED.update({name: each(_listed(name)) for name in _EACH})
PAIRED["zeros_like.default"] = PAIRED["new_zeros.default"] = parts.everywhere


def product(t: Tracer, a: Any, b: Any, times: Callable[[Any, Any], Sym]) -> Pair:
    """A product of two tensors of which at least one is complex, by real products."""
    if not is_complex(b):
        a = pair(a)
        return Pair(times(a.real, b), times(a.imag, b))
    if not is_complex(a):
        return product(t, b, a, lambda x, y: times(y, x))
    a, b = pair(a), pair(b)
    real = combine(t, "sub", [times(a.real, b.real), times(a.imag, b.imag)])
    return Pair(real, combine(t, "add", [times(a.real, b.imag), times(a.imag, b.real)]))


@paired("mul.Tensor", "mul.Scalar")
def multiplied(t: Tracer, a: Any, b: Any) -> Pair:
    """Number by number."""
    if not isinstance(a, Sym | Pair):
        a, b = b, a
    return product(t, a, b, lambda x, y: combine(t, "mul", [x, y]))


@paired("div.Tensor", "div.Scalar")
def divided(t: Tracer, a: Any, b: Any) -> Pair:
    """By real numbers; by complex ones is not covered."""
    if is_complex(b):
        raise UncoveredError
    return product(t, a, b, lambda x, y: combine(t, "div", [x, y]))


def _sum(fn: str) -> Handler:
    def run(t: Tracer, a: Any, b: Any, *, alpha: Any = 1) -> Pair:
        if alpha != 1 or not isinstance(a, Sym | Pair):
            raise UncoveredError
        a = pair(a)
        if not isinstance(b, Sym | Pair):
            return Pair(combine(t, fn, [a.real, b]), a.imag)
        b = pair(b)
        return Pair(combine(t, fn, [a.real, b.real]), combine(t, fn, [a.imag, b.imag]))

    return run


PAIRED.update({f"{fn}.{kind}": _sum(fn) for fn in ("add", "sub") for kind in ("Tensor", "Scalar")})


@paired("einsum.default")
def contracted(t: Tracer, equation: str, operands: list[Any], *_path: Any) -> Pair:
    """One operand or two; torch counts it as if it were real, so FLOPs are not compared."""
    if len(operands) == 1:
        x = pair(operands[0])
        real, imag = (einsums.einsum(t, equation, [part]) for part in (x.real, x.imag))
        return Pair(real, imag)
    if len(operands) != 2:
        raise UncoveredError
    first, second = operands
    found = product(t, first, second, lambda x, y: einsums.einsum(t, equation, [x, y]))
    t.uncounted.append(t.origin or "torch")
    return found


@paired("matmul.default", "bmm.default", "mm.default")
def multiplied_matrices(t: Tracer, a: Any, b: Any) -> Pair:
    """Products of matrices; torch counts them as if they were real."""
    found = product(t, a, b, lambda x, y: maps.matmul(t, x, y))
    t.uncounted.append(t.origin or "torch")
    return found


@paired("view_as_complex.default")
def as_complex(t: Tracer, x: Sym) -> Pair:
    """The last axis of two is real and imaginary part."""
    return Pair(shapes.select(t, x, -1, 0), shapes.select(t, x, -1, 1), x)


@paired("view_as_real.default")
def as_real(t: Tracer, x: Any) -> Sym:
    """Both parts along a last axis."""
    return joined(t, pair(x))


@paired("complex.default")
def of_parts(t: Tracer, real: Sym, imag: Sym) -> Pair:
    """From its parts."""
    # A tensor that the model makes from nothing has a precision, as in `parts`.
    t.fixed = t.fixed or any(x.const is not None and not x.given for x in (real, imag))
    return Pair(real, imag)


@paired("real.default")
def real_part(t: Tracer, x: Any) -> Sym:
    """``x.real``."""
    del t
    return pair(x).real


@paired("imag.default")
def imaginary_part(t: Tracer, x: Any) -> Sym:
    """``x.imag``."""
    del t
    return pair(x).imag


@paired("_conj.default", "conj.default", "conj_physical.default")
def conjugate(t: Tracer, x: Any) -> Pair:
    """The imaginary part turned about."""
    x = pair(x)
    return Pair(x.real, pointwise(t, "neg", x.imag))


@paired("resolve_conj.default", "resolve_neg.default", "to.dtype", "_to_copy.default")
def same(t: Tracer, x: Any, *_rest: Any, **_named: Any) -> Pair:
    """The same numbers, real ones as complex ones."""
    if not t.node.meta["val"].is_complex():
        raise UncoveredError
    # A cast names a precision, to which all that follows is rounded.
    t.fixed = t.fixed or (not is_complex(x) and t.node.meta["val"].dtype != torch.complex128)
    return pair(x)


@paired("abs.default")
def length(t: Tracer, x: Any) -> Sym:
    """The length of the vector of both parts: as torch, without slope at nought."""
    return reductions.reduced(t, "norm", joined(t, pair(x)), -1, keepdim=False)
