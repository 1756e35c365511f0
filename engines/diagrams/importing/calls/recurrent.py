"""LSTM and GRU as what they are: a block that runs along time."""

from __future__ import annotations

from typing import Any

from engines.diagrams.importing.calls.elementwise import (
    UncoveredError,
    call,
    cast,
    combine,
    pointwise,
)
from engines.diagrams.importing.calls.layers import state_of
from engines.diagrams.importing.calls.shapes import cat, select
from engines.diagrams.importing.tracing.atoms import Atom, Dim, size_of
from engines.diagrams.importing.tracing.tracer import Draft, Sym, Tracer


def _gates(t: Tracer, x: Sym, weight: Sym, bias: Sym | None, n: int, unit: Atom, part: Atom) -> Sym:
    """A learned map whose result has an axis of gates and an axis of units."""
    ins = t.flat(x)[-1]
    dims = (*x.dims[:-1], (part,), (unit,))
    attrs = {"ins": (ins,), "outs": (part, unit), "bias": bias is not None}
    state = state_of(weight=weight, bias=bias)
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


def _rnn_cell(t: Tracer, x: Sym, h: Sym, params: list[Sym], unit: Atom, fn: str) -> Sym:
    bias = params[2:] if len(params) == 4 else [None, None]
    sides = []
    for side, weight, b in zip((x, h), params, bias, strict=False):
        attrs = {"ins": (t.flat(side)[-1],), "outs": (unit,), "bias": b is not None}
        name = "hh" if "hh" in weight.state else "ih"
        state, dims = state_of(weight=weight, bias=b), (*side.dims[:-1], (unit,))
        sides.append(t.emit("linear", (t.read(side),), dims, attrs=attrs, name=name, state=state))
    return pointwise(t, fn, combine(t, "add", sides))


def _zeros(t: Tracer, axes: Dim) -> Sym:
    return t.emit("const", (), tuple((a,) for a in axes), attrs={"fn": "zeros"}, base="h")


def _layer(
    t: Tracer,
    x: Sym,
    time: Atom,
    batch: Dim,
    unit: Atom,
    params: list[Sym],
    kind: str,
    *,
    back: bool = False,
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
    elif kind == "GRU":
        made = [_gru_cell(t, seen, state[0], params, unit)]
    else:
        made = [_rnn_cell(t, seen, state[0], params, unit, kind.partition("_")[2])]
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
        {"over": time, "carried": len(made), **({"back": True} if back else {})},
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
        if (dropout and train) or not zero or len(x.dims) != 3:
            raise UncoveredError
        per = n_params if has_biases else 2
        ways = 2 if bidirectional else 1
        if len(params) != per * n_layers * ways:
            raise UncoveredError
        lasts: list[list[Sym]] = []
        for k in range(n_layers):
            time = t.atoms.resolved(x.dims[1 if batch_first else 0])
            batch = t.atoms.resolved(x.dims[0 if batch_first else 1])
            if len(time) != 1:
                raise UncoveredError
            made = []
            for way in range(ways):
                own = params[per * (k * ways + way) : per * (k * ways + way + 1)]
                unit = t.atoms.new(size_of(own[1].dims[1]), "linear", "n")
                at = t.atoms.find(time[0])
                y, last = _layer(t, x, at, batch, unit, own, kind, back=way == 1)
                made.append(Sym(y.value, (y.dims[0], batch, (unit,))))
                lasts.append(last)
            y = made[0] if ways == 1 else cat(t, made, 2)
            x = Sym(y.value, (y.dims[1], y.dims[0], y.dims[2]) if batch_first else y.dims)
        return [x, *(("stacked", [last[j] for last in lasts]) for j in range(len(lasts[0])))]

    return handler


call("lstm.input")(_recurrent("LSTM"))
call("gru.input")(_recurrent("GRU"))
call("rnn_tanh.input")(_recurrent("RNN_tanh"))
call("rnn_relu.input")(_recurrent("RNN_relu"))


def _met(t: Tracer, x: Sym, h: Sym) -> tuple[Sym, Sym, Atom]:
    """An input and a state of one cell with the same batch, and the axis of units."""
    if len(x.dims) != len(h.dims) or not h.value:
        raise UncoveredError
    for k in range(len(x.dims) - 1):
        x, h = t.meet(x, k, h, k)
    h = t.merged(h, len(h.dims) - 1)
    return t.merged(x, len(x.dims) - 1), h, t.flat(h)[-1]


@call("gru_cell.default", "rnn_tanh_cell.default", "rnn_relu_cell.default")
def cell(t: Tracer, x: Sym, h: Sym, *params: Sym | None) -> Sym:
    """One step of a recurrence without an own memory."""
    x, h, unit = _met(t, x, h)
    own = [p for p in params if p is not None]
    name = str(t.node.target).removeprefix("aten.")
    if name.startswith("gru"):
        return _gru_cell(t, x, h, own, unit)
    return _rnn_cell(t, x, h, own, unit, name.split("_")[1])


@call("lstm_cell.default")
def lstm_cell(t: Tracer, x: Sym, states: list[Sym], *params: Sym | None) -> list[Sym]:
    """One step of an LSTM: what it shows and what it keeps."""
    x, h, unit = _met(t, x, states[0])
    c = states[1]
    for k in range(len(c.dims)):
        h, c = t.meet(h, k, c, k)
    return list(_lstm_cell(t, x, h, c, [p for p in params if p is not None], unit))


@call("cumsum.default")
def cumsum(t: Tracer, x: Sym, dim: int, **_dtype: Any) -> Sym:
    """A sum that grows along an axis: a block that runs along it and carries the sum."""
    x = cast(t, x)
    if x.dtype != "":
        raise UncoveredError
    dim %= len(x.dims)
    x = t.merged(x, dim)
    if not t.atoms.resolved(x.dims[dim]):
        return x
    time = t.atoms.resolved(x.dims[dim])[0]
    axes = tuple(a for a in t.flat(x) if a is not time)
    start = _zeros(t, axes)
    value, whole = t.read(x), t.axes[t.read(x)]
    outer, t.drafts = t.drafts, []
    t.axes[value] = tuple(a for a in t.atoms.resolved(whole) if a is not time)
    dims = tuple((a,) for a in axes)
    grown = combine(t, "add", [start, Sym(value, dims)])
    body, t.drafts = t.drafts, outer
    sliced, t.axes[value] = t.axes[value], whole
    collected = t.fresh("y")
    t.atoms.find(time).rigid = True
    t.drafts.append(Draft(
        "block", (start.value, value), grown.value, axes, {"over": time, "carried": 1}, "cumsum",
        stack=t.stack, origin=t.origin, body=body,
        body_inputs=((start.value, axes), (value, sliced)),
        extra=((collected, (time, *axes)),), body_outputs=(grown.value, grown.value),
    ))  # fmt: skip
    t.record(collected, (time, *axes))
    return Sym(collected, x.dims)
