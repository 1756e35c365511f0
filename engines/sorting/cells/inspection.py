"""One cell at one step, explained from the rules it follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.contract import SpecError
from engines.sorting.cells.report import CellReport, CellSpec
from engines.sorting.kernels import state
from engines.sorting.kernels.rules import can_act
from engines.sorting.motion.simulation import Simulation
from engines.sorting.settings.shares import ALGOTYPES

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
    start, look = simulation.start, seen.look()
    there = simulation.cells[state.ORDER, list(look.sees)].astype(np.int32)
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
        sees=np.array(look.sees, np.int32),
        sees_cell=there,
        sees_value=start.value[there].astype(np.float64),
        wants=np.array(look.wants, np.int32),
        stopped_by=look.stopped_by,
        sentence=look.sentence,
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
class Look:
    """What a cell reads and wants at one moment, and what stops it."""

    sentence: str
    stopped_by: str = ""
    wants: tuple[int, ...] = ()
    sees: tuple[int, ...] = ()


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

    def look(self) -> Look:
        """What it sees and wants, and why it can or cannot act."""
        if self.simulation.spec.control == "traditional":
            return Look("One central program moves the cells; no cell acts by itself.", "program")
        if self.simulation.stop == "sorted":
            return Look("The array is sorted, so the run has ended.", "the run has ended")
        if self.frozen:
            return Look(self._ice(), "it is frozen")
        rules = {"bubble": self._bubble, "insertion": self._insertion}
        seen = rules.get(self.algotype, self._selection)()
        return replace(seen, sentence=seen.sentence + self._odds())

    def _ice(self) -> str:
        movable = self.frozen == state.MOVABLE
        needed, had = self.simulation.spec.nudges_to_unfreeze, self._row(state.NUDGES, self.cell)
        thaws = f" {had} of the {needed} nudges that thaw it have come." if needed else ""
        if movable:
            return "It is frozen: it never acts on its own, but others may move it." + thaws
        return "It is frozen: it never acts, and nobody can move it." + thaws

    def _odds(self) -> str:
        """How often what it senses or does goes wrong."""
        spec = self.simulation.spec
        errs = f" It senses the wrong order with probability {spec.sensing_noise:g}."
        fails = f" Its action fails with probability {spec.action_failure:g}."
        return (errs if spec.sensing_noise else "") + (fails if spec.action_failure else "")

    def _stuck(self, position: int) -> bool:
        """Whether the cell there can neither be moved nor be thawed."""
        for_ever = self.simulation.spec.nudges_to_unfreeze == 0
        return for_ever and self._frozen_at(position) == state.IMMOVABLE

    def _bubble(self) -> Look:
        p, last = self.position, self.simulation.spec.n_cells - 1
        beside = {side: q for side, q in (("left", p - 1), ("right", p + 1)) if 0 <= q <= last}
        wishes = {side: q for side, q in beside.items() if self._wrong(*sorted((p, q)))}
        free = [side for side, q in wishes.items() if not self._stuck(q)]
        wants, sees = tuple(wishes.values()), tuple(beside.values())
        if free:
            coin = "its coin decides which" if len(free) == 2 else "when its coin points there"
            sentence = f"It will swap with its {' or '.join(free)} neighbour, {coin}."
            return Look(sentence, "", wants, sees)
        if wishes:
            sides = " or ".join(wishes)
            sentence = f"It wants to go {sides}, but the cell there is frozen in place."
            return Look(sentence, "a frozen neighbour", wants, sees)
        sentence = "Both neighbours stand on the right side of it, so it rests."
        if len(beside) == 2:
            return Look(sentence, "the order is right already", (), sees)
        sentence = "Its one neighbour stands on the right side of it, so it rests at the border."
        return Look(
            sentence, "the border" if not beside else "the order is right already", (), sees
        )

    def _insertion(self) -> Look:
        p = self.position
        if p == 0:
            sentence = "It stands at the left border and never moves right on its own."
            return Look(sentence, "the border")
        first = self._breaks[1] if self.down else self._breaks[0]
        sees = tuple(range(min(p, first + 2)))
        if first < p - 1:
            sentence = (
                "It waits: the cells to its left are not in order yet "
                f"(they break between positions {first} and {first + 1})."
            )
            return Look(sentence, "the cells to its left are not in order", (), sees)
        if not self._wrong(p - 1, p):
            sentence = "Everything to its left is in order and so is it, so it rests."
            return Look(sentence, "the order is right already", (), sees)
        if self._stuck(p - 1):
            sentence = f"It wants position {p - 1}, but the cell there is frozen in place."
            return Look(sentence, "a frozen neighbour", (p - 1,), sees)
        sentence = "Everything to its left is in order, so it will swap with its left neighbour."
        return Look(sentence, "", (p - 1,), sees)

    def _selection(self) -> Look:
        q, p = self.ideal, self.position
        following = q - 1 if self.down else q + 1
        if q == p:
            sentence = f"It stands at its ideal position {q}, so it rests."
            return Look(sentence, "it is where it wants to be")
        if not 0 <= q < self.simulation.spec.n_cells:
            sentence = "It has tried every position and found none it may take, so it rests."
            return Look(sentence, "no position is left to try")
        then = f"it will try {following} next"
        if self._stuck(q):
            sentence = f"It wants position {q}, but the cell there is frozen; {then}."
            return Look(sentence, "a frozen cell at its ideal position", (q,), (q,))
        if self._row(state.RANK_AT, p) < self._row(state.RANK_AT, q):
            sentence = f"It wants position {q} and the cell there is larger, so they will swap."
            return Look(sentence, "", (q,), (q,))
        sentence = f"It wants position {q}, but the cell there is not larger; {then}."
        return Look(sentence, "the cell there is not larger", (q,), (q,))
