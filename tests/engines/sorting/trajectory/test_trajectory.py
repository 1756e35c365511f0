"""The log says everything: any step, both ways, edits and detours included."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.boundary import codec
from engines.contract import ExplorerError
from engines.sorting import MEASURES, Edit, SortSpec, measure, simulate
from engines.sorting.motion.tracing import detours_of
from engines.sorting.trajectory.measures import ends_worsening

MIXTURE = ("bubble", "insertion", "selection")


@pytest.fixture(scope="module")
def thousand():
    return simulate(SortSpec(n_cells=1000))


def replayed(run, step: int) -> list[int]:
    order = list(range(run.n_cells))
    right = run.right_of(slice(None)).tolist()
    for a, b in zip(run.left[:step].tolist(), right[:step], strict=True):
        order[a], order[b] = order[b], order[a]
    return order


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_step_equals_a_replay_from_the_start(thousand, data):
    step = data.draw(st.integers(0, thousand.n_steps))
    assert thousand.at(step).order.tolist() == replayed(thousand, step)


def test_forwards_and_backwards_meet(thousand):
    steps = list(range(4000, 4200))
    forwards = [thousand.at(step).order for step in steps]
    backwards = [thousand.at(step).order for step in reversed(steps)]
    assert all(map(np.array_equal, forwards, reversed(backwards)))


def test_a_step_outside_the_run_is_refused(thousand):
    with pytest.raises(IndexError, match="outside this run's 0 to"):
        thousand.at(thousand.n_steps + 1)


def test_seeking_takes_about_a_millisecond_at_a_thousand_cells(thousand):
    steps = np.random.default_rng(0).integers(0, thousand.n_steps, 200)
    started = time.process_time()
    for step in steps:
        thousand.at(int(step))
    # Measured 0.3 ms; the floor is generous for slow machines.
    assert (time.process_time() - started) / len(steps) < 0.01


def test_the_logs_of_a_hundred_bubble_runs_take_under_600_kilobytes():
    runs = [simulate(SortSpec(seed=seed)) for seed in range(100)]
    assert sum(run.left.nbytes + run.right.nbytes for run in runs) <= 600_000


def test_equal_specs_give_equal_bytes_and_survive_the_codec():
    spec = SortSpec(algotypes=MIXTURE, n_frozen=3, edits=(Edit(at_swap=10, cell=4),))
    first, second = codec.pack(simulate(spec)), codec.pack(simulate(spec))
    assert first == second
    again = codec.unpack(first)
    assert np.array_equal(again.at(50).order, simulate(spec).at(50).order)
    assert codec.pack(again) == first


@pytest.mark.parametrize(
    ("errors", "events", "net"),
    [
        ([9, 4, 4, 2, 2, 3, 2], [[4, 5, 6]], 0.0),
        ([9, 4, 5, 5, 3, 4, 0], [[1, 2, 4], [4, 5, 6]], (1.0 + 3.0) / 2),
        ([9, 1, 3, 0], [[1, 2, 3]], 0.5),
        ([9, 5, 4, 3], [], 0.0),
        ([9], [], 0.0),
        ([9, 2, 3], [], 0.0),
        ([9, 2, 3, 1, 4], [[1, 2, 3]], 1.0),
    ],
)
def test_detours_and_gratification_of_hand_made_errors(errors, events, net):
    from engines.sorting.kernels.traces import gratification

    errors = np.array(errors, np.int32)
    assert detours_of(errors).tolist() == events
    assert gratification(errors, False) == pytest.approx(net)


def test_the_papers_code_sums_when_the_run_ends_worsening():
    from engines.sorting.kernels.traces import gratification

    errors = np.array([9, 2, 3, 1, 2, 0, 4], np.int32)
    assert ends_worsening(errors)
    assert gratification(errors, True) == pytest.approx(2 * gratification(errors, False))


def test_measures_by_name_agree_with_each_other():
    run = simulate(SortSpec(algotypes=MIXTURE))
    assert measure(run, "dg_ratio") == pytest.approx(measure(run, "dg_net") + 1.0)
    assert measure(run, "sortedness")[-1] == 100.0
    assert measure(run, "aggregation") == pytest.approx(measure(run, "aggregation_pairs") * 0.99)
    assert measure(run, "peak_aggregation") == measure(run, "aggregation").max()
    for name, known in MEASURES.items():
        value = measure(run, name)
        assert (np.shape(value) == (run.n_steps + 1,)) == known.per_step, name


def test_a_measure_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ExplorerError, match="there is no measure 'speed'; there are sortedness"):
        measure(simulate(SortSpec(n_cells=3)), "speed")


def test_gratification_of_a_run_is_the_mean_over_its_detours():
    from engines.sorting.kernels.traces import gratification

    run = simulate(SortSpec(seed=4))
    assert measure(run, "dg_net") == pytest.approx(
        gratification(run.errors.astype(np.int32), False)
    )


def test_the_faithful_sortedness_of_a_sorted_array_is_99():
    spec = SortSpec(algotypes="bubble", sortedness_no_plus1=True)
    assert simulate(spec).sortedness()[-1] == 99.0


def test_selection_quirk_changes_movable_runs_only():
    movable = SortSpec(algotypes="selection", n_frozen=3, frozen_kind="movable")
    stuck = SortSpec(algotypes="selection", n_frozen=3)
    quirky = [spec.replace(selection_frozen_quirk=True) for spec in (movable, stuck)]
    assert simulate(movable).n_swaps != simulate(quirky[0]).n_swaps
    assert np.array_equal(simulate(stuck).left, simulate(quirky[1]).left)


# Edits by hand

BASE = SortSpec(n_cells=40, algotypes=MIXTURE, seed=2)


@pytest.mark.parametrize(
    "edit",
    [
        Edit(at_swap=100, kind="freeze", cell=3),
        Edit(at_swap=100, kind="freeze", cell=3, frozen_kind="movable"),
        Edit(at_swap=100, kind="algotype", cell=3, algotype="insertion", descending=True),
        Edit(at_swap=100, kind="swap", cell=3, other=30),
    ],
)
@pytest.mark.parametrize("scheduler", ["burst", "uniform", "sweep", "round robin", "synchronous"])
def test_a_branch_is_the_same_run_up_to_its_edit(edit, scheduler):
    spec = BASE.replace(scheduler=scheduler)
    trunk, branch = simulate(spec), simulate(spec.replace(edits=(edit,)))
    assert np.array_equal(trunk.left[:100], branch.left[:100])
    assert branch.n_steps != 100
    state = branch.at(branch.n_steps)
    ranks = branch.rank[state.order]
    kinds = state.algotype[state.order]
    assert branch.errors[-1] == (np.diff(ranks) < 0).sum()
    assert branch.same_type[-1] == (kinds[1:] == kinds[:-1]).sum()


def test_an_edit_that_changes_nothing_changes_nothing():
    for scheduler in ("burst", "uniform", "sweep", "synchronous"):
        for algotypes in ("bubble", "insertion", MIXTURE):
            spec = SortSpec(n_cells=40, algotypes=algotypes).replace(scheduler=scheduler)
            trunk = simulate(spec)
            same = simulate(spec.replace(edits=(Edit(at_swap=50, kind="unfreeze", cell=3),)))
            assert np.array_equal(trunk.left, same.left)
            assert np.array_equal(trunk.activation, same.activation)


def test_a_frozen_cell_stays_where_it_was_frozen():
    run = simulate(BASE.replace(edits=(Edit(at_swap=60, kind="freeze", cell=7),)))
    place = run.at(60).order.tolist().index(7)
    assert run.at(59).frozen[7] == 0
    assert run.at(60).frozen[7] == 2
    assert all(run.at(step).order[place] == 7 for step in range(60, run.n_steps + 1))


def test_a_swap_by_hand_is_in_the_log_and_in_no_ledger():
    run = simulate(BASE.replace(edits=(Edit(at_swap=60, kind="swap", cell=1, other=39),)))
    before, after = run.at(60).order, run.at(61).order
    assert set(np.flatnonzero(before != after)) == set(
        np.flatnonzero((before == 1) | (before == 39))
    )
    assert run.hand_swaps.tolist() == [60]
    assert run.edit_steps.tolist() == [61]
    assert run.n_swaps == run.n_steps - 1
    assert run.stop == "sorted"


def test_an_edit_after_the_end_is_made_where_the_run_rests_and_goes_on():
    run = simulate(BASE.replace(edits=(Edit(at_swap=10**6, kind="swap", cell=0, other=20),)))
    trunk = simulate(BASE)
    assert run.hand_swaps.tolist() == [trunk.n_steps]
    assert run.stop == "sorted"
    assert run.n_steps > trunk.n_steps + 1


def test_edits_at_the_start_are_made_before_anything_moves():
    frozen = simulate(SortSpec(n_cells=30, edits=(Edit(kind="freeze", cell=5),)))
    same = simulate(SortSpec(n_cells=30, frozen_at=(5,)))
    assert np.array_equal(frozen.left, same.left)


def test_freezing_everything_by_hand_ends_the_run():
    edits = tuple(Edit(at_swap=20, kind="freeze", cell=cell) for cell in range(40))
    run = simulate(BASE.replace(edits=edits))
    assert (run.stop, run.n_steps) == ("quiescent", 20)


def test_moves_count_every_swap_of_a_cell():
    run = simulate(BASE)
    assert run.moves.sum() == 2 * run.n_steps


def test_a_cancelled_run_keeps_its_part_and_says_so():
    asked = iter([False, True])
    spec = SortSpec(n_cells=5000, scheduler="uniform", max_swaps=50_000_000)
    part = simulate(spec, is_cancelled=lambda: next(asked))
    assert part.stop == "cancelled"
    assert 0 < part.n_steps < 10_000_000
    whole = simulate(spec.replace(max_swaps=part.n_steps))
    assert np.array_equal(part.left, whole.left)
