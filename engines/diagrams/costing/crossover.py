"""Where one cost overtakes another: the size of an axis at which a part begins to dominate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.diagrams.costing.bill import Bill
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sizes import numbers

N_BLOCKS, N_NAMES = 2, 4
"""So many blocks are told by name, and so many operations of each."""
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Crossover:
    """From ``size`` of ``axis`` on, ``high`` costs more than ``low``."""

    axis: str
    size: float
    high: str
    low: str

    def __str__(self) -> str:
        size = f"{self.size:,.0f}" if self.size >= 10 else f"{self.size:.2g}"
        return f"Above {self.axis} = {size}, {self.high} cost more than {self.low}."


def crossings(high: Poly, low: Poly, axis: str, sizes: dict[str, int]) -> list[float]:
    """Positive sizes of an axis at which two polynomials are equal, all others fixed."""
    found = (high - low).coefficients(axis, sizes)
    if not found or any(e.denominator != 1 or e < 0 for e in found):
        return []
    degree = int(max(found))
    line = [found.get(e, 0.0) for e in map(type(max(found)), range(degree, -1, -1))]
    roots = [complex(r) for r in np.roots(line)] if degree else []
    return sorted(r.real for r in roots if abs(r.imag) < 1e-9 < r.real)


def dominance(
    diagram: Circuit, costs: Bill, axis: str, free: dict[str, int] | None = None
) -> list[Crossover]:
    """Between the operations of one level whose FLOPs grow differently with an axis, in words."""
    sizes = numbers(diagram, free)
    parts = _by_growth(costs, axis)
    found = []
    for high_power, (high, high_name) in parts.items():
        for low_power, (low, low_name) in parts.items():
            if high_power <= low_power:
                continue
            found += [
                Crossover(axis, size, high_name, low_name)
                for size in crossings(high, low, axis, sizes)
            ]
    return found


def _by_growth(costs: Bill, axis: str) -> dict[int, tuple[Poly, str]]:
    """FLOPs of the total, split by their power of the axis, named after what contributes most."""
    split: dict[int, Poly] = {}
    for monomial, coefficient in costs.total.flops.terms.items():
        power = int(dict(monomial).get(axis, 0))
        split[power] = split.get(power, Poly({})) + Poly({monomial: coefficient})
    named = {}
    for power, value in split.items():
        named[power] = (value, _contributors(costs, axis, power))
    return named


def _contributors(costs: Bill, axis: str, power: int) -> str:
    """``attention/s and o (grow as x²)``: the operations of each block, largest blocks by name."""
    blocks: dict[str, list[str]] = {}
    for path, cost in costs.by_path.items():
        powers = {int(dict(m).get(axis, 0)) for m in cost.flops.terms}
        inner = any(other.startswith(path + "/") for other in costs.by_path)
        if power in powers and not inner:
            block, _, name = path.rpartition("/")
            blocks.setdefault(block, []).append(name)
    told = [_listed(block, names) for block, names in list(blocks.items())[:N_BLOCKS]]
    if len(blocks) > N_BLOCKS:
        more = len(blocks) - N_BLOCKS
        told.append(f"{more} more block" + "s" * (more > 1))
    growth = {0: f"without {axis}", 1: f"growing as {axis}"}
    how = growth.get(power, f"growing as {axis}{str(power).translate(_RAISED)}")
    return f"{', '.join(told) or 'the rest'} ({how})"


def _listed(block: str, names: list[str]) -> str:
    shown = names[:N_NAMES] + [f"{len(names) - N_NAMES} more"] * (len(names) > N_NAMES)
    text = ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else shown[0]
    return f"{text} in {block}" if block else text
