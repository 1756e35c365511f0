"""Calls with learned parameters and windows: norms, convolutions, pools, recurrences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from engines.diagrams.importing.calls.elementwise import UncoveredError, call, combine
from engines.diagrams.importing.calls.maps import fixed, label, mixed
from engines.diagrams.importing.calls.reductions import reduced
from engines.diagrams.importing.calls.shapes import cat, cut, expand, grown
from engines.diagrams.importing.calls.unrolled import convolved, each, reaches
from engines.diagrams.importing.tracing.atoms import Atom, Dim, size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer

_STRETCHES_MAX = 64
"""More stretches than this are no picture; such a pool stays opaque."""


def state_of(**syms: Sym | None) -> dict[str, str]:
    """Paths of parameters by suffix; what is no parameter is not covered."""
    found = {name: sym.state for name, sym in syms.items() if sym is not None}
    if not all(found.values()):
        raise UncoveredError
    return found


def _norm(
    t: Tracer, x: Sym, fn: str, axes: Dim, weight: Sym | None, bias: Sym | None, **attrs: Any
) -> Sym:
    running = attrs.pop("state", {})
    if mixed(weight, bias):
        plain = _norm(t, x, fn, axes, None, None, state=running, **attrs)
        n_after = 0 if fn in ("LayerNorm", "RMSNorm") else len(x.dims) - 2
        return _scaled(t, plain, n_after, mul=weight, add=bias)
    state = state_of(weight=weight, bias=bias) | running
    name = label(t, weight.state) if weight is not None else ""
    attrs = {
        "fn": fn,
        "axes": axes,
        "affine": weight is not None,
        "bias": bias is not None or (weight is None and fn != "RMSNorm"),  # as texts have it
        **fixed(weight),
        **attrs,
    }
    return t.emit("norm", (t.read(x),), x.dims, attrs=attrs, name=name, state=state)


def _scaled(t: Tracer, x: Sym, n_after: int, **parts: Sym | None) -> Sym:
    """A factor and an addend of a layer as operations of their own; dimensions may come after."""
    for fn, own in parts.items():
        assert own is not None
        x = combine(t, fn, [x, replace(own, dims=own.dims + ((),) * n_after)])
    return x


@call("layer_norm.default")
def layer_norm(
    t: Tracer,
    x: Sym,
    shape: list[int],
    weight: Sym | None = None,
    bias: Sym | None = None,
    eps: float = 1e-5,
    *_cudnn: Any,
) -> Sym:
    """Over the last dimensions."""
    x = _met(t, x, len(shape), weight)
    axes = tuple(a for d in x.dims[len(x.dims) - len(shape) :] for a in t.atoms.resolved(d))
    return _norm(t, x, "LayerNorm", axes, weight, bias, eps=float(eps))


def _met(t: Tracer, x: Sym, n: int, weight: Sym | None) -> Sym:
    """The weight's dimensions are the tensor's last ones; its own atoms are seen nowhere else."""
    del weight
    for k in range(len(x.dims) - n, len(x.dims)):
        if not t.atoms.resolved(x.dims[k]):
            x = grown(t, x, k, t.atoms.new(1, "const"))
    return x


@call("rms_norm.default")
def rms_norm(
    t: Tracer, x: Sym, shape: list[int], weight: Sym | None = None, eps: float | None = None
) -> Sym:
    """Over the last dimensions, without a mean."""
    x = _met(t, x, len(shape), weight)
    axes = tuple(a for d in x.dims[len(x.dims) - len(shape) :] for a in t.atoms.resolved(d))
    return _norm(t, x, "RMSNorm", axes, weight, None, eps=_own_step(eps))


def _own_step(eps: float | None) -> float:
    """0 for the step of the numbers in use; the export writes that of the example's type."""
    steps = [torch.finfo(d).eps for d in (torch.float32, torch.float64, torch.bfloat16)]
    return 0.0 if eps is None or eps in steps else float(eps)


@call("batch_norm.default")
def batch_norm(
    t: Tracer,
    x: Sym,
    weight: Sym | None,
    bias: Sym | None,
    mean: Sym | None,
    var: Sym | None,
    training: bool,
    momentum: float,
    eps: float,
    *_cudnn: Any,
) -> Sym:
    """Per channel, by the running statistics or by those of the batch."""
    del momentum
    x = _channelled(t, x, 1)
    state = {} if training else state_of(mean=mean, var=var)
    axes = t.atoms.resolved(x.dims[1])
    running = {"state": state, "running": not training}
    return _norm(t, x, "BatchNorm", axes, weight, bias, eps=float(eps), **running)


