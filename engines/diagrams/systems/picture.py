"""Where boxes, frames and wires lie on paper, in pixels."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engines.diagrams.systems.boxes import Box
from engines.diagrams.systems.laying import laid
from engines.diagrams.systems.text import Plan, plan_from_text

_WIDE, _TITLE, _PORT, _GAP, _SIDE, _LANE = 124.0, 30.0, 20.0, 56.0, 66.0, 13.0
_RISE, _DROP = 22.0, 12.0
"""Room above the parts of a frame, and under them before the first lane."""

Spot = tuple[float, float]
_Path = tuple[str, Spot]
"""A line, and where it ends."""


@dataclass(frozen=True)
class _Place:
    """A part on paper, with the ends of its ports: what comes in at the left, out at the right."""

    x: float
    y: float
    wide: float
    high: float
    ins: dict[str, Spot]
    outs: dict[str, Spot]


def picture(text: str, cut: Collection[str] = ()) -> dict[str, Any]:
    """``boxes``, ``wires``, ``kinds`` of ports, ``width`` and ``height``: numbers and texts alone.

    Raises:
        InputError: a text with a mistake.
    """
    plan = plan_from_text(text)
    wires = {one.key: one for one in laid(plan, cut)[1]}
    boxes: list[dict[str, Any]] = []
    paths: dict[str, _Path] = {}
    whole = _draw(plan, "", plan.name, 4.0, 4.0, boxes, paths)
    kinds = list(dict.fromkeys(one.kind for one in wires.values()))
    drawn = [
        {"key": key, "d": path, "tip": list(tip), "kind": kinds.index(wires[key].kind),
         "cut": wires[key].cut, "said": f"{wires[key].said} ({wires[key].kind})"}
        for key, (path, tip) in paths.items()
    ]  # fmt: skip
    return {"boxes": boxes, "wires": drawn, "kinds": kinds, "width": whole.wide + 8.0,
            "height": whole.high + 8.0}  # fmt: skip


def _names(part: Box | Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(part, Box):
        return part.ins, part.outs
    return tuple(name for name, _ in part.ins), tuple(name for name, _ in part.outs)


def _lanes(plan: Plan) -> list[str]:
    """Targets of the wires that go round under the parts, in order."""
    order = list(plan.parts)
    found = []
    for wire in plan.wires:
        begin, end = (text.rpartition(".")[0] for text in (wire.source, wire.target))
        a = order.index(begin) if begin else -1
        b = order.index(end) if end else len(order)
        if b != a + 1:
            found.append(wire.target)
    return found


def _size(part: Box | Plan) -> Spot:
    n_ports = max(map(len, _names(part)), default=0)
    least = _TITLE + _PORT * max(n_ports, 1)
    if isinstance(part, Box):
        return _WIDE, least + 6.0
    sizes = [_size(one) for one in part.parts.values()]
    wide = sum(w for w, _ in sizes) + _GAP * (len(sizes) - 1) + 2 * _SIDE
    lanes = len(_lanes(part))
    return wide, max(least, _RISE + max(h for _, h in sizes) + _DROP + _LANE * lanes + 6.0)


def _draw(
    part: Box | Plan, path: str, name: str, x: float, y: float, boxes: list[dict[str, Any]],
    paths: dict[str, _Path],
) -> _Place:  # fmt: skip
    wide, high = _size(part)
    ins, outs = (
        {port: (edge, y + _TITLE + _PORT * (j + 0.25)) for j, port in enumerate(ports)}
        for ports, edge in zip(_names(part), (x, x + wide), strict=True)
    )
    kind = part.name if part.name != name else ""
    boxes.append({
        "x": x, "y": y, "wide": wide, "high": high, "name": name, "of": kind,
        "frame": isinstance(part, Plan),
        "ports": [[port, *spot, side] for side, ports in (("in", ins), ("out", outs))
                  for port, spot in ports.items()],
    })  # fmt: skip
    place = _Place(x, y, wide, high, ins, outs)
    if isinstance(part, Plan):
        _fill(part, path, place, boxes, paths)
    return place


def _fill(
    plan: Plan, path: str, frame: _Place, boxes: list[dict[str, Any]], paths: dict[str, _Path]
) -> None:
    """Parts from left to right, then their wires."""
    at, parts = frame.x + _SIDE, {}
    for name, part in plan.parts.items():
        inner = f"{path}/{name}" if path else name
        parts[name] = _draw(part, inner, name, at, frame.y + _RISE, boxes, paths)
        at += parts[name].wide + _GAP
    foot = frame.y + _RISE + max(one.high for one in parts.values()) + _DROP
    lanes = {target: foot + _LANE * k for k, target in enumerate(_lanes(plan))}
    for k, wire in enumerate(plan.wires):
        begin, _, out = wire.source.rpartition(".")
        end, _, into = wire.target.rpartition(".")
        a = parts[begin].outs[out] if begin else frame.ins[out]
        b = parts[end].ins[into] if end else frame.outs[into]
        key = f"{path}/{wire.target}" if path else wire.target
        lane = lanes.get(wire.target)
        drawn = _bent(a, b) if lane is None else _round(a, b, lane, 10.0 + 5.0 * (k % 4))
        paths[key] = drawn, b


def _bent(a: Spot, b: Spot) -> str:
    middle = (a[0] + b[0]) / 2.0
    return f"M{a[0]:g} {a[1]:g}C{middle:g} {a[1]:g} {middle:g} {b[1]:g} {b[0]:g} {b[1]:g}"


def _round(a: Spot, b: Spot, lane: float, off: float) -> str:
    """Out to the right, down, along the lane, and up to where it goes in."""
    return f"M{a[0]:g} {a[1]:g}H{a[0] + off:g}V{lane:g}H{b[0] - off:g}V{b[1]:g}H{b[0]:g}"
