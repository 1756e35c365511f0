"""The cycle of a livelock, held against a look at every step of the run."""

from __future__ import annotations

import numpy as np

from engines.sorting import AlgotypeShare, SortSpec, cycle_of, simulate


def conflict(values, n_bubble, seed):
    shares = (
        AlgotypeShare(algotype="bubble", n_cells=n_bubble),
        AlgotypeShare(algotype="insertion", n_cells=len(values) - n_bubble, descending=True),
    )
    return simulate(SortSpec(own_values=values, algotypes=shares, seed=seed))


def livelocks(values, n_bubble, n_seeds):
    runs = (conflict(values, n_bubble, seed) for seed in range(n_seeds))
    return [run for run in runs if run.stop == "livelock"]


def test_the_smallest_livelock_is_two_cells_that_swap_for_ever():
    found = livelocks((1, 2), 1, 10)
    assert found
    for run in found:
        cycle = cycle_of(run)
        assert cycle is not None
        assert (cycle.period, cycle.since, cycle.cells.tolist()) == (2, 0, [0, 1])
        assert cycle.end <= run.n_steps
        assert cycle.n_rounds == run.n_steps // 2


def test_in_a_larger_array_the_state_returns_as_often_and_as_soon_as_is_said():
    found = livelocks(tuple(range(12)), 6, 60)
    assert found
    for run in found:
        cycle = cycle_of(run)
        assert cycle is not None
        orders = np.array([run.at(step).order for step in range(run.n_steps + 1)])
        visits = np.flatnonzero((orders == orders[-1]).all(axis=1))
        assert cycle.since == visits[0]
        assert cycle.n_rounds == len(visits) - 1
        assert cycle.period == np.diff(visits).min()
        assert {cycle.start, cycle.end} <= set(visits.tolist())
        moving = (orders[cycle.since :] != orders[-1]).any(axis=0)
        assert cycle.cells.tolist() == sorted(orders[-1][moving].tolist())


def test_cells_that_want_the_same_place_for_ever_stand_at_the_left_border():
    for run in livelocks(tuple(range(12)), 6, 60):
        cycle = cycle_of(run)
        assert cycle is not None
        places = np.isin(run.at(run.n_steps).order, cycle.cells)
        assert places[: len(cycle.cells)].all()
        assert len(set(run.algotype[cycle.cells].tolist())) == 2


def test_a_whole_array_may_go_round():
    shares = (
        AlgotypeShare(algotype="bubble", descending=True),
        AlgotypeShare(algotype="selection"),
    )
    run = simulate(SortSpec(n_cells=20, algotypes=shares))
    cycle = cycle_of(run)
    assert cycle is not None
    assert np.array_equal(run.at(cycle.start).order, run.at(cycle.end).order)
    assert cycle.period <= run.cycle[1]


def test_a_run_that_ends_has_no_cycle():
    assert cycle_of(simulate(SortSpec(n_cells=20))) is None
