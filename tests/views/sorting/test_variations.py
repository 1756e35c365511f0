"""Side by side: one permutation, the same broken places, and one thing that differs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.sorting import AlgotypeShare, Edit, SortSpec, simulate
from engines.sorting.model import ALGOTYPES
from views.sorting.variations import COMPARISONS, detail, title, variations


def starts(runs):
    return [simulate(run.replace(max_swaps=0)) for _, run in runs]


@given(
    n_cells=st.integers(4, 60),
    seed=st.integers(0, 2**64 - 1),
    n_frozen=st.integers(1, 4),
    comparison=st.sampled_from(COMPARISONS),
    kind=st.sampled_from(ALGOTYPES),
)
@settings(max_examples=40, deadline=None)
def test_all_arrays_share_permutation_and_broken_places(n_cells, seed, n_frozen, comparison, kind):
    spec = SortSpec(n_cells=n_cells, algotypes=kind, seed=seed, n_frozen=n_frozen)
    runs = variations(spec, comparison)
    found = starts(runs)
    assert 1 <= len(runs) <= 4
    assert len({run for _, run in runs}) == len({name for name, _ in runs}) == len(runs)
    for start in found[1:]:
        np.testing.assert_array_equal(start.rank, found[0].rank)
    broken = [start.frozen for start in found if start.frozen.any()]
    assert len(broken) >= len(found) - 1  # "whole" has none
    for frozen in broken:
        np.testing.assert_array_equal(frozen, broken[0])
        assert (frozen > 0).sum() == n_frozen


def test_algotypes_differ_in_nothing_else():
    spec = SortSpec(n_cells=30, seed=4)
    runs = dict(variations(spec, "algotypes"))
    assert tuple(runs) == ALGOTYPES
    for name, run in runs.items():
        assert run.replace(algotypes=spec.algotypes) == spec
        assert {share.algotype for share in run.algotypes} == {name}


def test_schedulers_are_of_the_cell_view():
    runs = variations(SortSpec(n_cells=9, algotypes="bubble", control="traditional"), "schedulers")
    assert [run.scheduler for _, run in runs] == ["uniform", "burst", "sweep", "synchronous"]
    assert {run.control for _, run in runs} == {"cell view"}


def test_cell_view_and_traditional_take_the_algotype_of_most_cells():
    mixed = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection", parts=3))
    runs = variations(SortSpec(n_cells=40, algotypes=mixed), "cell view and traditional")
    assert [name for name, _ in runs] == ["selection, cell view", "selection, traditional"]
    assert [run.control for _, run in runs] == ["cell view", "traditional"]


@pytest.mark.parametrize("damage", [{"n_frozen": 3}, {"frozen_at": (1, 2, 5)}])
def test_whole_and_broken_differ_in_the_damage_only(damage):
    spec = SortSpec(n_cells=20, **damage)
    (whole_title, whole), (broken_title, broken) = variations(spec, "whole and broken")
    assert (whole_title, broken_title) == ("whole", "3 immovable frozen")
    assert broken == spec
    assert whole == spec.replace(n_frozen=0, frozen_at=())


def test_whole_and_broken_needs_damage_and_says_where_to_set_it():
    with pytest.raises(SpecError, match="set Frozen cells under Damage to one or more first"):
        variations(SortSpec(), "whole and broken")


@pytest.mark.parametrize("comparison", COMPARISONS[1:])
def test_arrays_side_by_side_start_without_edits_by_hand(comparison):
    spec = SortSpec(n_cells=9, n_frozen=1, edits=(Edit(cell=2),))
    for _, run in variations(spec, comparison):
        assert run.edits == ()


@pytest.mark.parametrize(
    ("fields", "named", "more"),
    [
        ({}, "Bubble", "100 cells · burst 7 · seed 0"),
        (
            {"n_cells": 3000, "algotypes": ["bubble", "selection"], "scheduler": "sweep"},
            "Bubble + selection",
            "3,000 cells · sweep scheduler · seed 0",
        ),
        (
            {"n_frozen": 2, "frozen_kind": "movable", "seed": 9},
            "Bubble",
            "100 cells · 2 movable frozen · burst 7 · seed 9",
        ),
        ({"control": "traditional"}, "Bubble, traditional", "100 cells · seed 0"),
        (
            {"edits": (Edit(cell=1), Edit(cell=2))},
            "Bubble",
            "100 cells · burst 7 · branch with 2 edits by hand · seed 0",
        ),
        (
            {"algotypes": (AlgotypeShare(algotype="insertion", descending=True),)},
            "Insertion down",
            "100 cells · burst 7 · seed 0",
        ),
    ],
)
def test_heading_and_detail_say_what_is_on_stage(fields, named, more):
    spec = SortSpec(**fields)
    assert (title(spec), detail(spec)) == (named, more)
