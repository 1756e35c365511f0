"""Branches: the past before an edit by hand stays what it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.sorting import AlgotypeShare, Edit, SortSpec, simulate
from engines.sorting.model import ALGOTYPES, IMMOVABLE, MOVABLE, NOT_FROZEN
from views.sorting.branches import algotype_edit, branch, frozen_edit, without_last_edit


@st.composite
def moments(draw, run) -> tuple[int, int]:
    return draw(st.integers(0, run.n_cells - 1)), draw(st.integers(0, run.n_steps))


def edits_of(run, draw) -> Edit:
    cell, step = draw(moments(run))
    match draw(st.sampled_from(["freeze", "algotype", "swap"])):
        case "freeze":
            return frozen_edit(run, cell, step, draw(st.sampled_from(["movable", "immovable"])))
        case "algotype":
            name = draw(st.sampled_from(["bubble", "insertion", "selection"]))
            return algotype_edit(run, cell, step, name)
        case _:
            other = (cell + draw(st.integers(1, run.n_cells - 1))) % run.n_cells
            return Edit(at_swap=step, kind="swap", cell=cell, other=other)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_branch_has_the_past_of_its_run(trajectory, data):
    edit = edits_of(trajectory, data.draw)
    other = simulate(branch(trajectory.spec, edit))
    step = edit.at_swap
    assert other.n_steps >= step
    np.testing.assert_array_equal(other.left[:step], trajectory.left[:step])
    np.testing.assert_array_equal(
        other.right_of(slice(0, step)), trajectory.right_of(slice(0, step))
    )
    np.testing.assert_array_equal(other.activation[:step], trajectory.activation[:step])
    np.testing.assert_array_equal(
        other.at(max(0, step - 1)).order, trajectory.at(max(0, step - 1)).order
    )


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_second_edit_keeps_the_first_and_undoing_it_leads_back(trajectory, data):
    first = branch(trajectory.spec, edits_of(trajectory, data.draw))
    run = simulate(first)
    second = branch(first, edits_of(run, data.draw))
    if second.edits[:1] == first.edits:
        assert without_last_edit(second) == first
    else:  # a branch before the first edit does not have it
        assert second.edits[0].at_swap < first.edits[0].at_swap
        assert len(second.edits) == 1
    assert without_last_edit(first) == trajectory.spec


def test_edits_made_later_are_left_out_of_a_branch():
    spec = SortSpec(n_cells=9, edits=tuple(Edit(at_swap=k, cell=k) for k in (2, 5, 8)))
    made = branch(spec, Edit(at_swap=5, kind="unfreeze", cell=2))
    assert [(edit.at_swap, edit.kind) for edit in made.edits] == [
        (2, "freeze"), (5, "freeze"), (5, "unfreeze"),
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "code"), [("movable", MOVABLE), ("immovable", IMMOVABLE)])
def test_freezing_twice_thaws(kind, code):
    run = simulate(SortSpec(n_cells=16, algotypes="bubble", seed=2))
    for expected in (code, NOT_FROZEN, code):
        run = simulate(branch(run.spec, frozen_edit(run, 3, 4, kind)))
        assert run.at(4).frozen[3] == expected
        assert run.at(3).frozen[3] == NOT_FROZEN


@pytest.mark.parametrize("down", [False, True])
def test_a_new_algotype_keeps_the_direction(down):
    share = AlgotypeShare(algotype="bubble", descending=down)
    run = simulate(SortSpec(n_cells=12, algotypes=(share,), seed=6))
    changed = simulate(branch(run.spec, algotype_edit(run, 2, 5, "insertion")))
    assert ALGOTYPES[changed.at(5).algotype[2]] == "insertion"
    assert changed.at(5).descending[2] == down


def test_what_a_run_cannot_have_is_a_sentence():
    spec = SortSpec(n_cells=8, algotypes="bubble", control="traditional")
    run = simulate(spec)
    with pytest.raises(SpecError, match="no algotype to change"):
        branch(spec, algotype_edit(run, 1, 0, "selection"))
    with pytest.raises(SpecError, match="no cell 8"):
        branch(spec, Edit(kind="freeze", cell=8))


def test_there_is_nothing_to_undo_in_a_run_without_edits(trajectory):
    assert without_last_edit(trajectory.spec) == trajectory.spec
