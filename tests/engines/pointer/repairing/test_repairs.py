"""Cities that move, and tours that repair themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.pointer import RepairSpec, repair
from engines.pointer.answers.repairing import growth_without_a_move, insertion_difference
from engines.pointer.dividing.neighbours import neighbour_lists
from engines.pointer.dividing.search import length_of
from engines.pointer.experiments.routing.repair import EXPERIMENT
from engines.pointer.repairing.mending import put_back, repaired
from engines.pointer.repairing.results import RepairFrame, changed_tour
from engines.pointer.repairing.running import after_move


@pytest.fixture(scope="module")
def run():
    return EXPERIMENT.result(RepairSpec(n_cities=120, n_trials=6))


def test_a_moved_city_is_put_where_it_costs_least():
    # Every place of the tour is tried in plain numpy.
    assert insertion_difference() < 1e-12


def test_with_one_near_city_it_goes_to_the_better_side_of_it():
    # Both places beside the nearest city are tried in plain numpy.
    rng = np.random.default_rng(6)
    for _ in range(20):
        points, tour, city = rng.random((12, 2)), rng.permutation(12), int(rng.integers(12))
        near = neighbour_lists(points, 1)
        rest = tour[tour != city]
        k = int(np.flatnonzero(rest == near[city, 0])[0])
        best = min(length_of(points, np.insert(rest, j, city)) for j in (k, k + 1))
        found = put_back(points, near, tour, np.array([city]))
        assert length_of(points, found) == pytest.approx(best)


def test_a_tour_that_nobody_touched_does_not_grow():
    assert growth_without_a_move() == 0.0


@given(
    n=st.integers(5, 40), seed=st.integers(0, 2**32 - 1), n_moved=st.integers(1, 36),
    doubled=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_repair_is_a_tour_no_longer_than_putting_back_alone(n, seed, n_moved, doubled):
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2))
    if doubled:
        points[: n // 2] = points[0]
    near, tour = neighbour_lists(points), rng.permutation(n)
    moved = rng.choice(n, min(n_moved, n - 4), replace=False)
    found = repaired(points, near, tour, moved)
    assert sorted(found.tolist()) == list(range(n))
    assert length_of(points, found) <= length_of(points, put_back(points, near, tour, moved)) + 1e-9


def test_a_river_goes_along_less_the_further_it_is():
    points = np.array([[0.5, 0.5], [0.5, 0.6], [0.5, 0.9], [0, 0], [1, 0], [0, 1], [1, 1]])
    places, moved = after_move(points, (0, 0.7, 0.5, 0.2))
    assert sorted(moved.tolist()) == [0, 1]
    # 1 - (0.1 / 0.2)^2 = 3/4 of the way.
    assert places[0] == pytest.approx([0.7, 0.5])
    assert places[1] == pytest.approx([0.65, 0.6])
    assert (places[2:] == points[2:]).all()
    alone, only = after_move(points, (1, 2.0, 0.6, 0.0))
    assert only.tolist() == [1]
    assert alone[1, 0] == 1.0


def test_moves_follow_each_other():
    first, second = (3, 0.9, 0.9, 0.0), (3, 0.1, 0.1, 0.0)
    both = repair(n_cities=60, moves=(first, second), n_trials=0)
    one = repair(n_cities=60, moves=(first,), n_trials=0)
    assert both.points[3] == pytest.approx([0.1, 0.1])
    assert one.points[3] == pytest.approx([0.9, 0.9])
    assert both.last.points_before == pytest.approx(one.points)
    assert sorted(both.tour.tolist()) == list(range(60))


def test_the_picture_comes_before_the_random_moves_and_once_more_without_them():
    spec = RepairSpec(n_cities=80, n_trials=5, seed=11)
    first: list[Any] = list(EXPERIMENT.frames(spec))
    assert isinstance(first[0], RepairFrame)
    assert len(first[0].pictures()) == 2
    assert np.isnan(first[0].anew_length)
    assert first[1].anew_length > 0
    again = list(EXPERIMENT.frames(spec.model_copy(update={"moves": ((1, 0.2, 0.2, 0.1),)})))
    assert (len(first), len(again)) == (8, 3)


def test_new_edges_are_drawn_and_old_ones_where_they_were(run):
    tour = changed_tour(run.last)
    new = tour.lines["new edges"]
    n_new = int((np.isfinite(new[1:]) & np.isfinite(new[:-1])).sum())
    assert f"{n_new:,} edges new" in tour.title
    assert np.isfinite(tour.dots["moved"]).sum() == len(run.last.moved)
    assert np.isfinite(tour.lines["tour"]).sum() == 121


def test_claims_rest_on_random_moves(run):
    findings = EXPERIMENT.findings(run)
    assert [f.figure.n for f in findings] == [6, 6]
    assert run.trials.longer[0].mean() > run.trials.longer[1].mean()
    assert EXPERIMENT.findings(repair(n_cities=60, n_trials=0)) == ()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"n_cities": 20, "moves": ((20, 0.1, 0.1, 0.0),)}, "Move 1: cities are 0 to 19"),
        ({"moves": ((0, 1.2, 0.1, 0.0),)}, "Move 1: x and y lie between 0 and 1, got 1.2"),
        ({"moves": ((0, 0.1, 0.1, 0.9),)}, "Move 1: a reach lies between 0 and 0.5"),
        ({"moves": ((0, 0.1, 0.1, 0.0),) * 201}, "at most 200 are kept, got 201"),
    ],
)
def test_moves_that_cannot_be_made_are_refused_in_one_sentence(fields, told):
    with pytest.raises(SpecError, match=told):
        RepairSpec(**fields)
