"""Which of our settings may be held against the numbers the paper prints."""

from __future__ import annotations

import itertools

import pytest

from engines.sorting import PRESETS, AlgotypeShare, Edit, SortSpec
from engines.sorting.paper.published import published

PAIR = SortSpec(algotypes=["bubble", "selection"])


def test_the_papers_mixtures_are_every_algotype_and_every_pair():
    names = ("bubble", "insertion", "selection")
    wanted = [frozenset(c) for r in (1, 2) for c in itertools.combinations(names, r)]
    assert all(published(SortSpec(algotypes=sorted(mixture))) for mixture in wanted)
    assert published(SortSpec(algotypes=names)) is None


@pytest.mark.parametrize(
    ("algotypes", "swaps", "peak"),
    [
        (["bubble"], 2448.8, None),
        (["selection"], 1095.5, None),
        (["bubble", "selection"], 1740.9, 0.72),
        (["insertion", "bubble"], 2476.02, 0.65),
    ],
)
def test_its_settings_have_its_numbers(algotypes, swaps, peak):
    found = published(SortSpec(algotypes=algotypes))
    assert found is not None
    assert (found.swaps, found.run_peak) == (swaps, peak)


def test_the_seed_and_the_scheduler_are_ours_to_choose():
    assert published(PAIR.replace(seed=7, scheduler="uniform")) == published(PAIR)
    assert published(PRESETS["Paper (2024)"]) is not None


def test_equal_parts_are_equal_however_they_are_written():
    twice = (
        AlgotypeShare(algotype="bubble", parts=4),
        AlgotypeShare(algotype="selection", parts=4),
    )
    none = (*twice, AlgotypeShare(algotype="insertion", parts=0))
    assert published(SortSpec(algotypes=twice)) == published(PAIR)
    assert published(SortSpec(algotypes=none)) == published(PAIR)
    exact = SortSpec(algotypes={"bubble": 50, "selection": 50})
    assert published(exact) == published(PAIR)


@pytest.mark.parametrize(
    "change",
    [
        {"n_cells": 99},
        {"value_mode": "reversed"},
        {"n_frozen": 1},
        {"frozen_at": (3,)},
        {"edits": (Edit(cell=1),)},
        {"algotypes": (AlgotypeShare(algotype="bubble", descending=True),)},
        {"algotypes": (AlgotypeShare(), AlgotypeShare(algotype="selection", parts=2))},
        {"algotypes": {"bubble": 30, "selection": 70}},
        {"algotypes": ["bubble", "insertion", "selection"]},
        {"algotypes": "bubble", "control": "traditional"},
    ],
)
def test_another_setting_is_not_held_against_the_paper(change):
    assert published(PAIR.replace(**change)) is None
