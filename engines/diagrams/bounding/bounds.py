"""Bounds of every wire over many boxes at once: intervals, and lines followed back to the input.

A bound is widened by a billionth of its size, so that rounding never puts a value outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engines.contract import InputError
from engines.diagrams.bounding.network import Affine, Curve, Net, Product, Step
from engines.diagrams.bounding.relaxations import ELEMENTWISE, Lines

Array = np.ndarray
Interval = tuple[Array, Array]
_SLACK = 1e-9


@dataclass(eq=False)
class Bounds:
    """What is known of boxes: bounds of every wire, [box, number], and the lines of every curve."""

    wires: dict[str, Interval]
    lines: dict[str, Lines] = field(default_factory=dict)
    weight: dict[str, Array] = field(default_factory=dict)
    """[box, number]: how much the lower bound of the last wire hangs on each number of a curve."""
    empty: Array = field(default_factory=lambda: np.zeros(0, bool))
    """bool[box]: regions that hold no input at all."""

    @property
    def last(self) -> Interval:
        """Bounds of the wire that is made last."""
        return list(self.wires.values())[-1]


def bounds(
    net: Net,
    boxes: Mapping[str, Interval],
    clamps: Mapping[str, Interval] | None = None,
    *,
    back: bool = True,
) -> Bounds:
    """Bounds of every wire of a network.

    Args:
        net: the network.
        boxes: of every input, least and largest, float64[box, number].
        clamps: what is known of wires besides, [box, number]; bounds then hold where it is so.
        back: follow lines back to the input (Zhang et al. 2018, CROWN); else intervals alone.

    Raises:
        InputError: a function is asked where it is not defined.
    """
    found = Bounds({name: (np.asarray(a, float), np.asarray(b, float))
                    for name, (a, b) in boxes.items()})  # fmt: skip
    found.empty = np.zeros(len(next(iter(found.wires.values()))[0]), bool)
    for k, step in enumerate(net.steps):
        low, high = _interval(step, found)
        if back and not isinstance(step, Curve):
            lowest, highest = _followed(net.steps[: k + 1], found, low.shape[1])
            low, high = np.maximum(low, lowest), np.minimum(high, highest)
        low, high = low - _SLACK * (1.0 + np.abs(low)), high + _SLACK * (1.0 + np.abs(high))
        if clamps is not None and step.out in clamps:
            low, high = (
                np.maximum(low, clamps[step.out][0]),
                np.minimum(high, clamps[step.out][1]),
            )
        found.empty |= (low > high).any(axis=1)
        high = np.maximum(low, high)
        found.wires[step.out] = low, high
    return found


def _interval(step: Step, found: Bounds) -> Interval:
    match step:
        case Affine(_, terms, bias):
            low, high = np.broadcast_arrays(bias, bias)
            for wire, matrix in terms:
                least, largest = found.wires[wire]
                up, down = np.maximum(matrix, 0.0).T, np.minimum(matrix, 0.0).T
                low, high = low + least @ up + largest @ down, high + largest @ up + least @ down
            return low, high
        case Curve(out, arg, kind):
            return _through(out, arg, kind, found)
        case Product(_, left, right):
            corners = [a * b for a in found.wires[left] for b in found.wires[right]]
            return np.minimum.reduce(corners), np.maximum.reduce(corners)


def _through(out: str, arg: str, kind: str, found: Bounds) -> Interval:
    """Through a function; its lines are kept for the ways back."""
    made, (low, high) = ELEMENTWISE[kind], found.wires[arg]
    if made.above > -np.inf and not (low > made.above).all():
        raise InputError(
            f"{kind} of wire {arg} is asked down to {low.min():.3g}, and is there above "
            f"{made.above:g} alone; take a smaller box"
        )
    found.lines[out] = made.lines(low, high)
    return made.range(low, high)


def _followed(steps: tuple[Step, ...], found: Bounds, n: int) -> Interval:
    """Bounds of the last step's wire by lines, [box, number] each."""
    target, n_boxes = steps[-1].out, len(found.empty)
    eye = np.eye(n)
    rows = np.broadcast_to(np.concatenate([eye, -eye]), (n_boxes, 2 * n, n))
    held: dict[str, Array] = {target: rows}
    total: Array = np.zeros((n_boxes, 2 * n))
    found.weight = {}
    for step in reversed(steps):
        rows = held.pop(step.out, None)
        if rows is None:
            continue
        if isinstance(step, Curve):
            found.weight[step.out] = np.abs(rows[:, 0])
        total = total + _back(step, rows, found, held)
    for wire, rows in held.items():
        least, largest = found.wires[wire]
        up, down = np.maximum(rows, 0.0), np.minimum(rows, 0.0)
        total = total + (up @ least[..., None] + down @ largest[..., None])[..., 0]
    return total[:, :n], -total[:, n:]


def _back(step: Step, rows: Array, found: Bounds, held: dict[str, Array]) -> Array:
    """Lower bounds in terms of a step's wire, in terms of what it is made of; what is constant.

    Args:
        step: the step.
        rows: [box, bound, number of the step's wire].
        found: what is known.
        held: rows by wire, to which those of the step's arguments are added.

    Returns:
        [box, bound].
    """

    def add(wire: str, more: Array) -> None:
        held[wire] = held[wire] + more if wire in held else more

    match step:
        case Affine(_, terms, bias):
            for wire, matrix in terms:
                add(wire, rows @ matrix)
            return rows @ bias
        case Curve(out, arg, _):
            up, down, lines = np.maximum(rows, 0.0), np.minimum(rows, 0.0), found.lines[out]
            low, high = lines.low_slope[:, None], lines.high_slope[:, None]
            add(arg, up * low + down * high)
            return (up @ lines.low_offset[..., None] + down @ lines.high_offset[..., None])[..., 0]
        case Product(_, left, right):
            # McCormick 1976: two planes that touch the product at the corners of the rectangle.
            up, down = np.maximum(rows, 0.0), np.minimum(rows, 0.0)
            (a, _b), (c, d) = ((part[:, None] for part in found.wires[w]) for w in (left, right))
            add(left, up * c + down * d)
            add(right, (up + down) * a)
            return -(up * a * c + down * a * d).sum(axis=-1)
