"""Views, slices, windows and convolutions as torch expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.diagrams.graph.nodes import Axes
from engines.diagrams.graph.poly import Poly
from engines.diagrams.running.lowering import Lowering, permuted, whole
from engines.diagrams.running.program import Call, Lit, Many, Method, Op, Size

_DIMENSIONS = {1: "1d", 2: "2d", 3: "3d"}


def _view(x: Lowering) -> tuple[Any, Axes]:
    tree, axes = x.args[0], x.axes[0]
    for ins, outs in x.node.attrs["arrows"]:
        at = min((axes.index(a) for a in ins), default=0)
        rest = [a for a in axes if a not in ins]
        before = [a for a in axes[:at] if a not in ins]
        order = (*before, *ins, *rest[len(before) :])
        tree = permuted(tree, axes, order)
        if len(ins) > 1:
            tree = Method(tree, "flatten", (Lit(len(before)), Lit(len(before) + len(ins) - 1)))
        elif not ins:
            tree = Method(tree, "unsqueeze", (Lit(len(before)),))
        if len(outs) > 1:
            sizes = Many(tuple(Size(Poly.of(a)) for a in outs))
            tree = Method(tree, "unflatten", (Lit(len(before)), sizes))
        elif not outs:
            tree = Method(tree, "squeeze", (Lit(len(before)),))
        axes = (*before, *outs, *rest[len(before) :])
    return tree, axes


def _rename(x: Lowering) -> tuple[Any, Axes]:
    new = dict(zip(x.node.attrs["ins"], x.node.attrs["outs"], strict=True))
    return x.args[0], tuple(new.get(a, a) for a in x.axes[0])


def _permute(x: Lowering) -> tuple[Any, Axes]:
    return x.args[0], x.axes[0]


def _expand(x: Lowering) -> tuple[Any, Axes]:
    outs = x.node.attrs["outs"]
    own = tuple(a for a in x.out if a not in outs)
    tree = permuted(x.args[0], x.axes[0], own)
    for k, axis in enumerate(x.out):
        if axis in outs:
            tree = Method(tree, "unsqueeze", (Lit(k),))
    sizes = tuple(Size(Poly.of(a)) if a in outs else Lit(-1) for a in x.out)
    return Method(tree, "expand", sizes), x.out


def _concat(x: Lowering) -> tuple[Any, Axes]:
    ins, (made,) = x.node.attrs["ins"], x.node.attrs["outs"]
    rest = [a for a in x.axes[0] if a != ins[0]]
    at = x.axes[0].index(ins[0])
    parts = []
    for tree, axes, axis in zip(x.args, x.axes, ins, strict=True):
        order = (*rest[:at], axis, *rest[at:])
        parts.append(permuted(tree, axes, order))
    joined = Call("torch.cat", (Many(tuple(parts), "[]"),), {"dim": Lit(at)})
    return joined, (*rest[:at], made, *rest[at:])


def _slice(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    dim, made, step = x.dim(attrs["axis"]), Poly.of(attrs["made"]), attrs["step"]
    start = Size(attrs["start"])
    length = Size(made) if step == 1 else Size((made - 1) * step + 1)
    tree = Method(x.args[0], "narrow", (Lit(dim), start, length))
    if step > 1:
        tree = Method(tree, "unfold", (Lit(dim), Lit(1), Lit(step)))
        tree = Method(tree, "squeeze", (Lit(-1),))
    return tree, tuple(attrs["made"] if a == attrs["axis"] else a for a in x.axes[0])


def _put(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    dim = x.dim(attrs["axis"])
    after, step, tree = len(x.axes[0]) - 1 - dim, attrs["step"], x.args[0]
    reach = Poly.of(attrs["axis"])
    if step > 1:
        reach = (reach - 1) * step + 1
        tree = Call("F.pad", (Method(tree, "unsqueeze", (Lit(dim + 1),)),
                              Lit((0, 0) * after + (0, step - 1))))  # fmt: skip
        tree = Method(tree, "flatten", (Lit(dim), Lit(dim + 1)))
        tree = Method(tree, "narrow", (Lit(dim), Lit(0), Size(reach)))
    end = Size(Poly.of(attrs["made"]) - attrs["start"] - reach)
    pads = Many((*(Lit(0) for _ in range(2 * after)), Size(attrs["start"]), end))
    tree = Call("F.pad", (tree, pads))
    return tree, tuple(attrs["made"] if a == attrs["axis"] else a for a in x.axes[0])


def _index(x: Lowering) -> tuple[Any, Axes]:
    axis, at = x.node.attrs["axis"], x.node.attrs["at"]
    # An index without a number stands for every position; running takes the first.
    tree = Method(x.args[0], "select", (Lit(x.dim(axis)), Lit(at if isinstance(at, int) else 0)))
    return tree, tuple(a for a in x.axes[0] if a != axis)


def _batched(x: Lowering, inner: Axes) -> tuple[Any, Axes]:
    """With ``inner`` last and everything else flattened into one leading axis; and what else."""
    rest = tuple(a for a in x.axes[0] if a not in inner)
    tree = permuted(x.args[0], x.axes[0], (*rest, *inner))
    if len(rest) > 1:
        tree = Method(tree, "flatten", (Lit(0), Lit(len(rest) - 1)))
    if not rest:
        tree = Method(tree, "unsqueeze", (Lit(0),))
    return tree, rest


def _unbatched(tree: Any, rest: Axes) -> Any:
    if not rest:
        return Method(tree, "squeeze", (Lit(0),))
    if len(rest) > 1:
        return Method(tree, "unflatten", (Lit(0), Many(tuple(Size(Poly.of(a)) for a in rest))))
    return tree


def _conv(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    tree, rest = _batched(x, (attrs["channel"], *attrs["ins"]))
    transposed = attrs.get("fn") == "T"
    name = "F.conv" + ("_transpose" if transposed else "") + _DIMENSIONS[len(attrs["ins"])]
    named: dict[str, Any] = {"stride": Lit(attrs["stride"]), "padding": whole(attrs["pad"])}
    named |= {key: whole(attrs[key]) for key in ("dilation", "groups") if attrs[key] != 1}
    called = Call(name, (tree, x.own("weight"), x.own("bias")), named)
    return _unbatched(called, rest), (*rest, attrs["made"], *attrs["outs"])


def _pool(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    tree, rest = _batched(x, attrs["ins"])
    name = f"F.{attrs['fn']}_pool{_DIMENSIONS[len(attrs['ins'])]}"
    named: dict[str, Any] = {"stride": Lit(attrs["stride"]), "padding": Lit(attrs["pad"])}
    if attrs["fn"] == "max" and attrs["dilation"] != 1:
        named["dilation"] = Lit(attrs["dilation"])
    called = Call(name, (tree, Lit(attrs["kernel"])), named)
    return _unbatched(called, rest), (*rest, *attrs["outs"])


def _window(x: Lowering) -> tuple[Any, Axes]:
    attrs = x.node.attrs
    (axis,), (made,) = attrs["ins"], attrs["outs"]
    dim, tree = x.dim(axis), x.args[0]
    if attrs["pad"]:
        after = len(x.axes[0]) - 1 - dim
        fill = {"value": Lit(float("-inf"))} if attrs.get("least") else {}
        pads = Many((*(Lit(0) for _ in range(2 * after)), *(whole(attrs["pad"]),) * 2))
        tree = Call("F.pad", (tree, pads), fill)
    reach = attrs["dilation"] * (attrs["kernel"] - 1) + 1
    tree = Method(tree, "unfold", (Lit(dim), whole(reach), Lit(attrs["stride"])))
    if attrs["dilation"] != 1:
        device = {"device": Method(tree, "device", None)}
        places = Call("torch.arange", (Lit(attrs["kernel"]),), device)
        index = Op("*", places, whole(attrs["dilation"]))
        tree = Method(tree, "index_select", (Lit(-1), index))
    return tree, (*(made if a == axis else a for a in x.axes[0]), attrs["place"])


SPACE_LOWERINGS: dict[str, Callable[[Lowering], tuple[Any, Axes]]] = {
    "view": _view,
    "rename": _rename,
    "permute": _permute,
    "expand": _expand,
    "concat": _concat,
    "slice": _slice,
    "put": _put,
    "index": _index,
    "conv": _conv,
    "pool": _pool,
    "window": _window,
}
