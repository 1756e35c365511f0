"""What a report says a cell reads and wants is what the plain rules read and do."""

from __future__ import annotations

import pytest

from engines.sorting import SortSpec, simulate
from engines.sorting.cells.inspection import report
from engines.sorting.model import IMMOVABLE, AlgotypeShare, CellSpec
from engines.sorting.motion.plain_python import PlainArray

MIXED = (
    AlgotypeShare(algotype="bubble"),
    AlgotypeShare(algotype="insertion"),
    AlgotypeShare(algotype="selection"),
    AlgotypeShare(algotype="bubble", descending=True),
    AlgotypeShare(algotype="insertion", descending=True),
)


@pytest.mark.parametrize("nudges", [0, 2])
@pytest.mark.parametrize("kind", ["movable", "immovable"])
@pytest.mark.parametrize("seed", range(6))
def test_reads_and_wishes_are_those_of_the_plain_rules(seed, kind, nudges):
    spec = SortSpec(n_cells=15, algotypes=MIXED, n_frozen=3, frozen_kind=kind, seed=seed)
    spec = spec.replace(nudges_to_unfreeze=nudges)
    plain = PlainArray(spec)
    for cell in range(15):
        found = report(CellSpec(run=spec, cell=cell, step=0))
        if plain.frozen[cell]:
            assert (found.stopped_by, len(found.sees), len(found.wants)) == ("it is frozen", 0, 0)
            continue
        targets, n_reads = [], []
        for rightwards in (False, True):
            before, plain.run.n_reads = plain.ideal.copy(), 0
            targets.append(plain._wish(cell, cell, rightwards, plain.run.order))
            n_reads.append(plain.run.n_reads)
            plain.ideal = before
        tried = {target for target in targets if target is not None and target >= 0}
        swaps = {at for at in tried if nudges or plain.frozen[at] != IMMOVABLE}
        n_seen = len(found.sees)
        assert n_seen == (sum(n_reads) if found.algotype == "bubble" else n_reads[0])
        assert (found.stopped_by == "") == bool(swaps)
        assert swaps <= set(found.wants.tolist()) <= set(found.sees.tolist())


def test_values_are_those_of_the_array_at_that_moment():
    run = simulate(SortSpec(n_cells=15, algotypes=MIXED, max_swaps=300, seed=2))
    for step in (0, run.n_steps // 3, run.n_steps // 2):
        order = run.at(step).order
        for cell in range(15):
            found = report(CellSpec(run=run.spec, cell=cell, step=step))
            assert found.sees_cell.tolist() == order[found.sees].tolist()
            assert found.sees_value.tolist() == run.value[order[found.sees]].tolist()


@pytest.mark.parametrize(
    ("share", "values", "frozen", "asked", "stopped_by"),
    [
        ("bubble", (2, 1), (0,), 1, "a frozen neighbour"),
        ("bubble", (1, 2, 0), (), 0, "the order is right already"),
        ("insertion", (3, 2, 1, 0), (), 3, "the cells to its left are not in order"),
        ("insertion", (2, 3, 1), (), 0, "the border"),
        ("selection", (1, 3, 2), (), 0, "it is where it wants to be"),
        ("selection", (2, 3, 1), (0,), 2, "a frozen cell at its ideal position"),
    ],
)
def test_what_stops_it_is_said(share, values, frozen, asked, stopped_by):
    spec = SortSpec(own_values=values, algotypes=(AlgotypeShare(algotype=share),), frozen_at=frozen)
    assert report(CellSpec(run=spec, cell=asked, step=0)).stopped_by == stopped_by


def test_it_is_said_what_thaws_a_cell_and_how_often_it_fails():
    spec = SortSpec(own_values=(2, 1, 3), frozen_at=(0,), nudges_to_unfreeze=4)
    spec = spec.replace(action_failure=0.25, sensing_noise=0.125)
    frozen, active = (report(CellSpec(run=spec, cell=cell, step=0)).sentence for cell in (0, 1))
    assert "0 of the 4 nudges that thaw it have come" in frozen
    assert "senses the wrong order with probability 0.125" in active
    assert "fails with probability 0.25" in active
