"""The table of calls, and those that treat every number by itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import torch

from engines.diagrams.graph.errors import problem
from engines.diagrams.graph.operations import CASTS, REALS
from engines.diagrams.graph.poly import Poly
from engines.diagrams.importing.tracing.tracer import Draft, Sym, Tracer

Handler = Callable[..., Any]
CALLS: dict[str, Handler] = {}


class UncoveredError(Exception):
    """This call with these arguments has no operation of ours; it stays opaque."""


def call(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler for calls by the name of their operator, ``aten.`` left out."""

    def register(handler: Handler) -> Handler:
        CALLS.update(dict.fromkeys(names, handler))
        return handler

    return register


def number(value: Any) -> Fraction:
    """A scalar argument exactly, or not covered."""
    known = isinstance(value, int | float | Fraction) and not isinstance(value, bool)
    if not known or (isinstance(value, float) and not math.isfinite(value)):
        raise UncoveredError
    return Fraction(value)


def _divisor(t: Tracer, by: Any) -> Fraction:
    found = number(by)
    if not found:
        text = f"the model divides by zero (at {t.origin.rsplit('/', 1)[-1] or 'torch'})"
        raise problem("division", text, "divide by something else, or write torch.inf")
    return found


def combine(t: Tracer, fn: str, operands: list[Any]) -> Sym:
    """Two tensors, or a tensor and a number."""
    operands = [_real(t, o) for o in operands]
    syms = [o for o in operands if isinstance(o, Sym)]
    if len(syms) == len(operands):
        if any(s.dtype != "" for s in syms):
            raise UncoveredError
        syms, dims = t.broadcast(syms)
        return t.emit("combine", tuple(t.read(s) for s in syms), dims, attrs={"fn": fn})
    first, by = operands
    if not isinstance(first, Sym) or first.dtype != "":
        raise UncoveredError
    if fn in ("mul", "div"):
        by = _divisor(t, by) if fn == "div" else number(by)
        factor = by if fn == "mul" else 1 / by
        draft = t.drafts[-1] if t.drafts else None
        alone = draft is not None and draft.out == first.value and t.alone(first.value)
        if draft is not None and alone and _takes_factor(draft):
            draft.attrs["scale"] = Poly.of(factor)
            return first
    attrs = {"fn": fn, "by": float(number(by))}
    return t.emit("combine", (t.read(first),), first.dims, attrs=attrs)


def _real(t: Tracer, x: Any) -> Any:
    """Truths and positions that are computed with become the numbers they stand for."""
    made = t.node.meta["val"]
    if not isinstance(x, Sym) or x.dtype == "" or not made.is_floating_point():
        return x
    if x.const is not None:
        return Sym("", x.dims, const=x.const.to(torch.float64))
    source = _dtype_in(t, x)
    if source not in CASTS:
        raise UncoveredError
    attrs = {"from": source, "to": str(made.dtype).removeprefix("torch.")}
    return t.emit("cast", (t.read(x),), x.dims, attrs=attrs)


def _dtype_in(t: Tracer, x: Sym) -> str:
    """The kind of number of an argument of the call that is read now."""
    if x.dtype == "bool":
        return "bool"
    kinds = {a.meta["val"].dtype for a in t.node.args if hasattr(a, "meta")}
    whole = [k for k in kinds if not k.is_floating_point and k != torch.bool]
    return str(whole[0]).removeprefix("torch.") if len(whole) == 1 else ""


def _takes_factor(draft: Draft) -> bool:
    plain = draft.kind == "einsum" or (draft.kind == "linear" and not draft.attrs.get("bias"))
    return plain and "scale" not in draft.attrs


def _binary(fn: str) -> Handler:
    def handler(t: Tracer, a: Any, b: Any, *, alpha: Any = 1, **rest: Any) -> Sym:
        if alpha != 1 or rest.get("rounding_mode"):
            raise UncoveredError
        if not isinstance(a, Sym) and isinstance(b, Sym) and fn in ("add", "mul"):
            a, b = b, a
        return combine(t, fn, [a, b])

    return handler


for _fn in ("add", "sub", "mul", "div", "maximum", "minimum"):
    for _suffix in ("Tensor", "Scalar", "default"):
        CALLS[f"{_fn}.{_suffix}"] = _binary(_fn)
        CALLS[f"{_fn}_.{_suffix}"] = _binary(_fn)


def pointwise(t: Tracer, fn: str, x: Sym, **attrs: Any) -> Sym:
    """Every number by itself."""
    if x.dtype != "":
        raise UncoveredError
    return t.emit("pointwise", (t.read(x),), x.dims, attrs={"fn": fn, **attrs})


