"""A cell's way: the same as that of a cell watched step by step, and made by whose turn it was."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import SpecError
from engines.sorting import SortSpec, simulate, trace
from engines.sorting.cells.trace import EITHER, HAND, OTHER, PROGRAM, SELF
from engines.sorting.model import Edit
from engines.sorting.motion.plain_python import PlainArray

MIXED = ["bubble", "insertion", "selection"]
SPECS = {
    "burst": SortSpec(n_cells=24, algotypes=MIXED, n_frozen=3, frozen_kind="movable", seed=2),
    "uniform": SortSpec(n_cells=24, algotypes=MIXED, scheduler="uniform", seed=3),
    "sweep": SortSpec(n_cells=24, algotypes=MIXED, scheduler="sweep", seed=4),
    "round robin": SortSpec(n_cells=24, algotypes=MIXED, scheduler="round robin", seed=5),
    "synchronous": SortSpec(n_cells=24, algotypes=MIXED, scheduler="synchronous", seed=6),
    "edited": SortSpec(
        n_cells=16,
        algotypes="bubble",
        edits=(
            Edit(at_swap=5, kind="swap", cell=1, other=9),
            Edit(at_swap=9, kind="freeze", cell=4),
        ),
    ),
    "pairs": SortSpec(n_cells=16, algotypes="bubble", scheduler="uniform"),
    "prefix": SortSpec(n_cells=16, algotypes="insertion", scheduler="uniform"),
    "program": SortSpec(n_cells=16, algotypes="insertion", control="traditional"),
}
EVERY = pytest.mark.parametrize("name", SPECS)


def watched(run, cell):
    """Where the cell is at every step, one look at a time."""
    return [int(np.flatnonzero(run.at(step).order == cell)[0]) for step in range(run.n_steps + 1)]


@EVERY
@pytest.mark.parametrize("cell", [0, 4, 9])
def test_it_is_the_way_of_a_cell_watched_step_by_step(name, cell):
    run = simulate(SPECS[name])
    way, places = trace(run, cell), watched(run, cell)
    moved = [step for step in range(1, len(places)) if places[step] != places[step - 1]]
    assert way.step.tolist() == moved
    assert way.source.tolist() == [places[step - 1] for step in moved]
    assert way.target.tolist() == [places[step] for step in moved]
    assert way.other.tolist() == [int(run.at(step).order[places[step - 1]]) for step in moved]
    assert [way.position_at(step) for step in range(len(places))] == places
    assert way.n_moves == run.moves[cell]


class Noting(PlainArray):
    """The rules in plain Python, with a note of whose turn each swap was."""

    def __init__(self, spec):
        super().__init__(spec)
        self.makers: list[int] = []

    def _activate(self, cell, *more, **named):
        before = len(self.run.swaps)
        made = super()._activate(cell, *more, **named)
        self.makers += [cell] * (len(self.run.swaps) - before)
        return made


@pytest.mark.parametrize("name", ["burst", "uniform", "sweep", "round robin", "synchronous"])
def test_who_made_a_swap_is_whose_turn_it_was_in_plain_python(name):
    spec = SPECS[name]
    plain = Noting(spec)
    plain.finish()
    assert len(plain.makers) == len(plain.run.swaps) > 20
    run = simulate(spec)
    for cell in range(0, spec.n_cells, 5):
        way = trace(run, cell)
        expected = [SELF if plain.makers[step - 1] == cell else OTHER for step in way.step]
        assert way.by.tolist() == expected


def test_what_nobody_decided_is_said_so():
    assert set(trace(simulate(SPECS["pairs"]), 3).by) == {EITHER}
    assert set(trace(simulate(SPECS["program"]), 3).by) == {PROGRAM}
    by_hand = trace(simulate(SPECS["edited"]), 9)
    assert by_hand.step[by_hand.by == HAND].tolist() == [6]
    assert int(by_hand.other[by_hand.by == HAND][0]) == 1


def test_an_insertion_cell_itself_only_goes_left():
    way = trace(simulate(SPECS["prefix"]), 7)
    assert ((way.by == SELF) == (way.target < way.source)).all()


def test_frozen_cells_never_move_by_themselves():
    run = simulate(SPECS["burst"])
    for cell in np.flatnonzero(run.frozen):
        assert SELF not in trace(run, int(cell)).by


def test_a_cell_that_is_not_there_has_no_way():
    with pytest.raises(SpecError, match="no cell 16: the array has 16 cells"):
        trace(simulate(SPECS["pairs"]), 16)
