"""Which segments must stand side by side, and which wires of a segment, before an operation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from engines.diagrams.drawing.layout.strip import Segment, Wire
from engines.diagrams.graph.nodes import Axes, Node

Shown = Callable[[Axes], Axes]


def targets(  # noqa: C901 - one case per kind of operation
    node: Node, shown: Shown
) -> tuple[Axes, Axes]:
    """Axes an operation consumes and axes it produces, as drawn."""
    attrs = node.attrs
    match node.kind:
        case "linear" | "fn" | "rename" | "waves":
            return _drawn(attrs["ins"], shown), _drawn(attrs["outs"], shown)
        case "embed":
            return (), _drawn(attrs["outs"], shown)
        case "view":
            ins = tuple(a for pair in attrs["arrows"] for a in pair[0])
            outs = tuple(a for pair in attrs["arrows"] for a in pair[1])
            return _drawn(ins, shown), _drawn(outs, shown)
        case "conv":
            ins, outs = (*attrs["ins"], attrs["channel"]), (*attrs["outs"], attrs["made"])
            return _drawn(ins, shown), _drawn(outs, shown)
        case "pool":
            return _drawn(attrs["ins"], shown), _drawn(attrs["outs"], shown)
        case "window":
            return _drawn(attrs["ins"], shown), _drawn((*attrs["outs"], attrs["place"]), shown)
        case "fold":
            return _drawn((*attrs["ins"], attrs["place"]), shown), _drawn(attrs["outs"], shown)
        case "softmax" | "norm" | "topk" | "causal" | "rotate" | "first":
            axes = _drawn(attrs["axes"], shown)
            return axes, axes
        case "reduce":
            return _drawn(attrs["axes"], shown), ()
        case "index":
            return (attrs["axis"],), ()
        case "slice" | "put" | "places":
            return (attrs["axis"],), (attrs["made"],)
        case "expand":
            return (), _drawn(attrs["outs"], shown)
    return (), ()


def _drawn(axes: Axes, shown: Shown) -> Axes:
    return shown(axes) if axes else ()


def gathered(segments: list[Segment], takes: list[Segment]) -> list[Segment]:
    """Move an operation's arguments side by side in ``segments``; those that moved."""
    moved = []
    ordered = sorted(takes, key=segments.index)
    for upper, lower in pairwise(ordered):
        i, j = segments.index(upper), segments.index(lower)
        if j == i + 1:
            continue
        if len(lower.wires) > len(upper.wires) and len(ordered) == 2:
            segments.remove(upper)
            segments.insert(j - 1, upper)
            moved.append(upper)
        else:
            segments.remove(lower)
            segments.insert(i + 1, lower)
            moved.append(lower)
    return moved


def wanted_orders(
    node: Node, takes: list[Segment], shown: Shown
) -> list[tuple[Segment, list[Wire]]]:
    """Segments whose targets do not lie together, with the order in which they would."""
    ins, _ = targets(node, shown)
    if not ins or node.kind in ("block", "einsum", "combine", "causal", "rotate"):
        return []
    found = []
    for k, segment in enumerate(takes):
        hit = [w.axis in ins for w in segment.wires]
        many = len(takes) > 1
        lowest_first = many and k > 0
        if not any(hit) or _together(hit, many, lowest_first):
            continue
        inside = [w for w, h in zip(segment.wires, hit, strict=True) if h]
        outside = [w for w, h in zip(segment.wires, hit, strict=True) if not h]
        order = [*inside, *outside] if lowest_first else [*outside, *inside]
        found.append((segment, order))
    return found


def _together(hit: list[bool], many: bool, lowest_first: bool) -> bool:
    first, last = hit.index(True), len(hit) - 1 - hit[::-1].index(True)
    whole = all(hit[first : last + 1])
    if many:
        return whole and (first == 0 if lowest_first else last == len(hit) - 1)
    return whole


def moved_wires(before: list[Wire], after: list[Wire]) -> list[Wire]:
    """The fewest wires that must leave their tracks to turn one order into another."""
    place = {id(w): k for k, w in enumerate(before)}
    keep: list[list[Wire]] = []
    for wire in after:  # longest run of wires that stay in order
        best = max((k for k in keep if place[id(k[-1])] < place[id(wire)]), key=len, default=[])
        keep.append([*best, wire])
    stay = {id(w) for w in max(keep, key=len, default=[])}
    return [w for w in after if id(w) not in stay]
