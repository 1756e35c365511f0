"""Calls that only change how dimensions are grouped, ordered, cut or joined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from engines.diagrams.graph.poly import Poly
from engines.diagrams.importing.calls.elementwise import UncoveredError, call
from engines.diagrams.importing.tracing.atoms import Atom, Dim, size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


def regrouped(t: Tracer, x: Sym, shape: list[int]) -> Sym:
    """The tensor seen with another shape: atoms are shared out, and split where they must be."""
    total = 1
    for dim in x.dims:
        total *= size_of(dim)
    known = 1
    for size in shape:
        known *= size if size != -1 else 1
    wanted = [total // max(known, 1) if size == -1 else size for size in shape]
    if len(wanted) == len(x.dims) and all(
        size_of(d) == n for d, n in zip(x.dims, wanted, strict=True)
    ):
        return x
    atoms = [a for a in t.flat(x) if a.size != 1]
    ones = [a for a in t.flat(x) if a.size == 1]
    dims, bars = _shared_out(t, atoms, wanted)
    if ones:  # axes of length one find a place of length one, or end
        dims, left = _placed_ones(dims, wanted, ones)
        for atom in left:
            at = next(k for k, d in enumerate(x.dims) if atom in t.atoms.resolved(d))
            x = t.without_ones(x, at, atom)
    if bars:
        return (
            t.view(x, tuple(bars), dict(enumerate(dims)))
            if len(dims) <= len(x.dims)
            else _viewed(t, x, bars, dims)
        )
    return replace(x, dims=tuple(dims))


def _viewed(t: Tracer, x: Sym, bars: list[tuple[Dim, Dim]], dims: list[Dim]) -> Sym:
    made = t.view(x, tuple(bars), {})
    return Sym(made.value, tuple(dims), x.dtype)


def _placed_ones(
    dims: list[Dim], wanted: list[int], ones: list[Atom]
) -> tuple[list[Dim], list[Atom]]:
    left = list(ones)
    placed = []
    for dim, size in zip(dims, wanted, strict=True):
        placed.append((left.pop(0),) if size == 1 and left and not dim else dim)
    return placed, left


def _shared_out(
    t: Tracer, atoms: list[Atom], wanted: list[int]
) -> tuple[list[Dim], list[tuple[Dim, Dim]]]:
    """Atoms by dimension of the wanted sizes; views where an atom cannot be split everywhere."""
    dims: list[Dim] = []
    bars: list[tuple[Dim, Dim]] = []
    queue = list(atoms)
    k = 0
    while k < len(wanted):
        if wanted[k] == 1:
            dims.append(())
            k += 1
            continue
        took: list[Atom] = []
        size = 1
        while size < wanted[k] and queue:
            took.append(queue.pop(0))
            size *= took[-1].size
        if size == wanted[k]:
            dims.append(tuple(took))
            k += 1
            continue
        sizes, k_end = [wanted[k]], k + 1
        made = wanted[k]
        while made != size:
            if made < size and k_end < len(wanted):
                sizes.append(wanted[k_end])
                made *= wanted[k_end]
                k_end += 1
            elif made > size and queue:
                took.append(queue.pop(0))
                size *= took[-1].size
            else:
                raise UncoveredError
        dims += _common(t, took, sizes, bars)
        k = k_end
    return dims, bars


def _common(
    t: Tracer, took: list[Atom], sizes: list[int], bars: list[tuple[Dim, Dim]]
) -> list[Dim]:
    """The common refinement of two factorisations, or a bar where there is none."""
    queue = [(a, a.size) for a in took]
    plan: dict[Atom, list[int]] = {a: [] for a in took}
    shares: list[list[tuple[Atom, int]]] = []
    for size in sizes:
        share: list[tuple[Atom, int]] = []
        need = size
        while need > 1 and queue:
            atom, left = queue.pop(0)
            part = left if need % left == 0 else need if left % need == 0 else 0
            if not part:
                return _barred(t, took, sizes, bars)
            share.append((atom, len(plan[atom])))
            plan[atom].append(part)
            need //= part
            if left > part:
                queue.insert(0, (atom, left // part))
        shares.append(share)
    cut = [a for a, parts in plan.items() if len(parts) > 1]
    if not all(t.atoms.may_split(a) for a in cut):
        return _barred_parts(t, took, plan, shares, bars)
    parts = {a: t.atoms.split(a, plan[a]) if len(plan[a]) > 1 else (a,) for a in took}
    return [tuple(parts[a][n] for a, n in share) for share in shares]


def _barred_parts(
    t: Tracer,
    took: list[Atom],
    plan: dict[Atom, list[int]],
    shares: list[list[tuple[Atom, int]]],
    bars: list[tuple[Dim, Dim]],
) -> list[Dim]:
    parts: dict[Atom, tuple[Atom, ...]] = {}
    for atom in took:
        if len(plan[atom]) > 1:
            parts[atom] = tuple(t.atoms.new(n, "view") for n in plan[atom])
            bars.append(((atom,), parts[atom]))
        else:
            parts[atom] = (atom,)
    return [tuple(parts[a][n] for a, n in share) for share in shares]


def _barred(
    t: Tracer, took: list[Atom], sizes: list[int], bars: list[tuple[Dim, Dim]]
) -> list[Dim]:
    new = tuple(t.atoms.new(n, "view") for n in sizes)
    bars.append((tuple(took), new))
    return [(a,) for a in new]


@call("view.default", "reshape.default", "_unsafe_view.default")
def view(t: Tracer, x: Sym, shape: list[int]) -> Sym:
    """Another shape for the same numbers in the same order."""
    return regrouped(t, x, [int(n) for n in shape])


@call("flatten.using_ints")
def flatten(t: Tracer, x: Sym, start: int = 0, end: int = -1) -> Sym:
    """Neighbouring dimensions become one."""
    rank = len(x.dims)
    a, b = start % rank, end % rank
    joined = tuple(atom for dim in x.dims[a : b + 1] for atom in t.atoms.resolved(dim))
    return replace(x, dims=(*x.dims[:a], joined, *x.dims[b + 1 :]))


@call("unflatten.int")
def unflatten(t: Tracer, x: Sym, dim: int, sizes: list[int]) -> Sym:
    """One dimension becomes several."""
    shape: list[int] = [size_of(d) for d in x.dims]
    dim %= len(shape)
    return regrouped(t, x, [*shape[:dim], *map(int, sizes), *shape[dim + 1 :]])


def reordered(t: Tracer, x: Sym, order: list[int]) -> Sym:
    """Dimensions in another order; a tensor of the model is read first, as it lies."""
    return Sym(t.read(x), tuple(x.dims[k] for k in order), x.dtype)


@call("transpose.int", "swapaxes.default")
def transpose(t: Tracer, x: Sym, a: int, b: int) -> Sym:
    """Two dimensions change places; names know no places, so nothing is drawn."""
    order = list(range(len(x.dims)))
    order[a], order[b] = order[b], order[a]
    return reordered(t, x, order)


@call("permute.default")
def permute(t: Tracer, x: Sym, order: list[int]) -> Sym:
    """Dimensions in another order."""
    return reordered(t, x, order)


@call("mT.default", "matrix_H.default", "adjoint.default")
def turned_last(t: Tracer, x: Sym) -> Sym:
    """The last two dimensions change places."""
    return transpose(t, x, -1, -2)


@call("unbind.int")
def unbind(t: Tracer, x: Sym, dim: int = 0) -> list[Sym]:
    """Every position of an axis by itself."""
    return [select(t, x, dim, k) for k in range(size_of(x.dims[dim]))]


@call("t.default", "numpy_T.default")
def turned(t: Tracer, x: Sym) -> Sym:
    """A matrix turned over."""
    return reordered(t, x, list(range(len(x.dims)))[::-1])


@call("unsqueeze.default")
def unsqueeze(t: Tracer, x: Sym, dim: int) -> Sym:
    """A dimension of length one that no axis makes."""
    del t
    dim %= len(x.dims) + 1
    return replace(x, dims=(*x.dims[:dim], (), *x.dims[dim:]))


@call("squeeze.dim", "squeeze.dims", "squeeze.default")
def squeeze(t: Tracer, x: Sym, dims: Any = None) -> Sym:
    """Dimensions of length one end."""
    rank = len(x.dims)
    asked = range(rank) if dims is None else [dims] if isinstance(dims, int) else dims
    gone = {d % rank for d in asked if size_of(x.dims[d % rank]) == 1}
    for k in gone:
        x = t.without_ones(x, k)
    left = tuple(d for k, d in enumerate(x.dims) if k not in gone)
    return replace(x, dims=left)


def grown(t: Tracer, x: Sym, k: int, atom: Atom) -> Sym:
    """A dimension of length one becomes an axis along which everything is the same."""
    value = t.read(x)
    axes = (*((a,) for a in t.atoms.resolved(t.axes[value])), (atom,))
    made = t.emit("expand", (value,), axes, attrs={"outs": (atom,)}, dtype=x.dtype)
    return Sym(made.value, (*x.dims[:k], (atom,), *x.dims[k + 1 :]), x.dtype)


@call("expand.default")
def expand(t: Tracer, x: Sym, shape: list[int], **_implicit: Any) -> Sym:
    """Broadcast to a shape."""
    extra = len(shape) - len(x.dims)
    x = replace(x, dims=((),) * extra + x.dims)
    for k, size in enumerate(shape):
        if size not in (-1, size_of(x.dims[k])):
            x = t.without_ones(x, k)
            x = grown(t, x, k, t.atoms.new(int(size), "const"))
    return x


@call("select.int")
def select(t: Tracer, x: Sym, dim: int, at: int) -> Sym:
    """One position of an axis."""
    dim %= len(x.dims)
    axes = t.atoms.resolved(x.dims[dim])
    rest = (*x.dims[:dim], *x.dims[dim + 1 :])
    if not axes:
        return replace(x, dims=rest)
    if len(axes) > 1:
        x = t.merged(x, dim)
    axis = t.atoms.resolved(x.dims[dim])[0]
    attrs = {"axis": axis, "at": int(at) % axis.size}
    return t.emit("index", (t.read(x),), rest, attrs=attrs, dtype=x.dtype)


@call("slice.Tensor")
def cut(t: Tracer, x: Sym, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Sym:
    """A stretch of an axis."""
    dim %= len(x.dims)
    size = size_of(x.dims[dim])
    first, last, _ = slice(start, end).indices(size)
    if (first, last, step) == (0, size, 1):
        return x
    if last <= first:
        return _nothing(t, x, dim)
    if not t.atoms.resolved(x.dims[dim]):
        raise UncoveredError
    return stretch(t, x, dim, first, -(-(last - first) // step), step)


def _nothing(t: Tracer, x: Sym, dim: int) -> Sym:
    """No position of an axis: a constant without numbers, which joins leave out."""
    shape = [size_of(d) for d in x.dims]
    shape[dim] = 0
    dims = (*x.dims[:dim], (t.atoms.new(0, "const"),), *x.dims[dim + 1 :])
    return Sym("", dims, x.dtype, const=torch.zeros(shape))


def stretch(t: Tracer, x: Sym, dim: int, start: int, size: int, step: int = 1) -> Sym:
    """``size`` positions of an axis from ``start``; rows of a parameter are a parameter."""
    if (
        x.state
        and not x.value
        and x.const is None
        and dim == 0
        and step == 1
        and "#" not in x.state
    ):
        rows = (t.atoms.new(size, "weight"),)
        return replace(x, dims=(rows, *x.dims[1:]), state=f"{x.state}#{start}:{start + size}")
    x = t.merged(x, dim)
    (old,) = t.atoms.resolved(x.dims[dim])
    new = t.atoms.new(size, "linear" if old.born == "linear" else "cut", old.hint)
    attrs = {"axis": old, "made": new, "start": Poly.of(start), "step": step}
    dims = (*x.dims[:dim], (new,), *x.dims[dim + 1 :])
    return t.emit("slice", (t.read(x),), dims, attrs=attrs, dtype=x.dtype)


@call("split.Tensor", "chunk.default", "split_with_sizes.default")
def split(t: Tracer, x: Sym, sizes: Any, dim: int = 0) -> list[Sym]:
    """Parts of an axis; equal parts of what a learned map made are positions on a new axis."""
    dim %= len(x.dims)
    total = size_of(x.dims[dim])
    lengths = list(sizes) if isinstance(sizes, list | tuple) else _lengths(total, int(sizes))
    axes = t.atoms.resolved(x.dims[dim])
    n = len(lengths)
    if len(set(lengths)) == 1 and len(axes) == 1 and t.atoms.may_split(axes[0]) and n > 1:
        parts = t.atoms.split(axes[0], [n, lengths[0]])
        parts[0].hint = "g"
        inner = Sym(x.value, (*x.dims[:dim], (parts[0],), (parts[1],), *x.dims[dim + 1 :]), x.dtype)
        return [select(t, inner, dim, k) for k in range(n)]
    starts = [sum(lengths[:k]) for k in range(n)]
    return [stretch(t, x, dim, a, size) for a, size in zip(starts, lengths, strict=True)]


def _lengths(total: int, each: int) -> list[int]:
    return [min(each, total - k) for k in range(0, total, each)]


def chunked(t: Tracer, x: Sym, n: int, dim: int = 0) -> list[Sym]:
    """``torch.chunk``: at most n parts of equal length."""
    total = size_of(x.dims[dim])
    return split(t, x, -(-total // n), dim)


@call("cat.default")
def cat(t: Tracer, parts: list[Sym], dim: int = 0) -> Sym:
    """One after the other."""
    dim %= len(parts[0].dims)
    parts = [p for p in parts if size_of(p.dims[dim])] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    ready = []
    for part in parts:
        found = t.merged(part, dim)
        if not t.atoms.resolved(found.dims[dim]):
            found = grown(t, found, dim, t.atoms.new(1, "const"))
        ready.append(found)
    for k in range(1, len(ready)):
        for j in range(len(ready[0].dims)):
            if j != dim:
                ready[0], ready[k] = t.meet(ready[0], j, ready[k], j)
    ready = _ones_shared(t, ready, dim)
    ins = tuple(t.atoms.resolved(p.dims[dim])[0] for p in ready)
    made = t.atoms.new(sum(a.size for a in ins), "cut", ins[0].hint)
    dims = (*ready[0].dims[:dim], (made,), *ready[0].dims[dim + 1 :])
    attrs = {"ins": ("each", ins), "outs": (made,)}
    return t.emit(
        "concat", tuple(t.read(p) for p in ready), dims, attrs=attrs, dtype=ready[0].dtype
    )


def _ones_shared(t: Tracer, parts: list[Sym], dim: int) -> list[Sym]:
    """An axis of length one that only some parts have is given to all."""
    for j in range(len(parts[0].dims)):
        held = next((p.dims[j] for p in parts if t.atoms.resolved(p.dims[j])), ())
        for atom in () if j == dim else t.atoms.resolved(held):
            parts = [p if t.atoms.resolved(p.dims[j]) else grown(t, p, j, atom) for p in parts]
    return parts


@call("stack.default")
def stack(t: Tracer, parts: list[Sym], dim: int = 0) -> Sym:
    """Side by side along a new axis."""
    return cat(t, [unsqueeze(t, part, dim) for part in parts], dim)