def _unary(fn: str) -> Handler:
    def handler(t: Tracer, x: Sym) -> Sym:
        return pointwise(t, fn, x)

    return handler


for _fn in [
    "relu",
    "silu",
    "sigmoid",
    "tanh",
    "exp",
    "log",
    "sqrt",
    "rsqrt",
    "abs",
    "neg",
    "sin",
    "cos",
    "reciprocal",
    "hardswish",
    "hardsigmoid",
    "mish",
    "sign",
    "relu6",
]:
    CALLS[f"{_fn}.default"] = CALLS[f"{_fn}_.default"] = _unary(_fn)


@call("gelu.default")
def gelu(t: Tracer, x: Sym, *, approximate: str = "none") -> Sym:
    """Exact or by tanh."""
    return pointwise(t, "gelu" if approximate == "none" else "gelu_tanh", x)


@call("elu.default")
def elu(t: Tracer, x: Sym, alpha: float = 1.0) -> Sym:
    """``F.elu``."""
    return pointwise(t, "elu", x, alpha=float(alpha))


@call("leaky_relu.default", "leaky_relu_.default")
def leaky_relu(t: Tracer, x: Sym, slope: float = 0.01) -> Sym:
    """``F.leaky_relu``."""
    return pointwise(t, "leaky_relu", x, slope=float(slope))


@call("softplus.default")
def softplus(t: Tracer, x: Sym, *settings: Any) -> Sym:
    """``F.softplus`` with its own settings."""
    if settings and tuple(settings) != (1, 20):
        raise UncoveredError
    return pointwise(t, "softplus", x)


@call("pow.Tensor_Scalar")
def power(t: Tracer, x: Sym, exponent: Any) -> Sym:
    """Squares and roots."""
    names = {2: "square", 0.5: "sqrt", -0.5: "rsqrt", -1: "reciprocal"}
    if exponent == 1:
        return x
    if isinstance(exponent, int | float) and exponent in range(3, 9) and x.dtype == "":
        value = t.read(x)
        return t.emit("combine", (value,) * int(exponent), x.dims, attrs={"fn": "mul"})
    if exponent not in names:
        raise UncoveredError
    return pointwise(t, names[exponent], x)


def _soft(fn: str) -> Handler:
    def handler(t: Tracer, x: Sym, dim: int, _dtype: Any = None, **_named: Any) -> Sym:
        return soft(t, fn, cast(t, x), dim)

    return handler


CALLS["softmax.int"] = _soft("softmax")
CALLS["log_softmax.int"] = _soft("log_softmax")


def soft(t: Tracer, fn: str, x: Sym, dim: int) -> Sym:
    """Softmax or its logarithm."""
    axes = t.atoms.resolved(x.dims[dim])
    if not axes or x.dtype != "":
        raise UncoveredError
    return t.emit("softmax", (t.read(x),), x.dims, attrs={"fn": fn, "axes": axes})


@call("dropout.default", "feature_dropout.default")
def dropout(t: Tracer, x: Sym, p: float, train: bool) -> Sym:
    """Nothing when it does not train."""
    del t
    if train and p:
        raise UncoveredError
    return x


@call("contiguous.default", "clone.default", "alias.default", "lift_fresh_copy.default")
def same(t: Tracer, x: Sym, *_rest: Any, **_named: Any) -> Sym:
    """The same numbers."""
    del t
    return x


@call(
    "to.dtype", "to.device", "to.other", "to.dtype_layout", "to.prim_Device", "_to_copy.default",
    "type_as.default",
)  # fmt: skip
def converted(t: Tracer, x: Sym, *_rest: Any, **_named: Any) -> Sym:
    """Another precision, or the same."""
    return cast(t, x, named=True)


def cast(t: Tracer, x: Sym, *, named: bool = False) -> Sym:
    """A tensor as precise as the result of the call that is read now.

    ``named``: the model names the precision, even where it is the one that was there.
    """
    before = str(t.node.args[0].meta["val"].dtype).removeprefix("torch.")
    after = str(t.node.meta["val"].dtype).removeprefix("torch.")
    t.fixed = t.fixed or named or before != after
    if before == after or (before in CASTS[5:] and after in CASTS[5:]):
        return x
    if before not in CASTS or after not in REALS:
        raise UncoveredError
    return t.emit("cast", (t.read(x),), x.dims, attrs={"from": before, "to": after})


@call("detach.default")
def stopped(t: Tracer, x: Sym) -> Sym:
    """No gradient goes back through here."""
    if x.dtype != "":
        return x
    last = next((d for d in reversed(t.drafts) if d.out == x.value), None)
    if last is not None and last.attrs.get("fn") == "stop":
        return x
    return pointwise(t, "stop", x)
