"""Calls that are several operations of ours."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

from engines.diagrams.importing.calls.elementwise import (
    UncoveredError,
    call,
    combine,
    number,
    pointwise,
)
from engines.diagrams.importing.calls.reductions import reduced
from engines.diagrams.importing.calls.shapes import cut, expand, permute, regrouped
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


@call("clamp.default", "clamp_.default", "hardtanh.default", "hardtanh_.default")
def clamped(t: Tracer, x: Sym, low: Any = None, high: Any = None, **named: Any) -> Sym:
    """Numbers beyond a limit become the limit."""
    usual = (-1.0, 1.0) if "hardtanh" in str(t.node.target) else (None, None)
    low = named.get("min", usual[0] if low is None else low)
    high = named.get("max", usual[1] if high is None else high)
    limits = {"low": low, "high": high}
    limits = {key: float(v) for key, v in limits.items() if v is not None and math.isfinite(v)}
    if limits.get("low", -math.inf) > limits.get("high", math.inf):
        raise UncoveredError
    return pointwise(t, "clamp", x, **limits)


@call("clamp_min.default", "clamp_min_.default")
def clamped_below(t: Tracer, x: Sym, low: Any) -> Sym:
    """Numbers below a limit become the limit."""
    return clamped(t, x, low)


@call("clamp_max.default", "clamp_max_.default")
def clamped_above(t: Tracer, x: Sym, high: Any) -> Sym:
    """Numbers above a limit become the limit."""
    return clamped(t, x, None, high)


@call("prelu.default")
def prelu(t: Tracer, x: Sym, weight: Sym) -> Sym:
    """``w x + (1 - w) relu(x)``: at zero its slope is w, as torch has it."""
    weight = replace(weight, value=t.read(weight))
    if len(x.dims) > 1:
        weight = replace(weight, dims=(weight.dims[0], *((),) * (len(x.dims) - 2)))
    below = combine(t, "mul", [weight, x])
    rest = combine(t, "add", [pointwise(t, "neg", weight), 1])
    return combine(t, "add", [below, combine(t, "mul", [rest, pointwise(t, "relu", x)])])


@call("selu.default", "selu_.default")
def selu(t: Tracer, x: Sym) -> Sym:
    """A scaled ``elu``."""
    bent = pointwise(t, "elu", x, alpha=SELU_ALPHA)
    return combine(t, "mul", [bent, Fraction(SELU_SCALE)])


@call("glu.default")
def gated(t: Tracer, x: Sym, dim: int = -1) -> Sym:
    """One half by the sigmoid of the other."""
    size = size_of(x.dims[dim % len(x.dims)])
    gate = pointwise(t, "sigmoid", cut(t, x, dim, size // 2, size))
    return combine(t, "mul", [cut(t, x, dim, 0, size // 2), gate])


@call("addcmul.default")
def added_product(t: Tracer, x: Sym, a: Sym, b: Sym, *, value: Any = 1) -> Sym:
    """``x + value * a * b``."""
    product = combine(t, "mul", [a, b])
    return combine(t, "add", [x, product if value == 1 else combine(t, "mul", [product, value])])


@call("rsub.Scalar")
def taken_from(t: Tracer, x: Sym, other: Any, alpha: Any = 1) -> Sym:
    """``other - alpha * x``."""
    less = pointwise(t, "neg", x)
    less = less if alpha == 1 else combine(t, "mul", [less, number(alpha)])
    return combine(t, "add", [less, other])


@call("square.default")
def squared(t: Tracer, x: Sym) -> Sym:
    """Every number by itself."""
    return pointwise(t, "square", x)


@call("expand_as.default")
def expanded_as(t: Tracer, x: Sym, other: Sym) -> Sym:
    """Broadcast to the shape of another tensor."""
    return expand(t, x, [size_of(d) for d in other.dims])


@call("view_as.default", "reshape_as.default")
def shaped_as(t: Tracer, x: Sym, other: Sym) -> Sym:
    """In the shape of another tensor."""
    return regrouped(t, x, [size_of(d) for d in other.dims])


@call("_weight_norm.default", "_weight_norm_interface.default")
def weight_norm(t: Tracer, v: Sym, g: Sym, dim: int = 0) -> Sym:
    """A direction that is learned and its length that is learned too."""
    over = [k for k in range(len(v.dims)) if k != dim % len(v.dims)]
    v = replace(v, value=t.read(v))
    length = reduced(t, "norm", v, over, keepdim=True)
    return combine(t, "mul", [v, combine(t, "div", [g, length])])


@call("movedim.int", "movedim.intlist")
def moved(t: Tracer, x: Sym, source: Any, target: Any) -> Sym:
    """Dimensions in another order."""
    rank = len(x.dims)
    source, target = ([v] if isinstance(v, int) else list(v) for v in (source, target))
    source, target = [k % rank for k in source], [k % rank for k in target]
    order = [k for k in range(rank) if k not in source]
    for at, k in sorted(zip(target, source, strict=True)):
        order.insert(at, k)
    return permute(t, x, order)


@call("pixel_shuffle.default")
def pixel_shuffle(t: Tracer, x: Sym, factor: int) -> Sym:
    """Channels become finer rows and columns."""
    *front, channel, rows, columns = (size_of(d) for d in x.dims)
    n = len(front)
    x = regrouped(t, x, [*front, channel // factor**2, factor, factor, rows, columns])
    x = permute(t, x, [*range(n + 1), n + 3, n + 1, n + 4, n + 2])
    return regrouped(t, x, [*front, channel // factor**2, rows * factor, columns * factor])
