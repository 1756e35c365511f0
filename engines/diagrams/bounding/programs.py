"""The linear program of a region: its least output under the lines, by HiGHS through scipy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from engines.contract import ExplorerError
from engines.diagrams.bounding.bounds import Bounds, Interval
from engines.diagrams.bounding.network import Affine, Curve, Net

Array = np.ndarray
Literal = tuple[str, int, bool]
"""A wire, a place on it, and whether the number there is at or above 0."""
Cut = tuple[Literal, ...]
"""Not all of these hold where the output could be 0 or less."""


@dataclass(frozen=True)
class Answer:
    """What a program says."""

    least: float
    """Lower bound of the output; inf where the region holds no input."""
    place: Array | None
    """float64[input]: where the program has it; the network itself may be larger there."""


@dataclass(eq=False)
class Program:
    """Variables are the input and what every curve gives; wires are affine in them.

    For chains and sums of one-output networks without products.
    """

    net: Net
    at: dict[str, slice] = field(init=False, default_factory=dict)
    wires: dict[str, tuple[Array, Array]] = field(init=False, default_factory=dict)
    """Matrix [number, variable] and constant [number] of every affine wire."""
    n: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Lay out the variables and write every wire in them."""
        sizes = dict(self.net.inputs)
        for step in self.net.steps:
            first = step.terms[0][1] if isinstance(step, Affine) else None
            sizes[step.out] = len(first) if first is not None else sizes[_arg(step)]
        held = [*self.net.inputs, *(curve.out for curve in self.net.curves)]
        for wire in held:
            self.at[wire] = slice(self.n, self.n + sizes[wire])
            self.n += sizes[wire]
        for wire in held:
            self.wires[wire] = np.eye(self.n)[self.at[wire]], np.zeros(sizes[wire])
        for step in self.net.steps:
            if isinstance(step, Affine):
                parts = [matrix @ self.wires[wire][0] for wire, matrix in step.terms]
                constants = [matrix @ self.wires[wire][1] for wire, matrix in step.terms]
                self.wires[step.out] = np.sum(parts, axis=0), np.sum(constants, axis=0) + step.bias

    def least(
        self,
        known: Bounds,
        box: int = 0,
        clamps: Mapping[str, Interval] | None = None,
        cuts: Sequence[Cut] = (),
    ) -> Answer:
        """The least output over a region.

        Args:
            known: bounds and lines of the region, among others.
            box: its place among them.
            clamps: what its splits say of wires, [box, number], infinite where they say nothing.
            cuts: what is known to hold no counterexample.

        Raises:
            ExplorerError: the solver gave up.
        """
        rows = _Rows(self.n + (self.n_states if cuts else 0))
        for curve in self.net.curves:
            self._lines(rows, curve, known, box)
        for wire, (low, high) in (clamps or {}).items():
            matrix, constant = self.wires[wire]
            rows.at_least(matrix, low[box] - constant)
            rows.at_most(matrix, high[box] - constant)
        limits = self._limits(known, box)
        if cuts:
            limits += self._states(rows, known, box)
            for cut in cuts:
                self._cut(rows, cut)
        matrix, constant = self.wires[self.net.output]
        found = rows.least(matrix[0], limits)
        if found is None:
            return Answer(np.inf, None)
        value, place = found
        return Answer(value + float(constant[0]), place[: sum(self.net.inputs.values())])

    def _lines(self, rows: _Rows, curve: Curve, known: Bounds, box: int) -> None:
        matrix, constant = self.wires[curve.arg]
        own, lines = self.wires[curve.out][0], known.lines[curve.out]
        low, high = lines.low_slope[box], lines.high_slope[box]
        rows.at_least(own - low[:, None] * matrix, lines.low_offset[box] + low * constant)
        rows.at_most(own - high[:, None] * matrix, lines.high_offset[box] + high * constant)
        if curve.kind == "relu":
            rows.at_least(own - matrix, constant)

    def _limits(self, known: Bounds, box: int) -> list[tuple[float, float]]:
        limits: list[tuple[float, float]] = []
        for wire in self.at:
            low, high = known.wires[wire]
            limits += list(zip(low[box].tolist(), high[box].tolist(), strict=True))
        return limits

    # Cuts: a state for every ReLU, 1 where it is on, 0 where it is off, between where unknown. ---

    @property
    def n_states(self) -> int:
        """One for each ReLU."""
        return self.n - sum(self.net.inputs.values())

    def _state(self, wire: str) -> slice:
        """Where the states of the ReLU on a wire are."""
        curve = next(curve for curve in self.net.curves if curve.arg == wire)
        at, n_in = self.at[curve.out], sum(self.net.inputs.values())
        return slice(self.n + at.start - n_in, self.n + at.stop - n_in)

    def _states(self, rows: _Rows, known: Bounds, box: int) -> list[tuple[float, float]]:
        """Relu <= high * state and relu <= z - low (1 - state): the triangle, and no more."""
        limits: list[tuple[float, float]] = []
        for curve in self.net.curves:
            matrix, constant = self.wires[curve.arg]
            low, high = (part[box] for part in known.wires[curve.arg])
            own, at = self.wires[curve.out][0], self._state(curve.arg)
            on = np.zeros((len(low), rows.n))
            on[:, at] = np.diag(np.maximum(high, 0.0))
            rows.at_most(rows.wide(own) - on, np.zeros(len(low)))
            off = np.zeros((len(low), rows.n))
            off[:, at] = np.diag(np.minimum(low, 0.0))
            rows.at_most(rows.wide(own - matrix) - off, constant - np.minimum(low, 0.0))
            limits += [(float(a >= 0.0), float(b > 0.0 or a >= 0.0))
                       for a, b in zip(low, high, strict=True)]  # fmt: skip
        return limits

    def _cut(self, rows: _Rows, cut: Cut) -> None:
        """Of the literals at least one is false."""
        row = np.zeros((1, rows.n))
        for wire, place, on in cut:
            row[0, self._state(wire).start + place] += 1.0 if on else -1.0
        rows.at_most(row, np.array([sum(on for *_, on in cut) - 1.0]))


def _arg(step: object) -> str:
    if isinstance(step, Curve):
        return step.arg
    raise ExplorerError("linear programs are written for networks without products of wires")


@dataclass(eq=False)
class _Rows:
    """Rows of a program, at most each."""

    n: int
    parts: list[Array] = field(default_factory=list)
    ends: list[Array] = field(default_factory=list)

    def wide(self, matrix: Array) -> Array:
        """With columns for the states too."""
        return np.pad(matrix, ((0, 0), (0, self.n - matrix.shape[1])))

    def at_most(self, matrix: Array, ends: Array) -> None:
        """Matrix @ variables <= ends; ends that are infinite say nothing."""
        said = ends < np.inf
        if said.any():
            self.parts.append(self.wide(matrix[said]))
            self.ends.append(ends[said])

    def at_least(self, matrix: Array, ends: Array) -> None:
        """Matrix @ variables >= ends."""
        self.at_most(-matrix, -ends)

    def least(self, goal: Array, limits: list[tuple[float, float]]) -> tuple[float, Array] | None:
        """The least of a goal and where it is; None where nothing fulfils all rows."""
        found = linprog(
            np.pad(goal, (0, self.n - len(goal))),
            A_ub=sparse.csr_array(np.concatenate(self.parts)),
            b_ub=np.concatenate(self.ends),
            bounds=limits,
            method="highs",
        )
        if found.status == 2:
            return None
        if found.status != 0:
            raise ExplorerError(f"the linear program was not solved: {found.message}")
        return float(found.fun), found.x
