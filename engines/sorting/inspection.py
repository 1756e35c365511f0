"""One cell at one step, explained from the rules it follows."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import SpecError
from engines.sorting.frames import CellReport, CellSpec
from engines.sorting.kernels import state
from engines.sorting.kernels.rules import can_act
from engines.sorting.shares import ALGOTYPES
from engines.sorting.simulation import Simulation

_FROZEN = ("no", "movable", "immovable")


def report(spec: CellSpec) -> CellReport:
    """Repeat the run up to the step and look at the cell.

    Raises:
        SpecError: the run has no such cell.
    """
    if spec.cell >= spec.run.n_cells:
        raise SpecError(f"there is no cell {spec.cell}: the array has {spec.run.n_cells} cells")
    simulation = Simulation(spec.run)
    while simulation.stop is None and simulation.step < spec.step:
        simulation.move_on(spec.step)
    seen = _Cell(simulation, spec.cell)
    start = simulation.start
    is_selection = seen.algotype == "selection" and spec.run.control == "cell view"
    return CellReport(
        spec=spec,
        step=simulation.step,
        position=seen.position,
        value=float(start.value[spec.cell]),
        label=start.label[spec.cell] if start.label else "",
        rank=int(start.rank[spec.cell]),
        algotype=seen.algotype,
        descending=seen.down,
        frozen=_FROZEN[seen.frozen],
        ideal_position=seen.ideal if is_selection else -1,
        moves=_moves(simulation, spec.cell),
        can_act=seen.can_act,
        sentence=seen.sentence(),
    )


def _moves(simulation: Simulation, cell: int) -> int:
    """Swaps the cell took part in, followed through the log."""
    position, moves = cell, 0
    for left, right in simulation.log.blocks():
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            if position in (a, b):
                position, moves = (b if position == a else a), moves + 1
    return moves


@dataclass(frozen=True)
class _Cell:
    """A cell within its array, for reading."""

    simulation: Simulation
    cell: int

    def _row(self, row: int, place: int) -> int:
        return int(self.simulation.cells[row, place])

    @property
    def position(self) -> int:
        return self._row(state.POSITION, self.cell)

    @property
    def algotype(self) -> str:
        return ALGOTYPES[self._row(state.ALGOTYPE, self.cell)]

    @property
    def down(self) -> bool:
        return bool(self._row(state.DOWN, self.cell))

    @property
    def frozen(self) -> int:
        return self._row(state.FROZEN, self.cell)

    @property
    def ideal(self) -> int:
        return self._row(state.IDEAL, self.cell)

    @property
    def _breaks(self) -> tuple[int, int]:
        numbers = self.simulation.numbers
        return int(numbers[state.BREAK_UP]), int(numbers[state.BREAK_DOWN])

    @property
    def can_act(self) -> bool:
        if self.simulation.spec.control == "traditional" or self.simulation.stop == "sorted":
            return False
        return bool(can_act(self.simulation.cells, self.simulation.numbers, self.cell))

    def _frozen_at(self, position: int) -> int:
        return self._row(state.FROZEN, self._row(state.ORDER, position))

    def _wrong(self, left: int, right: int) -> bool:
        one, other = self._row(state.RANK_AT, left), self._row(state.RANK_AT, right)
        return one < other if self.down else one > other

    def sentence(self) -> str:
        """Why it can or cannot act."""
        if self.simulation.spec.control == "traditional":
            return "One central program moves the cells; no cell acts by itself."
        if self.simulation.stop == "sorted":
            return "The array is sorted, so the run has ended."
        if self.frozen == state.MOVABLE:
            return "It is frozen: it never acts on its own, but others may move it."
        if self.frozen:
            return "It is frozen: it never acts, and nobody can move it."
        rules = {"bubble": self._bubble, "insertion": self._insertion}
        return rules.get(self.algotype, self._selection)()

    def _bubble(self) -> str:
        wants, blocked, last = [], [], self.simulation.spec.n_cells - 1
        sides = (("left", self.position - 1), ("right", self.position + 1))
        for side, other in sides:
            if not 0 <= other <= last:
                continue
            pair = sorted((self.position, other))
            if self._wrong(*pair):
                frozen = self._frozen_at(other) == state.IMMOVABLE
                (blocked if frozen else wants).append(side)
        if wants:
            coin = "its coin decides which" if len(wants) == 2 else "when its coin points there"
            return f"It will swap with its {' or '.join(wants)} neighbour, {coin}."
        if blocked:
            return f"It wants to go {' or '.join(blocked)}, but the cell there is frozen in place."
        return "Both neighbours stand on the right side of it, so it rests."

    def _insertion(self) -> str:
        p = self.position
        if p == 0:
            return "It stands at the left border and never moves right on its own."
        first = self._breaks[1] if self.down else self._breaks[0]
        if first < p - 1:
            return (
                "It waits: the cells to its left are not in order yet "
                f"(they break between positions {first} and {first + 1})."
            )
        if not self._wrong(p - 1, p):
            return "Everything to its left is in order and so is it, so it rests."
        if self._frozen_at(p - 1) == state.IMMOVABLE:
            return f"It wants position {p - 1}, but the cell there is frozen in place."
        return "Everything to its left is in order, so it will swap with its left neighbour."

    def _selection(self) -> str:
        q, p = self.ideal, self.position
        following = q - 1 if self.down else q + 1
        if q == p:
            return f"It stands at its ideal position {q}, so it rests."
        if not 0 <= q < self.simulation.spec.n_cells:
            return "It has tried every position and found none it may take, so it rests."
        then = f"it will try {following} next"
        if self._frozen_at(q) == state.IMMOVABLE:
            return f"It wants position {q}, but the cell there is frozen; {then}."
        if self._row(state.RANK_AT, p) < self._row(state.RANK_AT, q):
            return f"It wants position {q} and the cell there is larger, so they will swap."
        return f"It wants position {q}, but the cell there is not larger; {then}."
