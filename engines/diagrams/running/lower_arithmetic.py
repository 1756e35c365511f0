"""Contractions, maps, norms and numbers one by one as torch expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.diagrams.graph.contractions import contractions
from engines.diagrams.graph.nodes import Axes
from engines.diagrams.graph.operations import NUMBERS
from engines.diagrams.graph.poly import Poly
from engines.diagrams.running.lowering import Lowering, aligned, einsum_of, permuted
from engines.diagrams.running.program import Call, Item, Lit, Many, Method, Name, Op, Own, Size
from engines.diagrams.running.slopes import derivative

NEGATIVE = Lit(float("-inf"))
TORCH_POINTWISE: dict[str, tuple[str, dict[str, Any]]] = {
    **{n: (f"F.{n}", {}) for n in ("relu", "silu", "elu", "softplus", "relu6", "mish")},
    **{n: (f"F.{n}", {}) for n in ("hardswish", "hardsigmoid")},
    **{
        n: (f"torch.{n}", {})
        for n in ["sigmoid", "tanh", "exp", "log", "sqrt", "rsqrt", "square", "abs", "neg", "sin"]
    },
    **{n: (f"torch.{n}", {}) for n in ("cos", "reciprocal", "sign")},
    "gelu": ("F.gelu", {}),
    "gelu_tanh": ("F.gelu", {"approximate": Lit("tanh")}),
    "leaky_relu": ("F.leaky_relu", {}),
    "clamp": ("torch.clamp", {}),
}
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


def _einsum(x: Lowering) -> tuple[Any, Axes]:
    if len(x.args) == 1:
        return x.args[0], x.axes[0]
    tree, left = x.args[0], x.axes[0]
    steps = contractions(x.node, list(x.axes))
    for k, (every, _) in enumerate(steps, start=1):
        later = {axis for axes in x.axes[k + 1 :] for axis in axes}
        last = k == len(steps)
        kept = x.out if last else tuple(a for a in every if a in x.out or a in later)
        tree = einsum_of([tree, x.args[k]], [left, x.axes[k]], kept)
        left = kept
    return tree, left


def _linear(x: Lowering) -> tuple[Any, Axes]:
    ins, outs = x.node.attrs["ins"], x.node.attrs["outs"]
    (axes,), (tree,) = x.axes, x.args
    kept = tuple(a for a in axes if a not in ins)
    simple = len(ins) == 1 and len(outs) == 1 and axes[-1:] == ins and len(axes) > 1
    if simple and x.out == (*kept, *outs):
        weight, bias = x.own("weight"), x.own("bias")
        extra = () if bias == Lit(None) else (bias,)
        return Call("F.linear", (tree, weight, *extra)), x.out
    # An axis may be consumed and produced under one name, so the letters of the result differ.
    made = tuple(f"{a}\u2192" if a in axes else a for a in outs)
    renamed = dict(zip(outs, made, strict=True))
    out = tuple(renamed.get(a, a) if a in outs else a for a in x.out)
    found = einsum_of([tree, x.own("weight")], [axes, (*made, *ins)], out)
    if "bias" in x.owned:
        found = Op("+", found, aligned(x.own("bias"), outs, x.out))
    return found, x.out


def _embed(x: Lowering) -> tuple[Any, Axes]:
    outs = x.node.attrs["outs"]
    at = x.node.attrs.get("unlearned")
    named = {} if at is None else {"padding_idx": Lit(at)}
    return Call("F.embedding", (x.args[0], x.own("weight")), named), (*x.axes[0], *outs)


def _pointwise(x: Lowering) -> tuple[Any, Axes]:
    fn, attrs = x.node.attrs["fn"], x.node.attrs
    if fn == "stop":
        return Method(x.args[0], "detach"), x.axes[0]
    if fn == "step":
        return Method(
            Op(">", x.args[0], Lit(0)), "to", (Method(x.args[0], "dtype", None),)
        ), x.axes[0]
    if fn == "finite":
        return Method(Call("torch.isfinite", x.args), "to", (Method(x.args[0], "dtype", None),)), (
            x.axes[0]
        )
    if fn.endswith("'"):
        return derivative(fn[:-1], x.args[0], attrs), x.axes[0]
    called, named = TORCH_POINTWISE[fn]
    words = {"slope": "negative_slope", "low": "min", "high": "max"}
    for key in NUMBERS.get(fn, {}):
        if key in attrs:
            named = {**named, words.get(key, key): Lit(attrs[key])}
    return Call(called, x.args, named), x.axes[0]


def _cast(x: Lowering) -> tuple[Any, Axes]:
    return Method(x.args[0], "to", (Name(f"torch.{x.node.attrs['to']}"),)), x.axes[0]


def _combine(x: Lowering) -> tuple[Any, Axes]:
    fn = x.node.attrs["fn"]
    trees = [aligned(t, a, x.out) for t, a in zip(x.args, x.axes, strict=True)]
    if "by" in x.node.attrs:
        trees.append(Lit(x.node.attrs["by"]))
    tree = trees[0]
    for other in trees[1:]:
        if fn in _SIGNS:
            tree = Op(_SIGNS[fn], tree, other)
        elif fn == "same":
            tree = Method(Call("torch.eq", (tree, other)), "to", (Method(tree, "dtype", None),))
        else:
            whole = Call("torch.full_like", (tree, other)) if isinstance(other, Lit) else other
            tree = Call(f"torch.{fn}", (tree, whole))
    return tree, x.out


def _softmax(x: Lowering) -> tuple[Any, Axes]:
    dims = tuple(x.dim(a) for a in x.node.attrs["axes"])
    fn = x.node.attrs["fn"]
    if len(dims) == 1:
        return Call(f"F.{fn}", x.args, {"dim": Lit(dims[0])}), x.axes[0]
    over = x.node.attrs["axes"]
    order = (*(a for a in x.axes[0] if a not in over), *over)
    first = Lit(len(order) - len(over))
    flat = Method(permuted(x.args[0], x.axes[0], order), "flatten", (first,))
    found = Call(f"F.{fn}", (flat,), {"dim": Lit(-1)})
    shape = Many(tuple(Size(Poly.of(a)) for a in over))
    return Method(found, "unflatten", (Lit(-1), shape)), order


def _norm(x: Lowering) -> tuple[Any, Axes]:
    attrs, axes = x.node.attrs, x.axes[0]
    over = attrs["axes"]
    weights = (x.own("weight"), x.own("bias"))
    rest = tuple(a for a in axes if a not in over)
    if attrs["fn"] in ("LayerNorm", "RMSNorm"):
        order = (*rest, *over)
        shape = Many(tuple(Size(Poly.of(a)) for a in over))
        tree = permuted(x.args[0], axes, order)
        if attrs["fn"] == "RMSNorm":
            return Call("F.rms_norm", (tree, shape, weights[0], Lit(attrs["eps"] or None))), order
        return Call("F.layer_norm", (tree, shape, *weights, Lit(attrs["eps"]))), order
    return _channel_norm(x, over, rest, weights)


def _channel_norm(
    x: Lowering, over: Axes, rest: Axes, weights: tuple[Any, Any]
) -> tuple[Any, Axes]:
    """Batch norm: all but the channel; group and instance norm: within the named axes."""
    attrs, axes = x.node.attrs, x.axes[0]
    channel = over[0]
    batch_norm = attrs["fn"] == "BatchNorm"
    inner = tuple(a for a in rest if a) if batch_norm else over[1:]
    outer = rest[:1] if batch_norm else rest
    inner = tuple(a for a in inner if a not in outer)
    order = (*outer, channel, *inner)
    tree = permuted(x.args[0], axes, order)
    if len(outer) != 1:
        tree = Method(tree, "flatten", (Lit(0), Lit(len(outer) - 1))) if outer else tree
        tree = tree if outer else Method(tree, "unsqueeze", (Lit(0),))
    eps = Lit(attrs["eps"])
    if batch_norm:
        running = (x.own("mean"), x.own("var"))
        live = Lit("mean" not in x.owned)
        called = Call("F.batch_norm", (tree, *running, *weights, live, Lit(0.0), eps))
    elif attrs["fn"] == "InstanceNorm":
        own = (Lit(None), Lit(None), *weights, Lit(True), Lit(0.0), eps)
        called = Call("F.instance_norm", (tree, *own))
    else:
        called = Call("F.group_norm", (tree, Lit(attrs["groups"]), *weights, eps))
    if len(outer) == 0:
        called = Method(called, "squeeze", (Lit(0),))
    elif len(outer) > 1:
        shape = Many(tuple(Size(Poly.of(a)) for a in outer))
        called = Method(called, "unflatten", (Lit(0), shape))
    return called, order


def _reduce(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    dims = tuple(sorted(x.dim(a) for a in attrs["axes"]))
    rest = tuple(a for a in x.axes[0] if a not in attrs["axes"])
    if attrs["fn"] == "norm":
        return Method(x.args[0], "norm", (), {"p": Lit(2), "dim": Lit(dims)}), rest
    name = {"max": "amax", "min": "amin"}.get(attrs["fn"]) or str(attrs["fn"])
    if name == "prod":
        tree = x.args[0]
        for dim in reversed(dims):
            tree = Method(tree, "prod", (), {"dim": Lit(dim)})
        return tree, rest
    return Method(x.args[0], name, (), {"dim": Lit(dims)}), rest


def _causal(x: Lowering) -> tuple[Any, Axes]:
    query, key = x.node.attrs["axes"]
    tree = x.args[0]
    sizes = tuple(Item(Method(tree, "shape", None), x.dim(a)) for a in (query, key))
    dtype, device = Name("torch.bool"), Method(tree, "device", None)
    ones = Call("torch.ones", sizes, {"dtype": dtype, "device": device})
    future = aligned(Method(ones, "triu", (Lit(1),)), (query, key), x.axes[0])
    fill = Lit(0.0) if x.node.attrs.get("fn") == "tril" else NEGATIVE
    return Method(tree, "masked_fill", (future, fill)), x.axes[0]


def _masked(x: Lowering) -> tuple[Any, Axes]:
    mask = aligned(Method(x.args[1], "logical_not"), x.axes[1], x.axes[0])
    fill = Lit(0.0) if x.node.attrs.get("fn") == "where" else NEGATIVE
    return Method(x.args[0], "masked_fill", (mask, fill)), x.axes[0]


def _topk(x: Lowering) -> tuple[Any, Axes]:
    dim = Lit(x.dim(x.node.attrs["axes"][0]))
    best = Item(Call("torch.topk", (Method(x.args[0], "detach"), Lit(x.node.attrs["k"]), dim)), 0)
    least = Method(best, "amin", (dim,), {"keepdim": Lit(True)})
    return Method(x.args[0], "masked_fill", (Op("<", x.args[0], least), NEGATIVE)), x.axes[0]


def _rotate(x: Lowering) -> tuple[Any, Axes]:
    """Rotary positions by complex multiplication would need pairs; halves need only two slices."""
    time, depth = x.node.attrs["axes"]
    order = (*(a for a in x.axes[0] if a not in (time, depth)), time, depth)
    tree = permuted(x.args[0], x.axes[0], order)
    back = (Lit(-1.0),) if x.node.attrs.get("fn") == "back" else ()
    return Call("rotated", (tree, Lit(x.node.attrs["base"]), *back)), order


def _param(x: Lowering) -> tuple[Any, Axes]:
    return x.own("weight"), x.out


def _const(x: Lowering) -> tuple[Any, Axes]:
    fn = x.node.attrs["fn"]
    sizes = tuple(Size(Poly.of(a)) for a in x.out)
    if fn == "eye":
        return Call("torch.eye", sizes, {"dtype": Name("dtype")}), x.out
    named = {} if fn == "arange" else {"dtype": Name("dtype")}
    return Call(f"torch.{fn}", sizes or (Lit(()),), named), x.out


def _fn(x: Lowering) -> tuple[Any, Axes]:
    """A function of what it consumes, mapped over every other axis."""
    ins, outs = x.node.attrs["ins"], x.node.attrs["outs"]
    every = tuple(dict.fromkeys(a for axes in x.axes for a in axes))
    kept = tuple(a for a in every if a not in ins)
    called: Any = Own(x.node.name or "f")
    axes = [tuple(a for a in own if a in ins) for own in x.axes]
    for axis in reversed(kept):
        axes = [
            (axis, *inner) if axis in own else inner
            for own, inner in zip(x.axes, axes, strict=True)
        ]
        dims = tuple(0 if axis in own else None for own in x.axes)
        called = Call("torch.vmap", (called,), {"in_dims": Lit(dims)})
    args = [permuted(t, own, want) for t, own, want in zip(x.args, x.axes, axes, strict=True)]
    return Call(called, tuple(args)), (*kept, *outs)


def _opaque(x: Lowering) -> tuple[Any, Axes]:
    return Call(Own(x.node.name or "opaque"), x.args), x.out


LOWERINGS: dict[str, Callable[[Lowering], tuple[Any, Axes]]] = {
    "einsum": _einsum,
    "linear": _linear,
    "embed": _embed,
    "pointwise": _pointwise,
    "cast": _cast,
    "combine": _combine,
    "softmax": _softmax,
    "norm": _norm,
    "reduce": _reduce,
    "causal": _causal,
    "masked": _masked,
    "topk": _topk,
    "rotate": _rotate,
    "param": _param,
    "const": _const,
    "fn": _fn,
    "opaque": _opaque,
}
