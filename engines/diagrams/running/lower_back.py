"""Operations on positions, transposes of windows, and the first maximum, as torch expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.diagrams.graph.nodes import Axes
from engines.diagrams.graph.poly import Poly
from engines.diagrams.running.lowering import Lowering, permuted, whole
from engines.diagrams.running.program import Call, Item, Lit, Many, Method, Op, Size


def _scatter(x: Lowering) -> tuple[Any, Axes]:
    if x.node.attrs.get("kept"):
        return _scatter_along(x)
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
    if set(x.axes[0]) & set(x.axes[1]):
        return _gather_along(x)
    rest = tuple(a for a in x.axes[0] if a != rows)
    if not rest:
        return Call("torch.take", (table, index)), x.axes[1]
    table = permuted(table, x.axes[0], (rows, *rest))
    if len(rest) == 1:
        return Call("F.embedding", (index, table)), (*x.axes[1], *rest)
    found = Call("torch.index_select", (table, Lit(0), _one_axis(index, (), x.axes[1])))
    return _own_axes(found, (), x.axes[1]), (*x.axes[1], *rest)


def _gather_along(x: Lowering) -> tuple[Any, Axes]:
    """Along the axes that both have, every position reads from its own table."""
    rows = x.node.attrs["table"]
    kept = tuple(a for a in x.axes[1] if a in x.axes[0])
    free = tuple(a for a in x.axes[1] if a not in kept)
    rest = tuple(a for a in x.axes[0] if a not in (*kept, rows))
    table = permuted(x.args[0], x.axes[0], (*kept, rows, *rest))
    index = _over(_one_axis(permuted(x.args[1], x.axes[1], (*kept, *free)), kept, free), kept, rest)
    found = Call("torch.gather", (table, Lit(len(kept)), index))
    return _own_axes(found, kept, free), (*kept, *free, *rest)


def _scatter_along(x: Lowering) -> tuple[Any, Axes]:
    """Along the axes that are kept, every position adds to its own table."""
    rows, kept = x.node.attrs["table"], x.node.attrs["kept"]
    free = tuple(a for a in x.axes[1] if a not in kept)
    rest = tuple(a for a in x.axes[0] if a not in x.axes[1])
    value = _one_axis(permuted(x.args[0], x.axes[0], (*kept, *free, *rest)), kept, free)
    index = _over(_one_axis(permuted(x.args[1], x.axes[1], (*kept, *free)), kept, free), kept, rest)
    like = {"dtype": Method(value, "dtype", None), "device": Method(value, "device", None)}
    sizes = tuple(Size(Poly.of(a)) for a in (*kept, rows, *rest))
    tree = Method(Call("torch.zeros", sizes, like), "scatter_add", (Lit(len(kept)), index, value))
    return tree, (*kept, rows, *rest)


def _one_axis(tree: Any, kept: Axes, free: Axes) -> Any:
    """The free axes behind those that are kept as one."""
    if not free:
        return Method(tree, "unsqueeze", (Lit(len(kept)),))
    if len(free) == 1:
        return tree
    return Method(tree, "flatten", (Lit(len(kept)), Lit(len(kept) + len(free) - 1)))


def _own_axes(tree: Any, kept: Axes, free: Axes) -> Any:
    """Back from one axis to those it was made of."""
    if not free:
        return Method(tree, "squeeze", (Lit(len(kept)),))
    if len(free) == 1:
        return tree
    sizes = Many(tuple(Size(Poly.of(a)) for a in free))
    return Method(tree, "unflatten", (Lit(len(kept)), sizes))


def _over(index: Any, kept: Axes, rest: Axes) -> Any:
    """Positions repeated over the axes that only the numbers have."""
    if not rest:
        return index
    for k in range(len(rest)):
        index = Method(index, "unsqueeze", (Lit(len(kept) + 1 + k),))
    same = (Lit(-1),) * (len(kept) + 1)
    return Method(index, "expand", (*same, *(Size(Poly.of(a)) for a in rest)))


def _places(x: Lowering) -> tuple[Any, Axes]:
    axis, made = x.node.attrs["axis"], x.node.attrs["made"]
    few = (Size(Poly.of(made)), Lit(x.dim(axis)), Lit(x.node.attrs["fn"] == "largest"))
    found = Item(Call("torch.topk", (Method(x.args[0], "detach"), *few)), 1)
    return found, tuple(made if a == axis else a for a in x.axes[0])


def _fold(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    (axis,), (made,), place = attrs["ins"], attrs["outs"], attrs["place"]
    rest = tuple(a for a in x.axes[0] if a not in (axis, place))
    tree = Method(permuted(x.args[0], x.axes[0], (axis, place, *rest)), "flatten", (Lit(0), Lit(1)))
    device = {"device": Method(tree, "device", None)}
    starts = Call("torch.arange", (Size(Poly.of(axis)),), device)
    places = Call("torch.arange", (Size(Poly.of(place)),), device)
    column = Method(Op("*", starts, Lit(attrs["stride"])), "unsqueeze", (Lit(1),))
    index = Method(Op("+", column, Op("*", places, whole(attrs["dilation"]))), "flatten")
    length = Poly.of(made) + 2 * attrs["pad"]
    like = {"dtype": Method(tree, "dtype", None), **device}
    empty = Call("torch.zeros", (Size(length), *(Size(Poly.of(a)) for a in rest)), like)
    tree = Method(empty, "index_add", (Lit(0), index, tree))
    if attrs["pad"]:
        tree = Method(tree, "narrow", (Lit(0), whole(attrs["pad"]), Size(Poly.of(made))))
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


def _waves(x: Lowering) -> tuple[Any, Axes]:
    """Torch's own fast transforms; of a transpose the weights of waves change sides."""
    attrs, word = x.node.attrs, x.node.attrs["fn"]
    rest = tuple(a for a in x.axes[0] if a not in attrs["ins"])
    tree = permuted(x.args[0], x.axes[0], (*rest, *attrs["ins"]))
    forward = word in ("fft", "unifft")
    size = Size(Poly.of(attrs["wave"] if forward else attrs["axis"]))
    other = () if word in ("fft", "ifft") else (Lit(forward),)
    return Call("waves" if forward else "unwaved", (tree, size, *other)), (*rest, *attrs["outs"])


BACK_LOWERINGS: dict[str, Callable[[Lowering], tuple[Any, Axes]]] = {
    "scatter": _scatter,
    "gather": _gather,
    "places": _places,
    "fold": _fold,
    "first": _first,
    "waves": _waves,
}
