"""Transposes of windows and tables, and the first maximum, as torch expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.diagrams.graph.nodes import Axes
from engines.diagrams.graph.poly import Poly
from engines.diagrams.running.lowering import Lowering, permuted
from engines.diagrams.running.program import Call, Lit, Many, Method, Op, Size


def _scatter(x: Lowering) -> tuple[Any, Axes]:
    value, index = x.args
    rest = tuple(a for a in x.axes[0] if a not in x.axes[1])
    tree = permuted(value, x.axes[0], (*x.axes[1], *rest))
    sizes = tuple(Size(Poly.of(a)) for a in (x.node.attrs["table"], *rest))
    like = {"dtype": Method(value, "dtype", None), "device": Method(value, "device", None)}
    empty = Call("torch.zeros", sizes, like)
    n = len(x.axes[1])
    if n > 1:
        tree = Method(tree, "flatten", (Lit(0), Lit(n - 1)))
        index = Method(index, "flatten")
    elif n == 0:
        tree, index = Method(tree, "unsqueeze", (Lit(0),)), Method(index, "unsqueeze", (Lit(0),))
    if "unlearned" in x.node.attrs:
        learns = Method(index, "ne", (Lit(x.node.attrs["unlearned"]),))
        ones = tuple(Lit(1) for _ in rest)
        tree = Op("*", tree, Method(learns, "reshape", (Lit(-1), *ones)))
    return Method(empty, "index_add", (Lit(0), index, tree)), (x.node.attrs["table"], *rest)


def _gather(x: Lowering) -> tuple[Any, Axes]:
    table, index = x.args
    rows = x.node.attrs["table"]
    rest = tuple(a for a in x.axes[0] if a != rows)
    if not rest:
        return Call("torch.take", (table, index)), x.axes[1]
    return Call("F.embedding", (index, permuted(table, x.axes[0], (rows, *rest)))), (
        *x.axes[1],
        *rest,
    )


def _fold(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    (axis,), (made,), place = attrs["ins"], attrs["outs"], attrs["place"]
    rest = tuple(a for a in x.axes[0] if a not in (axis, place))
    tree = Method(permuted(x.args[0], x.axes[0], (axis, place, *rest)), "flatten", (Lit(0), Lit(1)))
    device = {"device": Method(tree, "device", None)}
    starts = Call("torch.arange", (Size(Poly.of(axis)),), device)
    places = Call("torch.arange", (Size(Poly.of(place)),), device)
    column = Method(Op("*", starts, Lit(attrs["stride"])), "unsqueeze", (Lit(1),))
    index = Method(Op("+", column, Op("*", places, Lit(attrs["dilation"]))), "flatten")
    length = Poly.of(made) + 2 * attrs["pad"]
    like = {"dtype": Method(tree, "dtype", None), **device}
    empty = Call("torch.zeros", (Size(length), *(Size(Poly.of(a)) for a in rest)), like)
    tree = Method(empty, "index_add", (Lit(0), index, tree))
    if attrs["pad"]:
        tree = Method(tree, "narrow", (Lit(0), Lit(attrs["pad"]), Size(Poly.of(made))))
    return tree, (made, *rest)


def _first(x: Lowering) -> tuple[Any, Axes]:
    along = x.node.attrs["axes"]
    rest = tuple(a for a in x.axes[0] if a not in along)
    tree = permuted(x.args[0], x.axes[0], (*rest, *along))
    if len(along) > 1:
        tree = Method(tree, "flatten", (Lit(len(rest)),))
    best = Method(tree, "argmax", (Lit(len(rest)),), {"keepdim": Lit(True)})
    found = Method(Call("torch.zeros_like", (tree,)), "scatter", (Lit(len(rest)), best, Lit(1.0)))
    if len(along) > 1:
        sizes = Many(tuple(Size(Poly.of(a)) for a in along))
        found = Method(found, "unflatten", (Lit(len(rest)), sizes))
    return found, (*rest, *along)


BACK_LOWERINGS: dict[str, Callable[[Lowering], tuple[Any, Axes]]] = {
    "scatter": _scatter,
    "gather": _gather,
    "fold": _fold,
    "first": _first,
}
