"""What a network of the race costs, and sizes at which two cost the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engines.contract import InputError
from engines.diagrams.costing.bill import Bill, bill
from engines.diagrams.graph.errors import DiagramError
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.learning.entrants import Contestant

MISS_MAX = 0.03
"""Two prices that differ by a larger share are not called equal."""
_SIZE_MAX = 2**14


@dataclass(frozen=True)
class Price:
    """Counts of one network, operations per example forward and backward."""

    parameters: int
    flops: int
    """Of contractions, two per multiplication and addition."""
    elementwise: int
    """Steps that are no contraction."""


def _backward_bill(one: Contestant) -> Bill:
    try:
        return bill(one.gradients)
    except DiagramError as error:
        raise InputError(f"{one.name}: its gradients cannot be derived; {error}") from error


def _sizes(one: Contestant, poly: Poly, given: Mapping[str, int]) -> dict[str, int]:
    """Every axis of a price as a number; gradients of windows have axes of their own."""
    found = numbers(one.circuit, given)
    if not set(poly.names) <= set(found):
        found = {**numbers(one.gradients, given), **found}
    return found


def price(one: Contestant) -> Price:
    """What a network costs at its sizes."""
    forward, back = one.bill.total, _backward_bill(one).total
    batch = next(iter(one.bound))

    def both(name: str) -> int:
        poly = getattr(forward, name) + getattr(back, name)
        sizes = _sizes(one, poly, {**one.bound, **one.chosen})
        return _value(poly, {**sizes, batch: 1})

    return Price(_value(forward.params, one.sizes), both("flops"), both("elementwise"))


def _value(poly: Poly, sizes: Mapping[str, int]) -> int:
    return round(float(poly.value(sizes)))


def matched(one: Contestant, target: int, quantity: str, axis: str = "") -> Contestant:
    """The contestant at the size of one axis that costs most nearly ``target``.

    Args:
        one: who is sized.
        target: parameters, or FLOPs per example forward and backward.
        quantity: "parameters" or "FLOPs".
        axis: which axis; the first that changes the price when empty.

    Raises:
        InputError: no axis to change, or no size within 3 %, with the two nearest.
    """
    poly = one.bill.total.params
    if quantity == "FLOPs":
        poly = one.bill.total.flops + _backward_bill(one).total.flops
    found = sizable_axis(one, poly, axis, f"{target:,} {quantity}")
    return _nearest(one, poly, found, target, quantity)


def sizable_axis(one: Contestant, poly: Poly, axis: str, wanted: str) -> str:
    """The axis to change, the first that changes the polynomial where none is named.

    Raises:
        InputError: an axis that changes nothing, or none that does.
    """
    able = [name for name in one.own_axes() if _moves(one, poly, name)]
    if axis and axis not in able:
        there = f"those that may are {', '.join(able)}" if able else "no axis of it may"
        raise InputError(f"{one.name}: axis {axis} cannot be sized for {wanted}; {there}")
    if not able:
        raise InputError(
            f"{one.name}: no axis is free to give it {wanted}; write one more axis, "
            "say h, or match nothing"
        )
    return axis or able[0]


def size_at_least(one: Contestant, poly: Poly, axis: str, size: int) -> int | None:
    """The next size of an axis at which all sizes divide; None where none is near."""
    return next((k for k in range(size, size + 65) if _at(one, poly, axis, k) is not None), None)


def _at(one: Contestant, poly: Poly, axis: str, size: int) -> int | None:
    """The price with this size, None where the sizes do not divide."""
    batch = next(iter(one.bound))
    try:
        found = _sizes(one, poly, {**one.bound, axis: size})
    except DiagramError:
        return None
    return _value(poly, {**found, batch: 1})


def _moves(one: Contestant, poly: Poly, axis: str) -> bool:
    found = {price for k in range(1, 65) if (price := _at(one, poly, axis, k)) is not None}
    return len(found) > 1


def _nearest(one: Contestant, poly: Poly, axis: str, target: int, quantity: str) -> Contestant:
    low, high = 1, _SIZE_MAX  # prices grow with every size
    while high - low > 64:
        middle = (low + high) // 2
        tried = next((p for k in range(64) if (p := _at(one, poly, axis, middle + k))), 0)
        low, high = (middle, high) if tried < target else (low, middle)
    around = range(max(1, low - 64), high + 65)
    able = [(k, p) for k in around if (p := _at(one, poly, axis, k)) is not None]
    able.sort(key=lambda pair: (abs(pair[1] - target), pair[0]))
    if not able or abs(able[0][1] - target) > MISS_MAX * target:
        nearest = " and ".join(f"{axis} = {k} gives {p:,}" for k, p in sorted(able[:2]))
        raise InputError(
            f"{one.name}: no size of {axis} comes within 3 % of {target:,} {quantity}; {nearest}. "
            "Change the first entrant's sizes, or match nothing"
        )
    return one.sized(axis, able[0][0])
