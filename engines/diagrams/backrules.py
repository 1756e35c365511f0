"""How every kind of operation goes back: from the gradient of its result to those it needs."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from engines.diagrams.backpass import Pass, parameter_name
from engines.diagrams.errors import problem
from engines.diagrams.kinds import DERIVATIVES
from engines.diagrams.model import Axes, Node
from engines.diagrams.poly import Poly


def _einsum(b: Pass, node: Node, g: str) -> None:
    scale = node.attrs.get("scale")
    for k, name in enumerate(node.args):
        others = [b.read(other) for j, other in enumerate(node.args) if j != k]
        axes = b.values[name].axes
        b.give(name, b.emit("einsum", (g, *others), axes, f"d{name}", scale=scale))


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
    b.give(name, b.emit("einsum", (g, weight), b.values[name].axes, f"d{name}", scale=scale))
    b.params[weight] = b.emit("einsum", (g, x), (*outs, *ins), f"d{weight}", scale=scale)
    if node.attrs["bias"]:
        scaled = b.emit("permute", (g,), b.axes[g], scale=scale) if scale is not None else g
        bias = parameter_name(node, "bias")
        b.params[bias] = b.fitted(scaled, outs)


def _combine(b: Pass, node: Node, g: str) -> None:
    fn = node.attrs["fn"]
    if "by" in node.attrs:
        by = Fraction(node.attrs["by"])
        factor = {"mul": by, "div": 1 / by if by else by}.get(fn)
        if factor is None and fn not in ("add", "sub"):
            raise problem("backward", f"there is no rule for the gradient of {fn} with a number")
        scaled = b.emit("permute", (g,), b.axes[g], scale=Poly.of(factor)) if factor else g
        b.give(node.args[0], scaled)
        return
    for k, name in enumerate(node.args):
        grad = _of_argument(b, node, fn, k, g)
        b.give(name, b.fitted(grad, b.values[name].axes))


def _of_argument(b: Pass, node: Node, fn: str, k: int, g: str) -> str:
    others = [b.read(o) for j, o in enumerate(node.args) if j != k]
    if fn == "add" or (fn == "sub" and k == 0):
        return g
    if fn == "sub":
        return b.emit("pointwise", (g,), b.axes[g], fn="neg")
    if fn == "mul":
        return b.times(g, *others)
    if fn == "div" and len(node.args) == 2:
        lower = b.read(node.args[1])
        axes = b.axes[g]
        over = b.emit("combine", (g, lower), axes, fn="div")
        if k == 0:
            return over
        return b.emit("pointwise", (b.times(over, b.read(node.out.name)),), axes, fn="neg")
    raise problem("backward", f"there is no rule for the gradient of {fn}")


def _pointwise(b: Pass, node: Node, g: str) -> None:
    fn, name = node.attrs["fn"], node.args[0]
    if fn == "neg":
        b.give(name, b.emit("pointwise", (g,), b.axes[g], fn="neg"))
        return
    if fn in ("sign", "step"):
        return
    if f"{fn}'" not in DERIVATIVES:
        raise problem("backward", f"there is no rule for the gradient of {fn}")
    slope = b.emit("pointwise", (b.read(name),), b.values[name].axes, fn=f"{fn}'")
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


def _norm(b: Pass, node: Node, g: str) -> None:
    fn, attrs = node.attrs["fn"], node.attrs
    if fn not in ("LayerNorm", "RMSNorm", "BatchNorm"):
        raise problem("backward", f"there is no rule for the gradient of {fn}")
    x = b.read(node.args[0])
    channel = attrs["axes"]
    over = tuple(a for a in b.axes[x] if a not in channel) if fn == "BatchNorm" else channel
    centred, rate = _standard(b, node, x, over)
    unit = b.times(centred, rate)
    own = channel if fn != "BatchNorm" else channel[:1]
    lifted = g
    if attrs["affine"]:
        weight = b.param(parameter_name(node, "weight"), own)
        b.params[weight] = b.fitted(b.times(g, unit), own)
        if attrs["bias"]:
            b.params[parameter_name(node, "bias")] = b.fitted(g, own)
        lifted = b.times(g, weight)
    if attrs.get("running"):
        b.give(node.args[0], b.fitted(b.times(lifted, rate), b.axes[x]))
        return
    along = b.times(unit, b.mean(b.times(lifted, unit), over))
    rest = lifted if fn == "RMSNorm" else b.minus(lifted, b.mean(lifted, over))
    b.give(node.args[0], b.fitted(b.times(b.minus(rest, along), rate), b.axes[x]))


def _standard(b: Pass, node: Node, x: str, over: Axes) -> tuple[str, str]:
    """The centred values and one over their deviation."""
    fn, attrs = node.attrs["fn"], node.attrs
    eps = attrs["eps"] or 2.0**-52
    if attrs.get("running"):
        own = attrs["axes"][:1]
        mean, var = (b.param(parameter_name(node, s), own) for s in ("mean", "var"))
        centred = b.minus(x, mean)
    else:
        centred = x if fn == "RMSNorm" else b.minus(x, b.mean(x, over))
        var = b.mean(b.emit("pointwise", (centred,), b.axes[centred], fn="square"), over)
    safe = b.emit("combine", (var,), b.axes[var], fn="add", by=eps)
    return centred, b.emit("pointwise", (safe,), b.axes[safe], fn="rsqrt")


def _reduce(b: Pass, node: Node, g: str) -> None:
    fn, axes, name = node.attrs["fn"], node.attrs["axes"], node.args[0]
    if fn not in ("sum", "mean"):
        raise problem("backward", f"there is no rule for the gradient of {fn}")
    scale = Poly.product(axes) ** -1 if fn == "mean" else None
    wide = (*axes, *b.axes[g])
    spread = b.emit("expand", (g,), wide, outs=axes, scale=scale)
    b.give(name, b.fitted(spread, b.values[name].axes))


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
    attrs = node.attrs
    if attrs["step"] != 1:
        raise problem("backward", "there is no rule for the gradient of a slice with a step")
    name = node.args[0]
    put = {"axis": attrs["made"], "made": attrs["axis"], "start": attrs["start"]}
    b.give(name, b.emit("put", (g,), b.values[name].axes, f"d{name}", **put))


def _index(b: Pass, node: Node, g: str) -> None:
    name, axis = node.args[0], node.attrs["axis"]
    one = b.name(f"{axis}_1")
    b.extra[one] = Poly.of(1)
    wide = b.emit("view", (g,), (one, *b.axes[g]), arrows=(((), (one,)),))
    at = node.attrs["at"] if isinstance(node.attrs["at"], int) else 0
    put = {"axis": one, "made": axis, "start": Poly.of(at)}
    b.give(name, b.emit("put", (wide,), b.values[name].axes, f"d{name}", **put))


def _embed(b: Pass, node: Node, g: str) -> None:
    index = b.read(node.args[0])
    axes = (node.attrs["table"], *node.attrs["outs"])
    weight = parameter_name(node, "weight")
    attrs = {"table": node.attrs["table"]}
    b.params[weight] = b.emit("scatter", (g, index), axes, f"d{weight}", **attrs)


def _param(b: Pass, node: Node, g: str) -> None:
    if not node.attrs.get("fixed"):
        b.params[parameter_name(node, "weight")] = b.fitted(g, node.out.axes)


def _causal(b: Pass, node: Node, g: str) -> None:
    b.give(node.args[0], b.emit("causal", (g,), b.axes[g], fn="tril", axes=node.attrs["axes"]))


def _masked(b: Pass, node: Node, g: str) -> None:
    mask = b.read(node.args[1])
    b.give(node.args[0], b.emit("masked", (g, mask), b.axes[g], fn="where"))


def _rotate(b: Pass, node: Node, g: str) -> None:
    fn = "" if node.attrs.get("fn") == "back" else "back"
    attrs = {"axes": node.attrs["axes"], "base": node.attrs["base"]} | ({"fn": fn} if fn else {})
    b.give(node.args[0], b.emit("rotate", (g,), b.axes[g], **attrs))


def _nothing(b: Pass, node: Node, g: str) -> None:
    del b, node, g


RULES: dict[str, Callable[[Pass, Node, str], None]] = {
    "einsum": _einsum,
    "linear": _linear,
    "combine": _combine,
    "pointwise": _pointwise,
    "softmax": _softmax,
    "norm": _norm,
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
}
