"""``torch.fft``: transforms of real numbers are words of the language, the others made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from engines.diagrams.importing.calls import parts, positions, shapes
from engines.diagrams.importing.calls.complexes import joined, pair, paired
from engines.diagrams.importing.calls.elementwise import UncoveredError, combine, pointwise
from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.pairs import Pair, is_complex
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


def _waves(t: Tracer, x: Sym, dim: int) -> Pair:
    """All waves of one dimension of real numbers."""
    dim %= len(x.dims)
    n = size_of(x.dims[dim])
    if n < 2 or x.dtype != "":
        raise UncoveredError
    x = t.merged(x, dim)
    (axis,) = t.atoms.resolved(x.dims[dim])
    wave, part = t.atoms.new(n // 2 + 1, "waves", "k"), t.atoms.new(2, "waves", "z")
    attrs = {"fn": "fft", "ins": (axis,), "outs": (wave, part), "axis": axis, "wave": wave}
    dims = (*x.dims[:dim], (wave,), *x.dims[dim + 1 :], (part,))
    found = t.emit("waves", (t.read(x),), dims, attrs=attrs)
    return Pair(shapes.select(t, found, -1, 0), shapes.select(t, found, -1, 1), found)


def _unwaved(t: Tracer, x: Pair, dim: int, n: int) -> Sym:
    """Real numbers of which these are the first waves, others nought."""
    dim %= len(x.real.dims)
    if n < 2 or size_of(x.real.dims[dim]) < 2:
        raise UncoveredError
    both = t.merged(joined(t, x), dim)
    (wave,), (part,) = t.atoms.resolved(both.dims[dim]), t.atoms.resolved(both.dims[-1])
    axis = t.atoms.new(n, "waves", "x")
    attrs = {"fn": "ifft", "ins": (wave, part), "outs": (axis,), "axis": axis, "wave": wave}
    dims = (*both.dims[:dim], (axis,), *both.dims[dim + 1 : -1])
    return t.emit("waves", (t.read(both),), dims, attrs=attrs, base="u")


def _fitted(t: Tracer, x: Sym, dim: int, n: int) -> Sym:
    """The first n positions of a dimension, noughts where there are fewer."""
    dim %= len(x.dims)
    there = size_of(x.dims[dim])
    if there > n:
        return shapes.cut(t, x, dim, 0, n)
    widths = [0, 0] * (len(x.dims) - dim - 1) + [0, n - there]
    return parts.padded(t, x, widths) if there < n else x


def _both(t: Tracer, x: Pair, run: Any, *rest: Any) -> Pair:
    return Pair(run(t, x.real, *rest), run(t, x.imag, *rest))


def _scaled(t: Tracer, x: Pair, factor: float) -> Pair:
    if factor == 1.0:
        return x
    return Pair(combine(t, "mul", [x.real, factor]), combine(t, "mul", [x.imag, factor]))


def _factor(norm: str | None, n: int, *, forward: bool) -> float:
    """What torch multiplies a sum by that has no factor of its own."""
    whole = {"backward": not forward, "forward": forward}.get(norm or "backward")
    return n**-0.5 if whole is None else 1.0 / n if whole else 1.0


def _one_of_real(t: Tracer, x: Sym, n: int | None, dim: int, norm: str | None) -> Pair:
    """``torch.fft.rfft``."""
    n = n or size_of(x.dims[dim])
    found = _waves(t, _fitted(t, x, dim, n), dim)
    return _scaled(t, found, _factor(norm, n, forward=True))


def _one_to_real(t: Tracer, x: Pair, n: int | None, dim: int, norm: str | None) -> Sym:
    """``torch.fft.irfft``; waves that are not there are nought."""
    n = n or 2 * (size_of(x.real.dims[dim]) - 1)
    if size_of(x.real.dims[dim]) > n // 2 + 1:
        x = _both(t, x, _fitted, dim, n // 2 + 1)
    found = _unwaved(t, x, dim, n)
    factor = n * _factor(norm, n, forward=False)
    return found if factor == 1.0 else combine(t, "mul", [found, factor])


def _mirrored(t: Tracer, x: Pair, dim: int, n: int) -> Pair:
    """All n waves of real numbers: those past the middle are the first ones turned about."""
    dim %= len(x.real.dims)
    at = torch.tensor([min(k, n - k) for k in range(n)])
    sign = torch.tensor([1.0 if k <= n // 2 else -1.0 for k in range(n)], dtype=torch.float64)
    made = []
    for part in (x.real, x.imag):
        place = Sym("", ((t.atoms.new(n, "waves", "k"),),), "tokens", const=at)
        made.append(positions.index_select(t, part, dim, place))
    ones = ((),) * (len(x.real.dims) - dim - 1)
    turn = Sym("", ((t.atoms.new(n, "const"),), *ones), const=sign.reshape(-1, *[1] * len(ones)))
    return Pair(made[0], combine(t, "mul", [made[1], turn]))


def _one(t: Tracer, x: Any, n: int | None, dim: int, norm: str | None, *, forward: bool) -> Pair:
    """``torch.fft.fft`` and ``ifft``: real and imaginary part go through by themselves."""
    alone = not is_complex(x)
    x = pair(x)
    n = n or size_of(x.real.dims[dim])
    first = _mirrored(t, _waves(t, _fitted(t, x.real, dim, n), dim), dim, n)
    if alone:
        found = first if forward else Pair(first.real, pointwise(t, "neg", first.imag))
    else:
        last = _mirrored(t, _waves(t, _fitted(t, x.imag, dim, n), dim), dim, n)
        # i times the second one; backwards every wave turns the other way.
        ways = ("sub", "add") if forward else ("add", "sub")
        imag = [last.real, first.imag] if not forward else [first.imag, last.real]
        found = Pair(combine(t, ways[0], [first.real, last.imag]), combine(t, ways[1], imag))
    return _scaled(t, found, _factor(norm, n, forward=forward))


@paired("fft_rfft.default")
def rfft(t: Tracer, x: Sym, n: Any = None, dim: int = -1, norm: Any = None) -> Pair:
    """Waves of one dimension of real numbers."""
    return _one_of_real(t, x, n, dim, norm)


@paired("fft_irfft.default")
def irfft(t: Tracer, x: Any, n: Any = None, dim: int = -1, norm: Any = None) -> Sym:
    """Real numbers of waves."""
    return _one_to_real(t, pair(x), n, dim, norm)


@paired("fft_fft.default")
def fft(t: Tracer, x: Any, n: Any = None, dim: int = -1, norm: Any = None) -> Pair:
    """Waves of one dimension."""
    return _one(t, x, n, dim, norm, forward=True)


@paired("fft_ifft.default")
def ifft(t: Tracer, x: Any, n: Any = None, dim: int = -1, norm: Any = None) -> Pair:
    """What has these waves."""
    return _one(t, x, n, dim, norm, forward=False)


def _asked(x: Any, sizes: Any, dims: Any, n_dims: int | None) -> list[tuple[int | None, int]]:
    """Size and dimension of every transform, in the order they are named."""
    rank = len(pair(x).real.dims)
    last = len(sizes) if sizes is not None else rank if n_dims is None else n_dims
    named: Sequence[int] = dims if dims is not None else range(-last, 0)
    wanted = [None] * len(named) if sizes is None else sizes
    return [(None if n in (None, -1) else n, d % rank) for n, d in zip(wanted, named, strict=True)]


def _several(t: Tracer, x: Any, asked: Any, norm: Any, *, forward: bool) -> Any:
    for n, dim in asked:
        x = _one(t, x, n, dim, norm, forward=forward)
    return x


def _spread(n_dims: int | None, kind: str) -> Any:
    default = None if n_dims is None else [-2, -1]

    def run(t: Tracer, x: Any, s: Any = None, dim: Any = default, norm: Any = None) -> Any:
        asked = _asked(x, s, dim, n_dims)
        if kind == "rfft":
            return _several(t, _one_of_real(t, x, *asked[-1], norm), asked[:-1], norm, forward=True)
        if kind == "irfft":
            x = _several(t, pair(x), asked[:-1], norm, forward=False)
            return _one_to_real(t, x, *asked[-1], norm)
        return _several(t, x, asked, norm, forward=kind == "fft")

    return run


for _kind in ("fft", "ifft", "rfft", "irfft"):
    paired(f"fft_{_kind}2.default")(_spread(2, _kind))
    paired(f"fft_{_kind}n.default")(_spread(None, _kind))
