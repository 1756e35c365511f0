"""Walks reach every wiring of a family evenly, say whether they mixed, and p can be small."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from connectome_graphs import of

from engines.connectome import from_matrix, measure
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.mixing import Mixing, judged
from engines.connectome.nulls.shuffling import OnTable, Rules
from engines.connectome.nulls.significance import family_p

CYCLE = np.zeros((3, 3))
CYCLE[0, 1] = CYCLE[1, 2] = CYCLE[2, 0] = 1


def every_wiring(matrix, kept):
    """All wirings with the degrees of ``matrix`` that a rule keeps, by brute force."""
    n, m = len(matrix), int(matrix.sum())
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    found = set()
    for chosen in itertools.combinations(pairs, m):
        made = np.zeros((n, n), np.uint8)
        made[tuple(np.transpose(chosen))] = 1
        same = (made.sum(0) == matrix.sum(0)).all() and (made.sum(1) == matrix.sum(1)).all()
        if same and np.array_equal(kept(made), kept(matrix)):
            found.add(made.tobytes())
    return found


@pytest.mark.parametrize(("null", "seed"), [("class blocks", 1), ("class blocks", 4),
                                            ("distance bins", 1), ("distance bins", 6),
                                            ("directed degree", 1)])  # fmt: skip
def test_walks_reach_every_wiring_of_five_neurons_evenly(null, seed):
    # Enumerated by brute force; even means a chi-squared per degree of freedom near one.
    rng = np.random.default_rng(seed)
    matrix = np.zeros((5, 5), np.uint8)
    matrix.flat[rng.choice([k for k in range(25) if k % 6], 7, replace=False)] = 1
    group = np.array([0, 0, 0, 1, 1], np.int32)
    place = rng.random((5, 3))
    gap = np.linalg.norm(place[:, None] - place[None], axis=2)
    bins = (gap > np.median(gap[np.triu_indices(5, 1)])).astype(np.int16)
    onto = np.eye(2, dtype=int)[group]
    kept = {
        "class blocks": lambda made: onto.T @ made @ onto,
        "distance bins": lambda made: np.bincount(bins[made > 0], minlength=2),
        "directed degree": lambda made: made.sum(),
    }[null]
    space = every_wiring(matrix, kept)
    rules = Rules(group, bins, np.zeros((1, 3)), np.zeros(0))
    drawing, met, n = (
        OnTable(of(matrix.astype(float)), MeasuresSpec(null=null), rules),
        Counter(),
        2_000,
    )
    for k in range(n):
        walker = drawing.start()
        drawing.step(walker, 3_000, np.uint64(977 * k + 5))
        met[walker.table.tobytes()] += 1
    assert set(met) == space
    expected = n / len(space)
    chi2 = sum((met[w] - expected) ** 2 / expected for w in space)
    assert chi2 < len(space) - 1 + 5 * np.sqrt(2 * len(space))


def test_a_cycle_of_three_is_turned_round_in_half_of_its_nulls():
    # Two graphs have these degrees (Rao, Jana & Bandyopadhyay 1996): each as likely.
    drawing = OnTable(
        of(CYCLE),
        MeasuresSpec(),
        Rules(np.zeros(3, np.int32), np.zeros((1, 1), np.int16), np.zeros((1, 3)), np.zeros(0)),
    )
    turned = 0
    for k in range(600):
        walker = drawing.start()
        drawing.step(walker, 2_000, np.uint64(31 * k + 1))
        turned += int(walker.table[0, 2])
    assert 240 < turned < 360
    found = measure(from_matrix(CYCLE), n_nulls=50)
    assert 0.2 < found.measures.mixing.in_place < 0.8


def test_a_wiring_that_no_swap_changes_says_so():
    full = np.ones((4, 4)) - np.eye(4)
    note = measure(from_matrix(full), n_nulls=10).measures.null_note
    assert "every null is the wiring itself" in note
    assert "1 / (10 nulls + 1)" in note


def test_walks_that_still_move_have_few_effective_nulls():
    rng = np.random.default_rng(0)
    half = np.column_stack([np.full(64, 0.5), *rng.normal(0.38, 0.006, (7, 64))])
    end = np.column_stack([np.full(64, 0.5), *rng.normal(0.34, 0.006, (7, 64))])
    start = np.array([1.0, *np.full(7, 0.47)])
    effective, worst, drift = judged(start, half, end, 64)
    assert effective < 1
    assert worst in ("reciprocity", "clustering", "transitivity", "path length",
                     "directed path length", "degree assortativity", "out-in assortativity")  # fmt: skip
    assert drift > 5
    again = np.column_stack([np.full(64, 0.5), *rng.normal(0.34, 0.006, (7, 64))])
    assert judged(start, again, end, 64)[0] == 64


def test_class_blocks_of_the_worm_are_mixed_by_default():
    # The sceptics' run at 300 attempts per edge: reciprocity .300, clustering .2892, sd .006.
    found = measure("varshney2011", null="class blocks", n_nulls=16).measures
    mean = dict(zip(found.names, found.null_mean, strict=True))
    assert mean["reciprocity"] == pytest.approx(0.300, abs=0.006)
    assert mean["clustering"] == pytest.approx(0.2892, abs=0.006)
    assert found.mixing.mixed
    assert found.mixing.accepted_per_edge > 8


def test_distance_bins_of_the_worm_are_mixed_by_default():
    # The sceptics' run at 300 attempts per edge: reciprocity .109, clustering .174, sd .006.
    found = measure("varshney2011", null="distance bins", n_nulls=16).measures
    mean = dict(zip(found.names, found.null_mean, strict=True))
    assert mean["reciprocity"] == pytest.approx(0.109, abs=0.006)
    assert mean["clustering"] == pytest.approx(0.174, abs=0.006)
    assert found.mixing.mixed
    assert str(found.mixing) in found.null_note


def test_walks_that_still_move_say_what_to_do():
    moving = Mixing("class blocks", 60, 10.0, 0.7, 0.9, 64, 4.0, "reciprocity", 1.6)
    assert not moving.mixed
    said = str(moving)
    assert said.startswith("Not mixed: reciprocity still moves by 1.6 sd")
    assert "raise Swaps per edge" in said
    assert "0.7 accepted" in said
    assert "90.0% of the edges are still in place" in said


def test_families_of_tests_reach_the_floor_of_their_nulls():
    # 13 motifs, |z| up to 66: by Holm at 200 nulls none could be below 13 / 201.
    found = measure("varshney2011", n_nulls=40).measures
    assert np.nanmin(found.motif_p) == pytest.approx(1 / 41)
    assert np.nanmin(found.rich_p) == pytest.approx(1 / 41)
    counts = dict(zip(range(13), found.motif_count.astype(int), strict=True))
    assert all(float(found.motif_count[k]) == n for k, n in counts.items())


def test_p_of_a_family_keeps_its_level():
    # Under the null one family in twenty has a p below 0.05 (Westfall & Young 1993).
    rng = np.random.default_rng(3)
    drawn = rng.standard_normal((600, 100, 8))
    hits = [np.nanmin(family_p(d[0], d[1:])) <= 0.05 for d in drawn]
    assert 0.025 < np.mean(hits) < 0.08
