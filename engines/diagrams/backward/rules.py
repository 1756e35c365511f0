"""How every kind of operation goes back: from the gradient of its result to those it needs."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from engines.diagrams.backward.walk import Pass, parameter_name
from engines.diagrams.graph.errors import problem
from engines.diagrams.graph.nodes import Axes, Node
from engines.diagrams.graph.operations import DERIVATIVES, NUMBERS, REALS
from engines.diagrams.graph.poly import Poly

TINY = 1e-18
"""Shorter vectors than this have the gradient of one of this length; a text holds no less."""


def _einsum(b: Pass, node: Node, g: str) -> None:
    scale = node.attrs.get("scale")
    every = {a for name in node.args for a in b.values[name].axes}
    dry = len(node.args) > 1 and every == set(node.out.axes) and not node.attrs.get("outer")
    for k, name in enumerate(node.args):
        others = [b.read(other) for j, other in enumerate(node.args) if j != k]
        axes = b.values[name].axes
        if dry:  # a product number by number goes back as one
            scaled = g if scale is None else b.emit("permute", (g,), b.axes[g], scale=scale)
            b.give(name, b.fitted(b.times(scaled, *others), axes))
            continue
        b.give(name, b.contracted((g, *others), axes, f"d{name}", scale))


def _linear(b: Pass, node: Node, g: str) -> None:
    ins, outs = node.attrs["ins"], node.attrs["outs"]
    both = [a for a in outs if a in ins]
    if both:  # one name on both sides of the weight: the side of the result gets another
        new = tuple(a + "'" for a in both)
        renamed = tuple(dict(zip(both, new, strict=True)).get(a, a) for a in b.axes[g])
        g = b.emit("rename", (g,), renamed, ins=tuple(both), outs=new)
        b.extra.update({n: Poly.of(a) for a, n in zip(both, new, strict=True)})
        outs = tuple(dict(zip(both, new, strict=True)).get(a, a) for a in outs)
    scale = node.attrs.get("scale")
    weight = b.param(parameter_name(node, "weight"), (*outs, *ins))
    name = node.args[0]
    x = b.read(name)
    b.give(name, b.contracted((g, weight), b.values[name].axes, f"d{name}", scale))
    b.learned(weight, b.contracted((g, x), (*outs, *ins), f"d{weight}", scale))
    if node.attrs["bias"]:
        scaled = b.emit("permute", (g,), b.axes[g], scale=scale) if scale is not None else g
        bias = parameter_name(node, "bias")
        b.learned(bias, b.fitted(scaled, outs))


def _cast(b: Pass, node: Node, g: str) -> None:
    """What comes back is rounded as what went forward was."""
    before, after = node.attrs["from"], node.attrs["to"]
    if before in REALS:
        back = {"from": after, "to": before}
        b.give(node.args[0], b.emit("cast", (g,), b.axes[g], **back))


def _combine(b: Pass, node: Node, g: str) -> None:
    fn = node.attrs["fn"]
    if fn == "same":
        return
    if "by" in node.attrs:
        b.give(node.args[0], _with_number(b, node, fn, g))
        return
    for k, name in enumerate(node.args):
        grad = _of_argument(b, node, fn, k, g)
        b.give(name, b.fitted(grad, b.values[name].axes))


def _with_number(b: Pass, node: Node, fn: str, g: str) -> str:
    by = node.attrs["by"]
    if fn in ("add", "sub"):
        return g
    if fn in ("mul", "div"):  # a division stays one: its rounding is torch's
        return b.emit("combine", (g,), b.axes[g], fn=fn, by=by)
    ahead = b.emit("combine", (b.read(node.args[0]),), b.axes[g], fn="sub", by=by)
    ahead = ahead if fn == "maximum" else b.emit("pointwise", (ahead,), b.axes[g], fn="neg")
    return b.times(g, _half_sign(b, ahead))


def _of_argument(b: Pass, node: Node, fn: str, k: int, g: str) -> str:
    others = [b.read(o) for j, o in enumerate(node.args) if j != k]
    if fn == "add" or (fn == "sub" and k == 0):
        return g
    if fn == "sub":
        return b.emit("pointwise", (g,), b.axes[g], fn="neg")
    if fn == "mul":
        return b.times(g, *others)
    if fn == "div":
        return _of_quotient(b, node, k, g)
    return _of_extreme(b, node, fn, k, g)


def _of_quotient(b: Pass, node: Node, k: int, g: str) -> str:
    if k == 0:
        return b.emit("combine", (g, *map(b.read, node.args[1:])), b.axes[g], fn="div")
    over = b.emit("combine", (g, b.read(node.args[k])), b.axes[g], fn="div")
    return b.emit("pointwise", (b.times(over, b.read(node.out.name)),), b.axes[g], fn="neg")


def _of_extreme(b: Pass, node: Node, fn: str, k: int, g: str) -> str:
    """To whom the largest number belongs; two equal ones have half each, as torch has it."""
    if fn not in ("maximum", "minimum") or len(node.args) > 2:
        raise problem("backward", f"there is no rule for the gradient of {fn} of so many arrays")
    ours, other = b.read(node.args[k]), b.read(node.args[1 - k])
    ahead = b.minus(ours, other) if fn == "maximum" else b.minus(other, ours)
    return b.times(g, _half_sign(b, ahead))


def _half_sign(b: Pass, ahead: str) -> str:
    """One where positive, zero where negative, a half at zero."""
    axes = b.axes[ahead]
    sign = b.emit("pointwise", (ahead,), axes, fn="sign")
    up = b.emit("combine", (sign,), axes, fn="add", by=1.0)
    return b.emit("permute", (up,), axes, scale=Poly.of(Fraction(1, 2)))


def _pointwise(b: Pass, node: Node, g: str) -> None:
    fn, name = node.attrs["fn"], node.args[0]
    if fn == "neg":
        b.give(name, b.emit("pointwise", (g,), b.axes[g], fn="neg"))
        return
    if fn in ("sign", "step", "finite", "stop"):
        return
    if f"{fn}'" not in DERIVATIVES:
        raise problem("backward", f"there is no rule for the gradient of {fn}")
    numbers = {key: node.attrs[key] for key in NUMBERS.get(fn, {}) if key in node.attrs}
    slope = b.emit("pointwise", (b.read(name),), b.values[name].axes, fn=f"{fn}'", **numbers)
    b.give(name, b.times(g, slope))


def _softmax(b: Pass, node: Node, g: str) -> None:
    axes, a = node.attrs["axes"], b.read(node.out.name)
    if node.attrs["fn"] == "log_softmax":
        share = b.emit("pointwise", (a,), b.axes[a], fn="exp")
        b.give(node.args[0], b.minus(g, b.times(share, _summed(b, g, axes))))
        return
    inner = _summed(b, b.times(g, a), axes)
    b.give(node.args[0], b.times(a, b.minus(g, inner)))


def _summed(b: Pass, name: str, axes: Axes) -> str:
    rest = tuple(x for x in b.axes[name] if x not in axes)
    return b.emit("reduce", (name,), rest, fn="sum", axes=axes)


def _reduce(b: Pass, node: Node, g: str) -> None:
    fn, axes, name = node.attrs["fn"], node.attrs["axes"], node.args[0]
    if fn in ("max", "min"):
        b.give(name, _of_largest(b, node, g))
        return
    if fn == "norm":
        b.give(name, _of_length(b, node, g))
        return
    if fn == "prod":
        b.give(name, b.times(g, _product_of_others(b, b.read(name), axes)))
        return
    scale = Poly.product(axes) ** -1 if fn == "mean" else None
    wide = (*axes, *b.axes[g])
    spread = b.emit("expand", (g,), wide, outs=axes, scale=scale)
    b.give(name, b.fitted(spread, b.values[name].axes))


def _of_largest(b: Pass, node: Node, g: str) -> str:
    """To the largest number; equal ones share it evenly."""
    name, over = node.args[0], node.attrs["axes"]
    axes = b.values[name].axes
    hit = b.emit("combine", (b.read(name), b.read(node.out.name)), axes, fn="same")
    share = b.emit("combine", (g, _summed(b, hit, over)), b.axes[g], fn="div")
    return b.fitted(b.times(share, hit), axes)


def _of_length(b: Pass, node: Node, g: str) -> str:
    """Along the vector; of a vector of length zero none, as torch has it."""
    name = node.args[0]
    length = b.emit("combine", (b.read(node.out.name),), b.axes[g], fn="maximum", by=TINY)
    share = b.emit("combine", (g, length), b.axes[g], fn="div")
    return b.fitted(b.times(share, b.read(name)), b.values[name].axes)


def _product_of_others(b: Pass, x: str, over: Axes) -> str:
    """Of every number the product of those beside it, without dividing by what may be zero."""
    parts, axes = x, b.axes[x]
    found = []
    for k, axis in enumerate(over):
        twin = b.name(f"{axis}'")
        b.extra[twin] = Poly.of(axis)
        here = b.axes[parts]
        spread = b.emit("rename", (parts,), tuple(twin if a == axis else a for a in here),
                        ins=(axis,), outs=(twin,))  # fmt: skip
        unit = b.emit("const", (), (axis, twin), fn="eye")
        wide = (axis, *b.axes[spread])
        off = b.minus(b.emit("expand", (spread,), wide, outs=(axis,)), b.times(spread, unit))
        filled = b.emit("combine", (off, unit), b.axes[off], fn="add")
        rest = tuple(a for a in b.axes[filled] if a != twin)
        found.append(b.emit("reduce", (filled,), rest, fn="prod", axes=(twin,)))
        if k + 1 < len(over):
            fewer = tuple(a for a in here if a != axis)
            parts = b.emit("reduce", (parts,), fewer, fn="prod", axes=(axis,))
    return b.fitted(b.times(*found), axes) if len(found) > 1 else b.fitted(found[0], axes)


def _view(b: Pass, node: Node, g: str) -> None:
    name = node.args[0]
    arrows = tuple((outs, ins) for ins, outs in reversed(node.attrs["arrows"]))
    b.give(name, b.emit("view", (g,), b.values[name].axes, f"d{name}", arrows=arrows))


def _rename(b: Pass, node: Node, g: str) -> None:
    name = node.args[0]
    ins, outs = node.attrs["ins"], node.attrs["outs"]
    b.give(name, b.emit("rename", (g,), b.values[name].axes, f"d{name}", ins=outs, outs=ins))


def _permute(b: Pass, node: Node, g: str) -> None:
    b.give(node.args[0], b.fitted(g, b.values[node.args[0]].axes))


def _expand(b: Pass, node: Node, g: str) -> None:
    b.give(node.args[0], b.fitted(g, b.values[node.args[0]].axes))


def _concat(b: Pass, node: Node, g: str) -> None:
    ins, (made,) = node.attrs["ins"], node.attrs["outs"]
    start = Poly({})
    for name, axis in zip(node.args, ins, strict=True):
        attrs = {"axis": made, "made": axis, "start": start, "step": 1}
        part = b.emit("slice", (g,), b.values[name].axes, f"d{name}", **attrs)
        b.give(name, part)
        start = start + Poly.of(axis)


def _slice(b: Pass, node: Node, g: str) -> None:
    attrs, name = node.attrs, node.args[0]
    put = {
        "axis": attrs["made"],
        "made": attrs["axis"],
        "start": attrs["start"],
        "step": attrs["step"],
    }
    b.give(name, b.emit("put", (g,), b.values[name].axes, f"d{name}", **put))


def _index(b: Pass, node: Node, g: str) -> None:
    name, axis = node.args[0], node.attrs["axis"]
    one = b.name(f"{axis}_1")
    b.extra[one] = Poly.of(1)
    wide = b.emit("view", (g,), (one, *b.axes[g]), arrows=(((), (one,)),))
    at = node.attrs["at"] if isinstance(node.attrs["at"], int) else 0
    put = {"axis": one, "made": axis, "start": Poly.of(at), "step": 1}
    b.give(name, b.emit("put", (wide,), b.values[name].axes, f"d{name}", **put))


def _embed(b: Pass, node: Node, g: str) -> None:
    index = b.read(node.args[0])
    axes = (node.attrs["table"], *node.attrs["outs"])
    weight = parameter_name(node, "weight")
    attrs = {k: node.attrs[k] for k in ("table", "unlearned") if k in node.attrs}
    b.learned(weight, b.emit("scatter", (g, index), axes, f"d{weight}", **attrs))


def _param(b: Pass, node: Node, g: str) -> None:
    b.learned(parameter_name(node, "weight"), b.fitted(g, node.out.axes))


def _causal(b: Pass, node: Node, g: str) -> None:
    b.give(node.args[0], b.emit("causal", (g,), b.axes[g], fn="tril", axes=node.attrs["axes"]))


def _masked(b: Pass, node: Node, g: str) -> None:
    mask = b.read(node.args[1])
    b.give(node.args[0], b.emit("masked", (g, mask), b.axes[g], fn="where"))


def _rotate(b: Pass, node: Node, g: str) -> None:
    fn = "" if node.attrs.get("fn") == "back" else "back"
    attrs = {"axes": node.attrs["axes"], "base": node.attrs["base"]} | ({"fn": fn} if fn else {})
    b.give(node.args[0], b.emit("rotate", (g,), b.axes[g], **attrs))


def _topk(b: Pass, node: Node, g: str) -> None:
    kept = b.emit("pointwise", (b.read(node.out.name),), b.axes[g], fn="finite")
    b.give(node.args[0], b.times(g, kept))


def _scatter(b: Pass, node: Node, g: str) -> None:
    value, index = node.args
    attrs = {"table": node.attrs["table"]}
    axes = b.values[value].axes
    if "unlearned" in node.attrs:
        raise problem("backward", "a table with an unlearned row has no second derivative here")
    b.give(value, b.emit("gather", (g, b.read(index)), axes, f"d{value}", **attrs))


def _gather(b: Pass, node: Node, g: str) -> None:
    table, index = node.args
    axes = b.values[table].axes
    kept = tuple(a for a in b.values[index].axes if a in axes)
    attrs = {"table": node.attrs["table"], **({"kept": kept} if kept else {})}
    b.give(table, b.emit("scatter", (g, b.read(index)), axes, f"d{table}", **attrs))


def _fn(b: Pass, node: Node, g: str) -> None:
    """A function that is not known has a gradient that is not known: one more function."""
    ins, outs = node.attrs["ins"], node.attrs["outs"]
    args = tuple(map(b.read, node.args))
    for k, name in enumerate(node.args):
        axes = b.values[name].axes
        made = tuple(a for a in axes if a in ins)
        eaten = tuple(dict.fromkeys((*outs, *ins)))
        every = (g, *args)
        kept = tuple(dict.fromkeys(a for n in every for a in b.axes[n] if a not in eaten))
        label = f"{node.name}'{k + 1 if len(node.args) > 1 else ''}"
        found = Node("fn", every, (), {"ins": eaten, "outs": made}, label)
        b.give(name, b.fitted(b.emit_node(found, (*kept, *made)), axes))


def _nothing(b: Pass, node: Node, g: str) -> None:
    del b, node, g


Rule = Callable[[Pass, Node, str], None]
RULES: dict[str, Rule] = {
    "einsum": _einsum,
    "linear": _linear,
    "cast": _cast,
    "combine": _combine,
    "pointwise": _pointwise,
    "softmax": _softmax,
    "reduce": _reduce,
    "view": _view,
    "rename": _rename,
    "permute": _permute,
    "expand": _expand,
    "concat": _concat,
    "slice": _slice,
    "index": _index,
    "embed": _embed,
    "param": _param,
    "const": _nothing,
    "causal": _causal,
    "masked": _masked,
    "rotate": _rotate,
    "topk": _topk,
    "scatter": _scatter,
    "gather": _gather,
    "places": _nothing,
    "fn": _fn,
    "first": _nothing,
}
