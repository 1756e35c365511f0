"""How windows go back: a window is a view, so its transpose lays the pieces back and adds them.

A convolution is a window and a learned map; a pool is a window and a reduction of its places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engines.diagrams.backward.rules_norm import norm_back
from engines.diagrams.backward.walk import Pass, parameter_name
from engines.diagrams.graph.circuit import Window
from engines.diagrams.graph.nodes import Axes, Node
from engines.diagrams.graph.poly import Poly

Slide = dict[str, Any]


def _slide(node: Node) -> Slide:
    return {key: node.attrs[key] for key in ("kernel", "stride", "pad", "dilation")}


def _windowed(
    b: Pass, name: str, ins: Axes, made: Axes, places: Axes, slide: Slide, **more: Any
) -> str:
    """Every named axis as positions and places."""
    for axis, position, place in zip(ins, made, places, strict=True):
        axes = tuple(position if a == axis else a for a in b.axes[name])
        attrs = {"ins": (axis,), "outs": (position,), "place": place, **slide, **more}
        name = b.emit("window", (name,), (*axes, place), **attrs)
    return name


def _folded(b: Pass, name: str, positions: Axes, places: Axes, made: Axes, slide: Slide) -> str:
    """Positions and places laid back over the axes they were cut from."""
    for position, place, axis in zip(positions, places, made, strict=True):
        axes = tuple(axis if a == position else a for a in b.axes[name] if a != place)
        attrs = {"ins": (position,), "outs": (axis,), "place": place, **slide}
        name = b.emit("fold", (name,), axes, **attrs)
    return name


def _places(b: Pass, axes: Axes, kernel: int) -> Axes:
    """An axis of places for every axis a window slides along."""
    found = tuple(b.name(f"k_{axis}") for axis in axes)
    b.extra.update({name: Poly.of(kernel) for name in found})
    return found


def _positions(b: Pass, ins: Axes, outs: Axes, slide: Slide) -> Axes:
    """Positions of a window that keeps its axes are told from what it slides along."""
    found = []
    for axis, out in zip(ins, outs, strict=True):
        name = b.name(f"{axis}'") if axis == out else out
        if axis == out and isinstance(slide["dilation"], Poly):
            b.extra[name] = Poly.of(axis)
        elif axis == out:
            b.windows[name] = Window(axis, **slide)
        found.append(name)
    return tuple(found)


def _renamed(b: Pass, name: str, old: Axes, new: Axes) -> str:
    pairs = {a: c for a, c in zip(old, new, strict=True) if a != c}
    if not pairs:
        return name
    axes = tuple(pairs.get(a, a) for a in b.axes[name])
    return b.emit("rename", (name,), axes, ins=tuple(pairs), outs=tuple(pairs.values()))


def _pool(b: Pass, node: Node, g: str) -> None:
    attrs, name, slide = node.attrs, node.args[0], _slide(node)
    places = _places(b, attrs["ins"], attrs["kernel"])
    positions = _positions(b, attrs["ins"], attrs["outs"], slide)
    g = _renamed(b, g, attrs["outs"], positions)
    if attrs["fn"] == "max":
        seen = _windowed(b, b.read(name), attrs["ins"], positions, places, slide, least=True)
        hit = b.emit("first", (seen,), b.axes[seen], axes=places)
        spread = b.times(g, hit)
    else:
        slide = {**slide, "dilation": 1}
        share = Poly.of(attrs["kernel"] ** len(places)) ** -1
        spread = b.emit("expand", (g,), (*b.axes[g], *places), outs=places, scale=share)
    found = _folded(b, spread, positions, places, attrs["ins"], slide)
    b.give(name, b.fitted(found, b.values[name].axes))


def _window(b: Pass, node: Node, g: str) -> None:
    attrs, name, slide = node.attrs, node.args[0], _slide(node)
    positions = _positions(b, attrs["ins"], attrs["outs"], slide)
    g = _renamed(b, g, attrs["outs"], positions)
    found = _folded(b, g, positions, (attrs["place"],), attrs["ins"], slide)
    b.give(name, b.fitted(found, b.values[name].axes))


def _fold(b: Pass, node: Node, g: str) -> None:
    attrs, name = node.attrs, node.args[0]
    found = _windowed(b, g, attrs["outs"], attrs["ins"], (attrs["place"],), _slide(node))
    b.give(name, b.fitted(found, b.values[name].axes))


def _conv(b: Pass, node: Node, g: str) -> None:
    attrs, name, slide = node.attrs, node.args[0], _slide(node)
    if attrs["bias"]:
        b.learned(parameter_name(node, "bias"), b.fitted(g, (attrs["made"],)))
    transposed = attrs.get("fn") == "T"
    near, far = (attrs["outs"], attrs["ins"]) if transposed else (attrs["ins"], attrs["outs"])
    places = _places(b, near, attrs["kernel"])
    positions = _positions(b, near, far, slide)
    x, groups = b.read(name), attrs["groups"]
    channel, made = (attrs["channel"],), (attrs["made"],)
    axes = b.axes[x]
    if groups > 1:
        x, channel = _grouped(b, x, channel[0], groups, ())
        g, made = _grouped(b, g, made[0], groups, channel)
    weight = _weight(b, node, channel, made, places)
    if transposed:  # forward it folds, so it goes back by windows
        cut = _windowed(b, g, attrs["outs"], positions, places, slide)
        x = _renamed(b, x, attrs["ins"], positions)
        found = b.contracted((cut, weight), b.axes[x], f"d{name}")
        found = _renamed(b, found, positions, attrs["ins"])
        slope = b.contracted((x, cut), b.axes[weight], f"d{weight}")
    else:
        cut = _windowed(b, x, attrs["ins"], positions, places, slide)
        g = _renamed(b, g, attrs["outs"], positions)
        spread = b.contracted((g, weight), b.axes[cut], f"d{name}")
        found = _folded(b, spread, positions, places, attrs["ins"], slide)
        slope = b.contracted((g, cut), b.axes[weight], f"d{weight}")
    _learned(b, node, slope, channel, made, places)
    if groups > 1:
        found = b.emit("view", (found,), axes, arrows=((channel, (attrs["channel"],)),))
    b.give(name, b.fitted(found, axes))


def _grouped(b: Pass, name: str, channel: str, groups: int, beside: Axes) -> tuple[str, Axes]:
    """A channel as (group, channel within it), the group shared with that of ``beside``."""
    parts = b.parted(channel, groups, beside[0] if beside else "")
    axes = tuple(part for a in b.axes[name] for part in (parts if a == channel else (a,)))
    return b.emit("view", (name,), axes, arrows=(((channel,), parts),)), parts


def _stored(node: Node, channel: Axes, made: Axes, places: Axes) -> tuple[Axes, Axes]:
    """The weight's axes as it is held, and those it is seen with."""
    first, second = (channel, made) if node.attrs.get("fn") == "T" else (made, channel)
    whole = node.attrs["channel"] if node.attrs.get("fn") == "T" else node.attrs["made"]
    return (whole, second[-1], *places), (*first, second[-1], *places)


