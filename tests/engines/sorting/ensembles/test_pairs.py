"""Two conditions on the same permutations."""

from __future__ import annotations

import numpy as np
import pytest

from engines.boundary import codec
from engines.contract import SpecError
from engines.contract.pictures import Curves
from engines.sorting import AlgotypeShare, PairSpec, SortSpec, pair, simulate
from engines.sorting.ensembles.pairs import frames_of

TWO = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection"))
SMALL = SortSpec(n_cells=30, n_frozen=2, seed=7)


def test_pairs_share_permutations_and_fault_places():
    a, b = PairSpec(run=SMALL, change="uniform scheduler").conditions()
    for r in range(4):
        one, other = (simulate(run.replace(seed=run.seed + r)) for run in (a, b))
        assert one.at(0).order.tolist() == other.at(0).order.tolist()
        assert one.rank.tolist() == other.rank.tolist()
        assert one.frozen.tolist() == other.frozen.tolist()


def test_cell_view_and_program_make_the_same_swaps_and_other_detours():
    """Adjacent sorts swap once per inversion (Knuth, TAOCP 3, 5.2.2), whoever gives the order."""
    found = pair(SMALL.replace(n_frozen=0), SMALL.replace(n_frozen=0, control="traditional"), 30)
    assert found.difference("n_swaps").identical
    assert not found.difference("dg_net").identical
    assert found.adjusted_p[0] == 1.0
    texts = [str(c) for p in found.pictures() for c in getattr(p, "columns", {}).values()]
    assert any("identical" in text for text in texts)
    assert not any("inf" in text for text in texts)


def test_a_control_that_changes_nothing_is_identical_everywhere():
    *_, found = frames_of(PairSpec(run=SMALL, change="nothing (a control)", n_runs=12))
    assert all(difference.identical for difference in found.differences)
    assert (found.adjusted_p == 1.0).all()


def test_the_rows_are_those_of_the_runs():
    found = pair(SMALL, SMALL.replace(n_frozen=0), 9)
    runs = [simulate(SMALL.replace(seed=7 + r)) for r in range(9)]
    assert found.a.numbers[0].tolist() == [run.n_swaps for run in runs]
    means = [
        found.difference("n_swaps").mean,
        found.b.numbers[0].mean() - found.a.numbers[0].mean(),
    ]
    assert means[0] == pytest.approx(means[1])


def test_clusters_are_drawn_with_their_null_where_there_are_two_algotypes():
    pure = pair(SMALL, SMALL.replace(scheduler="uniform"), 5)
    mixed = pair(SMALL.replace(algotypes=TWO), SMALL, 5)
    lines = [set(p.lines) for p in pure.pictures() if isinstance(p, Curves)]
    assert lines == [{"A", "B, other run"}]
    clusters = [p for p in mixed.pictures() if isinstance(p, Curves)][1]
    assert "A, labels permuted" in clusters.lines
    assert set(clusters.bands) == set(clusters.lines)
    assert clusters.clouds["A"].shape == (5, 101)


def test_arrays_of_unlike_length_are_refused():
    with pytest.raises(SpecError, match="A has 30 cells and B 20"):
        pair(SMALL, SortSpec(n_cells=20), 3)


def test_frames_count_and_the_result_travels():
    *frames, found = frames_of(PairSpec(run=SMALL, n_runs=20))
    assert frames[-1].fraction == 1.0
    back = codec.unpack(codec.pack(found))
    np.testing.assert_array_equal(back.adjusted_p, found.adjusted_p)
    assert back.spec == found.spec