@call("group_norm.default")
def group_norm(
    t: Tracer,
    x: Sym,
    groups: int,
    weight: Sym | None = None,
    bias: Sym | None = None,
    eps: float = 1e-5,
    *_cudnn: Any,
) -> Sym:
    """Per group of channels and all positions."""
    x = _channelled(t, x, 1)
    axes = tuple(a for d in x.dims[1:] for a in t.atoms.resolved(d))
    return _norm(t, x, "GroupNorm", axes, weight, bias, eps=float(eps), groups=int(groups))


@call("instance_norm.default")
def instance_norm(
    t: Tracer,
    x: Sym,
    weight: Sym | None,
    bias: Sym | None,
    mean: Sym | None,
    var: Sym | None,
    own: bool,
    momentum: float,
    eps: float,
    *_cudnn: Any,
) -> Sym:
    """Per channel and example, over all positions; running statistics are not covered."""
    del mean, var, momentum
    if not own:
        raise UncoveredError
    x = _channelled(t, x, 1)
    axes = tuple(a for d in x.dims[1:] for a in t.atoms.resolved(d))
    return _norm(t, x, "InstanceNorm", axes, weight, bias, eps=float(eps))


def _channelled(t: Tracer, x: Sym, k: int) -> Sym:
    """The dimension is one axis, even if it is of length one."""
    if not t.atoms.resolved(x.dims[k]):
        return grown(t, x, k, t.atoms.new(1, "const"))
    return t.merged(x, k)


def _same(values: Any, n: int) -> int:
    found = list(values) if isinstance(values, list | tuple) else [values]
    found = found * n if len(found) == 1 else found
    if len(set(found)) != 1:
        raise UncoveredError
    return int(found[0])


def _windowed(t: Tracer, x: Sym, n: int, sizes: list[int]) -> tuple[Sym, Dim, Dim]:
    """Spatial axes before and after; an axis whose length stays is the same axis."""
    ins: list[Atom] = []
    for k in range(len(x.dims) - n, len(x.dims)):
        x = _channelled(t, x, k)
        ins.append(t.atoms.resolved(x.dims[k])[0])
    return (
        x,
        tuple(ins),
        tuple(t.atoms.new(s, "window", a.hint) for s, a in zip(sizes, ins, strict=True)),
    )


def _conv(
    t: Tracer,
    x: Sym,
    weight: Sym,
    bias: Sym | None,
    n: int,
    settings: dict[str, int],
    transposed: bool = False,
) -> Sym:
    from engines.diagrams.graph.circuit import Window

    if not weight.state:
        raise UncoveredError
    if mixed(weight, bias):
        return _scaled(t, _conv(t, x, weight, None, n, settings, transposed), n, add=bias)
    kernel = _same([size_of(d) for d in weight.dims[2:]], n)
    groups = settings["groups"]
    x = _channelled(t, x, len(x.dims) - n - 1)
    at = len(x.dims) - n - 1
    rule = {k: settings[k] for k in ("stride", "pad", "dilation")}
    before = [size_of(d) for d in x.dims[at + 1 :]]
    window = Window("", kernel, rule["stride"], rule["pad"], rule["dilation"], transposed)
    x, ins, new = _windowed(t, x, n, [window.size(s) for s in before])
    same = window.stride == 1 and window.size(97) == 97
    outs = ins if same else new
    channel = t.atoms.resolved(x.dims[at])[0]
    n_out = size_of(weight.dims[1 if transposed else 0]) * (groups if transposed else 1)
    made = t.atoms.new(n_out, "conv", "c")
    dims = (*x.dims[:at], (made,), *((a,) for a in outs))
    attrs = {
        **({"fn": "T"} if transposed else {}),
        "ins": ins,
        "outs": outs,
        "channel": channel,
        "made": made,
        "bias": bias is not None,
        "groups": groups,
        "kernel": kernel,
        **fixed(weight),
        **rule,
    }
    state = state_of(weight=weight, bias=bias)
    return t.emit("conv", (t.read(x),), dims, attrs=attrs, name=label(t, weight.state), state=state)