def _weight(b: Pass, node: Node, channel: Axes, made: Axes, places: Axes) -> str:
    stored, seen = _stored(node, channel, made, places)
    weight = b.param(parameter_name(node, "weight"), stored)
    if stored == seen:
        return weight
    return b.emit("view", (weight,), seen, arrows=((stored[:1], seen[:2]),))


def _learned(b: Pass, node: Node, slope: str, channel: Axes, made: Axes, places: Axes) -> None:
    stored, seen = _stored(node, channel, made, places)
    name = parameter_name(node, "weight")
    if stored != seen:
        arrows = ((seen[:2], stored[:1]),)
        slope = b.emit("view", (slope,), stored, f"d{name}", arrows=arrows)
    b.learned(name, slope)


def _put(b: Pass, node: Node, g: str) -> None:
    attrs, name = node.attrs, node.args[0]
    cut = {
        "axis": attrs["made"],
        "made": attrs["axis"],
        "start": attrs["start"],
        "step": attrs["step"],
    }
    b.give(name, b.emit("slice", (g,), b.values[name].axes, f"d{name}", **cut))


_TRANSPOSED = {"fft": "unfft", "unfft": "fft", "ifft": "unifft", "unifft": "ifft"}


def _waves(b: Pass, node: Node, g: str) -> None:
    attrs, name = node.attrs, node.args[0]
    back = {"fn": _TRANSPOSED[attrs["fn"]], "ins": attrs["outs"], "outs": attrs["ins"]}
    kept = {key: attrs[key] for key in ("axis", "wave", "modes") if key in attrs}
    b.give(name, b.emit("waves", (g,), b.values[name].axes, f"d{name}", **back, **kept))


SPACE_RULES: dict[str, Callable[[Pass, Node, str], None]] = {
    "norm": norm_back,
    "pool": _pool,
    "window": _window,
    "fold": _fold,
    "conv": _conv,
    "put": _put,
    "waves": _waves,
}
