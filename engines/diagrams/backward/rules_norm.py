"""How norms go back: what is normalised over goes back less its mean and less its slope."""

from __future__ import annotations

from engines.diagrams.backward.walk import Pass, parameter_name
from engines.diagrams.graph.nodes import Axes, Node


def norm_back(b: Pass, node: Node, g: str) -> None:
    """Gradients of the argument, the weight and the bias of any norm."""
    fn, attrs = node.attrs["fn"], node.attrs
    axes = b.values[node.args[0]].axes
    split = _split(b, node) if fn == "GroupNorm" else None
    x = _seen(b, b.read(node.args[0]), split)
    over = _over(node, b.axes[x], split)
    centred, rate = _standard(b, node, x, over)
    unit = b.times(centred, rate)
    lifted = _affine(b, node, g, _merged(b, unit, split, axes))
    if attrs.get("running"):
        b.give(node.args[0], b.fitted(b.times(lifted, rate), axes))
        return
    lifted = _seen(b, lifted, split)
    along = b.times(unit, b.mean(b.times(lifted, unit), over))
    rest = lifted if fn == "RMSNorm" else b.minus(lifted, b.mean(lifted, over))
    found = b.times(b.minus(rest, along), rate)
    b.give(node.args[0], b.fitted(_merged(b, found, split, axes), axes))


def _affine(b: Pass, node: Node, g: str, unit: str) -> str:
    """The gradients of weight and bias; what is left for the argument."""
    fn, attrs = node.attrs["fn"], node.attrs
    if not attrs["affine"]:
        return g
    own = attrs["axes"] if fn in ("LayerNorm", "RMSNorm") else attrs["axes"][:1]
    weight = b.param(parameter_name(node, "weight"), own)
    b.learned(weight, b.fitted(b.times(g, unit), own))
    if attrs["bias"]:
        b.learned(parameter_name(node, "bias"), b.fitted(g, own))
    return b.times(g, weight)


def _over(node: Node, axes: Axes, split: Axes | None) -> Axes:
    """The axes over which mean and variance are taken."""
    fn, named = node.attrs["fn"], node.attrs["axes"]
    if fn == "BatchNorm":
        return tuple(a for a in axes if a not in named)
    if fn == "InstanceNorm":
        return named[1:]
    return (*split[1:], *named[1:]) if split else named


def _split(b: Pass, node: Node) -> Axes:
    """A channel as (group, channel within it)."""
    channel, groups = node.attrs["axes"][0], node.attrs["groups"]
    return b.parted(channel, groups)


def _seen(b: Pass, name: str, split: Axes | None) -> str:
    if split is None:
        return name
    channel = b.whole[split]
    axes = tuple(part for a in b.axes[name] for part in (split if a == channel else (a,)))
    return b.emit("view", (name,), axes, arrows=(((channel,), split),))


def _merged(b: Pass, name: str, split: Axes | None, axes: Axes) -> str:
    if split is None or split[0] not in b.axes[name]:
        return name
    return b.emit("view", (name,), axes, arrows=((split, (b.whole[split],)),))


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
