"""Calls with learned parameters and windows: norms, convolutions, pools, recurrences."""

from __future__ import annotations

from typing import Any

import torch

from engines.diagrams.importing.atoms import Atom, Dim, size_of
from engines.diagrams.importing.calls import UncoveredError, call, combine, label, pointwise
from engines.diagrams.importing.shapes import grown, reduced, select
from engines.diagrams.importing.tracer import Draft, Sym, Tracer


def _state(**syms: Sym | None) -> dict[str, str]:
    found = {name: sym.state for name, sym in syms.items() if sym is not None}
    if not all(found.values()):
        raise UncoveredError
    return found


def _norm(
    t: Tracer, x: Sym, fn: str, axes: Dim, weight: Sym | None, bias: Sym | None, **attrs: Any
) -> Sym:
    running = attrs.pop("state", {})
    state = _state(weight=weight, bias=bias) | running
    name = label(t, weight.state) if weight is not None else ""
    attrs = {
        "fn": fn,
        "axes": axes,
        "affine": weight is not None,
        "bias": bias is not None,
        **attrs,
    }
    return t.emit("norm", (t.read(x),), x.dims, attrs=attrs, name=name, state=state)


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
    state = {} if training else _state(mean=mean, var=var)
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
    from engines.diagrams.model import Window

    if not weight.state:
        raise UncoveredError
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
        **rule,
    }
    state = _state(weight=weight, bias=bias)
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
        step, wide = _same(stride, n), _same(dilation, n)
        if isinstance(padding, str):
            reach = wide * (size_of(weight.dims[2]) - 1)
            if padding == "same" and reach % 2:
                raise UncoveredError
            padding = 0 if padding == "valid" else reach // 2
        settings = {"stride": step, "pad": _same(padding, n), "dilation": wide, "groups": groups}
        return _conv(t, x, weight, bias, n, settings)

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
        from engines.diagrams.model import Window

        plain = (1, False) if fn == "max" else (False, True, None)
        for value, wanted in zip(rest, plain, strict=False):
            if (value[0] if isinstance(value, list) else value) != wanted:
                raise UncoveredError
        size = _same(kernel, n)
        step = _same(stride, n) if stride else size
        pad = _same(padding, n)
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
        return t.emit("pool", (t.read(x),), dims, attrs=attrs)

    return handler


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
        raise UncoveredError
    return _pool("avg", n)(t, x, [b // w for b, w in zip(before, wanted, strict=True)])


# Recurrences: a block that runs along time ----------------------------------------------------


def _gates(t: Tracer, x: Sym, weight: Sym, bias: Sym | None, n: int, unit: Atom, part: Atom) -> Sym:
    """A learned map whose result has an axis of gates and an axis of units."""
    ins = t.flat(x)[-1]
    dims = (*x.dims[:-1], (part,), (unit,))
    attrs = {"ins": (ins,), "outs": (part, unit), "bias": bias is not None}
    state = _state(weight=weight, bias=bias)
    name = "hh" if "hh" in weight.state else "ih"
    del n
    return t.emit("linear", (t.read(x),), dims, attrs=attrs, name=name, state=state)


def _lstm_cell(t: Tracer, x: Sym, h: Sym, c: Sym, params: list[Sym], unit: Atom) -> tuple[Sym, Sym]:
    part = t.atoms.new(4, "linear", "g")
    bias = params[2:] if len(params) == 4 else [None, None]
    a = _gates(t, x, params[0], bias[0], 4, unit, part)
    b = _gates(t, h, params[1], bias[1], 4, unit, part)
    both = combine(t, "add", [a, b])
    k = len(both.dims) - 2
    i, f, g, o = (select(t, both, k, n) for n in range(4))
    i, f, o = (pointwise(t, "sigmoid", gate) for gate in (i, f, o))
    kept = combine(t, "mul", [f, c])
    new = combine(t, "mul", [i, pointwise(t, "tanh", g)])
    cell = combine(t, "add", [kept, new])
    return combine(t, "mul", [o, pointwise(t, "tanh", cell)]), cell


def _gru_cell(t: Tracer, x: Sym, h: Sym, params: list[Sym], unit: Atom) -> Sym:
    part = t.atoms.new(3, "linear", "g")
    bias = params[2:] if len(params) == 4 else [None, None]
    a = _gates(t, x, params[0], bias[0], 3, unit, part)
    b = _gates(t, h, params[1], bias[1], 3, unit, part)
    k = len(a.dims) - 2
    ax, bx = [select(t, a, k, n) for n in range(3)], [select(t, b, k, n) for n in range(3)]
    r = pointwise(t, "sigmoid", combine(t, "add", [ax[0], bx[0]]))
    z = pointwise(t, "sigmoid", combine(t, "add", [ax[1], bx[1]]))
    n = pointwise(t, "tanh", combine(t, "add", [ax[2], combine(t, "mul", [r, bx[2]])]))
    # (1 - z) n + z h = n + z (h - n)
    return combine(t, "add", [n, combine(t, "mul", [z, combine(t, "sub", [h, n])])])


def _zeros(t: Tracer, axes: Dim) -> Sym:
    return t.emit("const", (), tuple((a,) for a in axes), attrs={"fn": "zeros"}, base="h")


def _layer(
    t: Tracer, x: Sym, time: Atom, batch: Dim, unit: Atom, params: list[Sym], kind: str
) -> tuple[Sym, list[Sym]]:
    """One layer as a block along time; everything it gave, and its last state."""
    state = [_zeros(t, (*batch, unit)) for _ in range(2 if kind == "LSTM" else 1)]
    outer, t.drafts = t.drafts, []
    inside = tuple(d for d in x.dims if time not in t.atoms.resolved(d))
    seen = Sym(t.read(x), inside)
    names = [s.value for s in state]
    whole = t.axes[seen.value]
    t.axes[seen.value] = tuple(a for a in t.atoms.resolved(whole) if a is not time)
    if kind == "LSTM":
        h, c = _lstm_cell(t, seen, state[0], state[1], params, unit)
        made = [h, c]
    else:
        made = [_gru_cell(t, seen, state[0], params, unit)]
    body, t.drafts = t.drafts, outer
    sliced, t.axes[seen.value] = t.axes[seen.value], whole
    outs = [m.value for m in made]
    axes = (*batch, unit)
    inputs = (*((n, axes) for n in names), (seen.value, sliced))
    collected = t.fresh("y")
    block = Draft(
        "block",
        (*names, seen.value),
        outs[0],
        axes,
        {"over": time, "carried": len(made)},
        kind,
        stack=t.stack,
        origin=t.origin,
        body=body,
        body_inputs=inputs,
        extra=(*((o, axes) for o in outs[1:]), (collected, (time, *axes))),
        body_outputs=(*(m.value for m in made), made[0].value),
    )
    t.drafts.append(block)
    t.record(collected, (time, *axes))
    dims = tuple((a,) for a in axes)
    return Sym(collected, ((time,), *dims)), [Sym(o, dims) for o in outs]


def _recurrent(kind: str) -> Any:
    n_params = 4

    def handler(
        t: Tracer,
        x: Sym,
        hx: Any,
        params: list[Sym],
        has_biases: bool,
        n_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool,
    ) -> list[Any]:
        start = hx if isinstance(hx, list) else [hx]
        zero = all(s.const is not None and not s.const.any() for s in start)
        if bidirectional or (dropout and train) or not zero or len(x.dims) != 3:
            raise UncoveredError
        per = n_params if has_biases else 2
        if len(params) != per * n_layers:
            raise UncoveredError
        lasts: list[list[Sym]] = []
        for k in range(n_layers):
            own = params[per * k : per * (k + 1)]
            time = t.atoms.resolved(x.dims[1 if batch_first else 0])
            batch = t.atoms.resolved(x.dims[0 if batch_first else 1])
            if len(time) != 1:
                raise UncoveredError
            n = size_of(own[1].dims[1])
            unit = t.atoms.new(n, "linear", "n")
            y, last = _layer(t, x, t.atoms.find(time[0]), batch, unit, own, kind)
            lasts.append(last)
            dims = (y.dims[0], batch, (unit,))
            x = Sym(y.value, (dims[1], dims[0], dims[2]) if batch_first else dims)
        return [x, *(("stacked", [last[j] for last in lasts]) for j in range(len(lasts[0])))]

    return handler


call("lstm.input")(_recurrent("LSTM"))
call("gru.input")(_recurrent("GRU"))
