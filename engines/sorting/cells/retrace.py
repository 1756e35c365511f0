"""Repeat a run and look, after each swap of one cell, whose turn it was.

Importing this module loads numba.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engines.contract import SpecError
from engines.sorting.cells.trace import EITHER, HAND, OTHER, PROGRAM, SELF, CellTrace, TraceSpec
from engines.sorting.kernels import state
from engines.sorting.motion.simulation import Simulation


def trace_of(spec: TraceSpec) -> CellTrace:
    """The way of a cell: the run is made twice, once to know its swaps, once to see who acts.

    Raises:
        SpecError: the run has no such cell.
    """
    n_cells = spec.run.n_cells
    if spec.cell >= n_cells:
        raise SpecError(f"there is no cell {spec.cell}: the array has {n_cells} cells")
    simulation = Simulation(spec.run)
    _move_to(simulation, spec.n_steps)
    log = simulation.log
    moves = np.array(_moves(n_cells, spec.cell, log.blocks()), np.int64).reshape(-1, 4)
    by = _makers(spec, moves, frozenset(log.hand_swaps))
    source, target, other = moves[:, 1:].T.astype(np.int32)
    return CellTrace(spec, moves[:, 0].copy(), source, target, other, by)


def _moves(
    n_cells: int, cell: int, swaps: Iterable[tuple[np.ndarray, np.ndarray]]
) -> list[tuple[int, int, int, int]]:
    """Step, position before, position after and other cell of every swap of the cell."""
    order, position, moves, step = list(range(n_cells)), cell, [], 0
    for left, right in swaps:
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            step += 1
            order[a], order[b] = order[b], order[a]
            if position in (a, b):
                source, position = position, b if position == a else a
                moves.append((step, source, position, order[source]))
    return moves


def _makers(spec: TraceSpec, moves: np.ndarray, hand: frozenset[int]) -> np.ndarray:
    """uint8[move]: who made it."""
    simulation = Simulation(spec.run)
    by = np.empty(len(moves), np.uint8)
    for number, (step, source, target, _) in enumerate(moves.tolist()):
        if step - 1 in hand:
            by[number] = HAND
            continue
        _move_to(simulation, step - 1)
        # Before the swap: an edit at this step may give the next one another engine.
        engine = int(simulation.numbers[state.ENGINE])
        _move_to(simulation, step)
        by[number] = _maker(simulation, engine, spec.cell, goes_left=target < source)
    return by


def _move_to(simulation: Simulation, step: int) -> None:
    while simulation.stop is None and simulation.step < step:
        simulation.move_on(step)


def _maker(simulation: Simulation, engine: int, cell: int, *, goes_left: bool) -> int:
    """Who made the swap that was made last."""
    numbers = simulation.numbers
    if engine == state.TRADITIONAL:
        return PROGRAM
    if engine == state.BUBBLE_EVENTS:
        return EITHER
    if engine == state.INSERTION_EVENTS:
        return SELF if goes_left else OTHER  # insertion cells only ever go left themselves
    if engine == state.SERIAL:
        actor = int(numbers[state.ACTOR])
    else:
        actor = int(simulation.cells[state.TURNS, int(numbers[state.TURN]) - 1])
    return SELF if actor == cell else OTHER
