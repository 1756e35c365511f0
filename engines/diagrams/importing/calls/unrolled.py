"""Calls that are windows and a contraction: convolutions no word of ours has, and unfolding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.diagrams.graph.circuit import Window
from engines.diagrams.importing.calls.einsums import einsum
from engines.diagrams.importing.calls.elementwise import UncoveredError, call, combine
from engines.diagrams.importing.calls.parts import padded
from engines.diagrams.importing.calls.shapes import cut, flatten, permute, regrouped
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


@dataclass(frozen=True)
class Reach:
    """What a window sees along one dimension."""

    kernel: int
    stride: int = 1
    pad: int = 0
    dilation: int = 1


def each(values: Any, n: int) -> list[int]:
    """One number for every dimension, given as one for all or one each."""
    found = list(values) if isinstance(values, list | tuple) else [values]
    return [int(v) for v in (found * n if len(found) == 1 else found)]


def reaches(
    kernel: Sequence[int], stride: Any, pad: Any, dilation: Any, n: int
) -> tuple[Reach, ...]:
    """Of every dimension that a window slides along."""
    sizes = zip(kernel, each(stride, n), each(pad, n), each(dilation, n), strict=True)
    return tuple(Reach(*each_of) for each_of in sizes)


def windowed(t: Tracer, x: Sym, dim: int, reach: Reach) -> Sym:
    """Positions along a dimension and, as the last one, the places of a window around each."""
    if x.dtype != "":
        raise UncoveredError
    if reach.kernel == 1:
        widths = [0, 0] * (len(x.dims) - 1 - dim) + [reach.pad, reach.pad]
        seen = cut(t, padded(t, x, widths, "constant", 0.0), dim, step=reach.stride)
        return replace(seen, dims=(*seen.dims, ()))
    x = t.merged(x, dim)
    axes = t.atoms.resolved(x.dims[dim])
    if not axes:
        raise UncoveredError
    rule = {"stride": reach.stride, "pad": reach.pad, "dilation": reach.dilation}
    window = Window("", reach.kernel, reach.stride, reach.pad, reach.dilation)
    size = window.size(axes[0].size)
    made = t.atoms.new(size, "window", axes[0].hint)
    place = t.atoms.new(reach.kernel, "window", "w")
    dims = (*x.dims[:dim], (made,), *x.dims[dim + 1 :], (place,))
    attrs = {"ins": axes, "outs": (made,), "place": place, "kernel": reach.kernel, **rule}
    return t.emit("window", (t.read(x),), dims, attrs=attrs)


def convolved(
    t: Tracer, x: Sym, weight: Sym, bias: Sym | None, sides: tuple[Reach, ...], groups: int
) -> Sym:
    """A convolution whose weight is computed, or whose sides differ."""
    n = len(sides)
    front = len(x.dims) - n - 1
    for k, reach in enumerate(sides):
        x = windowed(t, x, front + 1 + k, reach)
    sizes = [size_of(d) for d in x.dims]
    n_out, n_in, *kernel = (size_of(d) for d in weight.dims)
    x = regrouped(t, x, [*sizes[:front], groups, n_in, *sizes[front + 1 :]])
    weight = regrouped(t, weight, [groups, n_out // groups, n_in, *kernel])
    batch, places, window = "ab"[:front], "pqr"[:n], "xyz"[:n]
    text = f"{batch}gc{places}{window},goc{window}->{batch}go{places}"
    found = flatten(t, einsum(t, text, [x, weight]), front, front + 1)
    if bias is None:
        return found
    return combine(t, "add", [found, replace(bias, dims=bias.dims + ((),) * n)])


@call("unfold.default")
def unfolded(t: Tracer, x: Sym, dim: int, size: int, step: int) -> Sym:
    """Stretches along a dimension, side by side."""
    return windowed(t, x, dim % len(x.dims), Reach(size, step))


@call("im2col.default")
def columns(t: Tracer, x: Sym, kernel: Any, dilation: Any, pad: Any, stride: Any) -> Sym:
    """Patches of a picture, each as one column."""
    front = len(x.dims) - 3
    for k, reach in enumerate(reaches(each(kernel, 2), stride, pad, dilation, 2)):
        x = windowed(t, x, front + 1 + k, reach)
    channel, rows, across, high, wide = range(front, front + 5)
    x = permute(t, x, [*range(front), channel, high, wide, rows, across])
    return flatten(t, flatten(t, x, front, front + 2), front + 1, front + 2)
