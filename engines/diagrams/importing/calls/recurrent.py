"""LSTM and GRU as what they are: a block that runs along time."""

from __future__ import annotations

from typing import Any

from engines.diagrams.importing.calls.elementwise import UncoveredError, call, combine, pointwise
from engines.diagrams.importing.calls.layers import state_of
from engines.diagrams.importing.calls.shapes import select
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