def _convolution(n: int) -> Any:
    def handler(
        t: Tracer,
        x: Sym,
        weight: Sym,
        bias: Sym | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Sym:
        kernel = [size_of(d) for d in weight.dims[2:]]
        if isinstance(padding, str):
            reach = [w * (k - 1) for w, k in zip(each(dilation, n), kernel, strict=True)]
            if padding == "same" and any(r % 2 for r in reach):
                raise UncoveredError
            padding = 0 if padding == "valid" else [r // 2 for r in reach]
        sides = reaches(kernel, stride, padding, dilation, n)
        if len(set(sides)) > 1 or not weight.state:
            return convolved(t, x, weight, bias, sides, groups)
        side = sides[0]
        settings = {"stride": side.stride, "pad": side.pad, "dilation": side.dilation}
        return _conv(t, x, weight, bias, n, {**settings, "groups": groups})

    return handler


def _transposed(n: int) -> Any:
    def handler(
        t: Tracer,
        x: Sym,
        weight: Sym,
        bias: Sym | None = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Sym:
        if _same(output_padding, n):
            raise UncoveredError
        settings = {"stride": _same(stride, n), "pad": _same(padding, n)}
        settings |= {"dilation": _same(dilation, n), "groups": groups}
        return _conv(t, x, weight, bias, n, settings, transposed=True)

    return handler


def _pool(fn: str, n: int) -> Any:
    def handler(
        t: Tracer, x: Sym, kernel: Any, stride: Any = None, padding: Any = 0, *rest: Any
    ) -> Sym:
        from engines.diagrams.graph.circuit import Window

        alone = fn == "avg" and len(rest) > 1 and not rest[1]
        plain = (1,) if fn == "max" else (False, not alone, None)
        for value, wanted in zip(rest, plain, strict=False):
            if (value[0] if isinstance(value, list) else value) != wanted:
                raise UncoveredError
        size = _same(kernel, n)
        step = _same(stride, n) if stride else size
        pad = _same(padding, n)
        if fn == "max" and any(rest[1:2]):
            x = _ceiled(t, x, n, size, step, pad)
        window = Window("", size, step, pad)
        before = [size_of(d) for d in x.dims[-n:]]
        x, ins, new = _windowed(t, x, n, [window.size(s) for s in before])
        same = step == 1 and window.size(97) == 97
        outs = ins if same else new
        dims = (*x.dims[: len(x.dims) - n], *((a,) for a in outs))
        attrs = {
            "fn": fn,
            "ins": ins,
            "outs": outs,
            "kernel": size,
            "stride": step,
            "pad": pad,
            "dilation": 1,
        }
        found = t.emit("pool", (t.read(x),), dims, attrs=attrs)
        return _uncounted(t, found, before, window) if alone and pad else found

    return handler


def _uncounted(t: Tracer, x: Sym, before: list[int], window: Any) -> Sym:
    """Means over what lies within the picture alone: of fewer numbers at its edges."""
    n, rule = len(before), (window.kernel, window.stride, window.pad)
    ones = torch.ones((1, 1, *before), dtype=torch.float64)
    share = getattr(torch.nn.functional, f"avg_pool{n}d")(ones, *rule)[0, 0]
    return combine(t, "mul", [x, Sym("", x.dims[len(x.dims) - n :], const=1 / share)])


for _n in (1, 2, 3):
    call(f"conv{_n}d.default", f"conv{_n}d.padding")(_convolution(_n))
    call(f"conv_transpose{_n}d.{'default' if _n == 1 else 'input'}")(_transposed(_n))
    call(f"max_pool{_n}d.default")(_pool("max", _n))
    call(f"avg_pool{_n}d.default")(_pool("avg", _n))


@call("adaptive_avg_pool2d.default", "adaptive_avg_pool1d.default")
def adaptive_mean(t: Tracer, x: Sym, sizes: Any) -> Sym:
    """To one position: a mean; to fewer that divide: a pool."""
    wanted = [sizes] if isinstance(sizes, int) else list(sizes)
    n = len(wanted)
    before = [size_of(d) for d in x.dims[-n:]]
    if set(wanted) == {1}:
        return reduced(t, "mean", x, list(range(-n, 0)), keepdim=True)
    if before == wanted:
        return x
    if any(b % w for b, w in zip(before, wanted, strict=True)):
        return _uneven(t, x, wanted)
    return _pool("avg", n)(t, x, [b // w for b, w in zip(before, wanted, strict=True)])


def _uneven(t: Tracer, x: Sym, wanted: list[int]) -> Sym:
    """To lengths that do not divide: the mean of every stretch, joined, one axis after another."""
    if sum(wanted) > _STRETCHES_MAX:
        raise UncoveredError
    for k, n in enumerate(wanted):
        dim = len(x.dims) - len(wanted) + k
        size = size_of(x.dims[dim])
        ends = [(i * size // n, -(-(i + 1) * size // n)) for i in range(n)]
        means = [reduced(t, "mean", cut(t, x, dim, a, b), [dim], keepdim=True) for a, b in ends]
        x = x if n == size else cat(t, means, dim)
    return x


def _ceiled(t: Tracer, x: Sym, n: int, kernel: int, step: int, pad: int) -> Sym:
    """What `ceil_mode` lets the last window see beyond the end: minus infinity."""
    for dim in range(len(x.dims) - n, len(x.dims)):
        size = size_of(x.dims[dim])
        count = -(-(size + 2 * pad - kernel) // step) + 1
        count -= (count - 1) * step >= size + pad
        beyond = (count - 1) * step + kernel - (size + 2 * pad)
        if beyond > 0:
            wanted = [size_of(d) for d in x.dims]
            wanted[dim] = beyond
            ones = [1] * len(wanted)
            far = Sym("", ((),) * len(wanted), const=torch.full(ones, -torch.inf))
            x = cat(t, [x, expand(t, far, wanted)], dim)
    return x
