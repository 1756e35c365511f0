"""Calls that read numbers by their positions, add to them there, or find them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from engines.diagrams.importing.calls.elementwise import UncoveredError, call, combine
from engines.diagrams.importing.calls.maps import on_axis
from engines.diagrams.importing.calls.shapes import cut
from engines.diagrams.importing.tracing.atoms import Atom, size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


@call("index_select.default")
def index_select(t: Tracer, x: Sym, dim: int, index: Sym) -> Sym:
    """Rows by their positions."""
    return _rows_of(t, x, dim % len(x.dims), index)


@call("index.Tensor")
def index(t: Tracer, x: Sym, places: list[Sym | None]) -> Sym:
    """Rows of one axis by their positions; other forms are not covered."""
    named = [k for k, place in enumerate(places) if place is not None]
    place = places[named[0]] if len(named) == 1 else None
    if place is None:
        raise UncoveredError
    return _rows_of(t, x, named[0], place)


def _rows_of(t: Tracer, x: Sym, dim: int, index: Sym) -> Sym:
    if x.dtype != "" or (index.const is not None and bool((index.const < 0).any())):
        raise UncoveredError
    run = _run_of(index.const)
    if run is not None:  # of a parameter: the whole is the model's, whatever part of it is read
        return cut(t, replace(x, value=t.read(x)), dim, *run)
    for k, axes in enumerate(x.dims):
        for atom in t.atoms.resolved(axes) if k != dim else ():
            if atom in t.flat(index):
                index = t.rename(index, atom, t.atoms.new(atom.size, "copy", atom.hint))
    x = t.merged(x, dim)
    dims = (*x.dims[:dim], *index.dims, *x.dims[dim + 1 :])
    return _read(t, x, dim, index, dims)


def _run_of(places: Any) -> tuple[int, int, int] | None:
    """Start, end and step of positions that are known and follow one another evenly."""
    if places is None or places.ndim != 1 or len(places) < 2:
        return None
    first, step = int(places[0]), int(places[1] - places[0])
    even = step > 0 and bool((places.diff() == step).all())
    return (first, int(places[-1]) + 1, step) if even else None


def _read(t: Tracer, x: Sym, dim: int, index: Sym, dims: tuple[Any, ...]) -> Sym:
    table = _table(t, x, dim, index)
    args = (t.read(x), t.read(index))
    return t.emit("gather", args, dims, attrs={"table": table})


def _table(t: Tracer, x: Sym, dim: int, index: Sym) -> Atom:
    """Say that positions are on one axis of a tensor; that axis."""
    return on_axis(t, index, replace(x, dims=(t.atoms.resolved(x.dims[dim]),)))


@call("index_add.default")
def index_add(t: Tracer, x: Sym, dim: int, index: Sym, rows: Sym, *, alpha: Any = 1) -> Sym:
    """Rows are added to those at their positions."""
    dim %= len(x.dims)
    if alpha != 1 or rows.dtype != "" or x.dtype != "":
        raise UncoveredError
    table = _table(t, x, dim, index)
    index, rows = t.meet(index, 0, rows, dim)
    dims = (*rows.dims[:dim], (table,), *rows.dims[dim + 1 :])
    attrs = {"table": table}
    spread = t.emit("scatter", (t.read(rows), t.read(index)), dims, attrs=attrs)
    return combine(t, "add", [x, spread])


@call("gather.default")
def gather(t: Tracer, x: Sym, dim: int, index: Sym, *, sparse_grad: bool = False) -> Sym:
    """Along every other dimension, each position reads from its own numbers."""
    del sparse_grad
    dim %= max(len(x.dims), 1)
    x, index = _side_by_side(t, x, dim, index)
    return _read(t, x, dim, index, index.dims)


@call("scatter_add.default")
def scatter_add(t: Tracer, x: Sym, dim: int, index: Sym, source: Sym) -> Sym:
    """Along every other dimension, numbers are added to those at their positions."""
    return combine(t, "add", [x, _spread(t, x, dim % len(x.dims), index, source)])


@call("scatter.src")
def scatter(t: Tracer, x: Sym, dim: int, index: Sym, source: Sym) -> Sym:
    """Numbers put among zeros at positions of which no two are the same."""
    dim %= len(x.dims)
    zeros = x.const is not None and not x.value and not bool(x.const.any())
    if not zeros or not _different(t, index, dim):
        raise UncoveredError
    return _spread(t, x, dim, index, source)


@call("scatter.value")
def scatter_number(t: Tracer, x: Sym, dim: int, index: Sym, value: Any) -> Sym:
    """The same with one number."""
    made = torch.full([size_of(d) for d in index.dims], float(value), dtype=torch.float64)
    return scatter(t, x, dim, index, Sym("", index.dims, const=made))


def _different(t: Tracer, index: Sym, dim: int) -> bool:
    """Whether no two positions along a dimension can be the same: places of the largest."""
    axes = t.atoms.resolved(index.dims[dim])
    makers = (d for d in t.drafts if d.out == index.value and d.kind == "places")
    return any(len(axes) == 1 and t.atoms.find(d.attrs["made"]) is axes[0] for d in makers)


def _spread(t: Tracer, x: Sym, dim: int, index: Sym, source: Sym) -> Sym:
    """Zeros of the shape of ``x`` with the source added at its positions."""
    if [size_of(d) for d in source.dims] != [size_of(d) for d in index.dims] or source.dtype != "":
        raise UncoveredError
    x, index = _side_by_side(t, x, dim, index)
    for k in range(len(index.dims)):
        index, source = t.meet(index, k, source, k)
    table = _table(t, x, dim, index)
    dims = tuple((table,) if k == dim else d for k, d in enumerate(index.dims))
    kept = tuple(a for k, d in enumerate(index.dims) if k != dim for a in t.atoms.resolved(d))
    attrs = {"table": table, **({"kept": kept} if kept else {})}
    return t.emit("scatter", (t.read(source), t.read(index)), dims, attrs=attrs)


def _side_by_side(t: Tracer, x: Sym, dim: int, index: Sym) -> tuple[Sym, Sym]:
    """A tensor and positions in it that share every dimension but one."""
    if x.dtype != "" or len(x.dims) != len(index.dims):
        raise UncoveredError
    others = [k for k in range(len(x.dims)) if k != dim]
    if any(size_of(x.dims[k]) != size_of(index.dims[k]) for k in others):
        raise UncoveredError
    x = t.merged(x, dim)
    for k in others:
        x, index = t.meet(x, k, index, k)
        if t.atoms.resolved(x.dims[k]) != t.atoms.resolved(index.dims[k]):
            raise UncoveredError
    for atom in t.atoms.resolved(index.dims[dim]):
        if atom in t.flat(x):
            index = t.rename(index, atom, t.atoms.new(atom.size, "copy", atom.hint))
    return x, index


@call("topk.default")
def topk(
    t: Tracer, x: Sym, k: int, dim: int = -1, largest: bool = True, order: bool = True
) -> tuple[Sym, Sym]:
    """The positions of the largest, and the numbers there."""
    dim %= max(len(x.dims), 1)
    if x.dtype != "" or not order or size_of(x.dims[dim]) == 1 or not k:
        raise UncoveredError
    x = t.merged(x, dim)
    (axis,) = t.atoms.resolved(x.dims[dim])
    made = t.atoms.new(k, "places", "k")
    dims = tuple((made,) if n == dim else d for n, d in enumerate(x.dims))
    attrs = {"fn": "largest" if largest else "smallest", "axis": axis, "made": made}
    axis.hint = axis.hint or "v"
    places = t.emit("places", (t.read(x),), dims, base="top", attrs=attrs, dtype=axis)
    return _read(t, x, dim, places, dims), places
