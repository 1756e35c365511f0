"""Side by side: the runs asked for, each as it would be alone."""

from __future__ import annotations

import numpy as np
import pytest

from engines.boundary.codec import pack, unpack
from engines.contract import SpecError
from engines.running import registry
from engines.sorting import SortSpec, simulate
from engines.sorting.experiments.arrays.compare import (
    EXPERIMENT,
    CompareSpec,
    Comparison,
    ComparisonFrame,
)

RUNS = tuple(
    SortSpec(n_cells=25, algotypes=kind, seed=2) for kind in ("bubble", "insertion", "selection")
)


def test_every_run_is_what_it_is_alone():
    result = EXPERIMENT.result(CompareSpec(runs=RUNS))
    assert isinstance(result, Comparison)
    assert tuple(t.spec for t in result.trajectories) == RUNS
    for run, found in zip(RUNS, result.trajectories, strict=True):
        alone = simulate(run)
        assert found.left.tobytes() == alone.left.tobytes()
        assert found.ledger == alone.ledger


def test_frames_say_how_many_are_done():
    *frames, result = EXPERIMENT.frames(CompareSpec(runs=RUNS))
    assert isinstance(result, Comparison)
    assert all(isinstance(frame, ComparisonFrame) for frame in frames)
    done = [frame.n_done for frame in frames]
    assert done == sorted(done)
    assert set(done) == {0, 1, 2, 3}
    assert [frame.fraction for frame in frames] == [n / 3 for n in done]


def test_one_seed_is_one_permutation():
    result = EXPERIMENT.result(CompareSpec(runs=RUNS))
    for found in result.trajectories[1:]:
        np.testing.assert_array_equal(found.rank, result.trajectories[0].rank)


@pytest.mark.parametrize("n_runs", [0, 5])
def test_one_to_four_runs_stand_side_by_side(n_runs):
    with pytest.raises(SpecError, match="Runs: "):
        CompareSpec(runs=(SortSpec(),) * n_runs)


def test_a_comparison_crosses_processes_and_has_a_picture_each():
    result = EXPERIMENT.result(CompareSpec(runs=RUNS))
    again = unpack(pack(result))
    assert again.spec == result.spec
    for found, sent in zip(result.trajectories, again.trajectories, strict=True):
        np.testing.assert_array_equal(found.errors, sent.errors)
    assert len(result.pictures()) == 3


def test_people_choose_runs_not_the_experiment_behind_them():
    assert "sorting/compare" not in registry.listed("sorting")
    assert registry.name_of(CompareSpec) == "sorting/compare"
