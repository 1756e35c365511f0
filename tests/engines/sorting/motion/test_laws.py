"""What must hold for every run, whatever the scheduler and the seed."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.sorting import AlgotypeShare, SortSpec, inversions, simulate

SCHEDULERS = ("burst", "uniform", "sweep", "round robin", "synchronous")


def naive_inversions(ranks: np.ndarray) -> int:
    return sum(int((ranks[i] > ranks[i + 1 :]).sum()) for i in range(len(ranks)))


@given(st.lists(st.integers(-5, 5), max_size=30))
def test_inversions_are_the_pairs_in_the_wrong_order(values):
    assert inversions(np.array(values)) == naive_inversions(np.array(values))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["bubble", "insertion"]),
    st.sampled_from(SCHEDULERS),
    st.sampled_from(["cell view", "traditional"]),
    st.integers(0, 40),
    st.integers(1, 5),
    st.booleans(),
    st.integers(0, 2**64 - 1),
)
def test_adjacent_sorts_make_exactly_the_inversions(
    algotype, scheduler, control, n, copies, descending, seed
):
    run = simulate(
        SortSpec(
            n_cells=n,
            value_mode="duplicates",
            n_copies=copies,
            algotypes=(AlgotypeShare(algotype=algotype, descending=descending),),
            scheduler=scheduler,
            control=control,
            seed=seed,
        )
    )
    expected = inversions(-run.rank if descending else run.rank)
    assert run.n_swaps == expected
    assert run.errors[-1] == 0
    assert run.stop == ("empty" if n == 0 else "sorted")


# Not synchronous: there a refused claim is compared too.
@pytest.mark.parametrize("scheduler", SCHEDULERS[:-1])
@pytest.mark.parametrize("descending", [False, True])
def test_selection_advances_n_n_minus_1_over_2_times_but_for_the_end(scheduler, descending):
    share = AlgotypeShare(algotype="selection", descending=descending)
    for seed in range(10):
        run = simulate(SortSpec(algotypes=(share,), scheduler=scheduler, seed=seed))
        assert run.stop == "sorted"
        assert 4950 - 40 <= run.n_paper_steps - run.n_swaps <= 4950


@pytest.mark.parametrize("seed", range(10))
def test_movable_bubble_is_left_with_the_descents_among_frozen_values(seed):
    run = simulate(SortSpec(n_frozen=6, frozen_kind="movable", seed=seed))
    assert run.errors[-1] == (np.diff(run.rank[run.frozen > 0]) < 0).sum()


@pytest.mark.parametrize("algotype", ["bubble", "insertion"])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_every_segment_between_immovable_cells_ends_sorted(algotype, scheduler):
    spec = SortSpec(algotypes=(AlgotypeShare(algotype=algotype),), n_frozen=4)
    run = simulate(spec.replace(scheduler=scheduler, seed=3))
    borders = [-1, *np.flatnonzero(run.frozen).tolist(), 100]
    expected = run.rank.copy()
    for left, right in pairwise(borders):
        expected[left + 1 : right].sort()
    assert np.array_equal(run.rank[run.at(run.n_steps).order], expected)
    assert run.stop == "quiescent"


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SCHEDULERS), st.sampled_from(["bubble", "selection"]), st.integers(0, 999))
def test_immovable_cells_never_move_and_values_are_kept(scheduler, algotype, seed):
    share = AlgotypeShare(algotype=algotype)
    spec = SortSpec(n_cells=30, algotypes=(share,), n_frozen=5, seed=seed)
    run = simulate(spec.replace(scheduler=scheduler))
    order = run.at(run.n_steps).order
    stuck = np.flatnonzero(run.frozen)
    assert np.array_equal(order[stuck], stuck)
    assert sorted(order.tolist()) == list(range(30))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**64 - 1), st.sampled_from(SCHEDULERS))
def test_the_traces_are_what_the_array_shows(seed, scheduler):
    mixture = ("bubble", "insertion", "selection")
    run = simulate(SortSpec(n_cells=15, algotypes=mixture, seed=seed).replace(scheduler=scheduler))
    for step in range(run.n_steps + 1):
        order = run.at(step).order
        ranks, kinds = run.rank[order], run.algotype[order]
        assert run.errors[step] == (np.diff(ranks) < 0).sum()
        assert run.same_type[step] == (kinds[1:] == kinds[:-1]).sum()


def test_sortedness_of_a_random_start_is_n_plus_1_over_2n():
    starts = [simulate(SortSpec(seed=s, max_swaps=0)).sortedness()[0] for s in range(400)]
    standard_error = (101 / 12) ** 0.5 / 400**0.5
    assert abs(np.mean(starts) - 50.5) < 4 * standard_error


def test_aggregation_of_a_random_start_is_the_composition_null():
    from engines.sorting import measure

    spec = SortSpec(algotypes={"bubble": 30, "selection": 70}, max_swaps=0)
    runs = [simulate(spec.replace(seed=seed)) for seed in range(400)]
    shares = [run.aggregation(per_pair=True)[0] for run in runs]
    assert measure(runs[0], "aggregation_null") == pytest.approx((30 * 29 + 70 * 69) / 9900)
    assert abs(np.mean(shares) - (30 * 29 + 70 * 69) / 9900) < 4 * np.std(shares) / 20


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_a_mixture_of_one_direction_sorts(scheduler):
    mixture = ("bubble", "insertion", "selection")
    run = simulate(SortSpec(algotypes=mixture, seed=1).replace(scheduler=scheduler))
    assert run.stop == "sorted"


def test_equal_values_are_sorted_at_once():
    run = simulate(SortSpec(own_values=(7,) * 50))
    assert (run.stop, run.n_steps, run.n_activations) == ("sorted", 0, 0)


@pytest.mark.parametrize(("n", "stop"), [(0, "empty"), (1, "sorted")])
@pytest.mark.parametrize("control", ["cell view", "traditional"])
def test_no_cell_and_one_cell_are_valid_runs(n, stop, control):
    run = simulate(SortSpec(n_cells=n, control=control))
    assert (run.stop, run.n_swaps) == (stop, 0)
    assert run.sortedness().tolist() == [100.0]
    assert np.isnan(run.aggregation()).all()
    assert run.at(0).order.tolist() == list(range(n))
    assert run.pictures()


@pytest.mark.parametrize("kind", ["movable", "immovable"])
def test_an_array_of_frozen_cells_stops_at_once(kind):
    run = simulate(SortSpec(n_frozen=100, frozen_kind=kind))
    assert (run.stop, run.n_steps, run.n_activations) == ("quiescent", 0, 0)


def test_the_smallest_livelock_is_found_with_its_cycle():
    run = simulate(
        SortSpec(
            own_values=(1, 2),
            algotypes=(
                AlgotypeShare(algotype="bubble", n_cells=1),
                AlgotypeShare(algotype="insertion", n_cells=1, descending=True),
            ),
            seed=next(
                seed
                for seed in range(20)
                if simulate_types(seed) == [0, 1]  # the small cell is the bubble
            ),
        )
    )
    assert run.stop == "livelock"
    start, period = run.cycle
    assert period == 2
    assert np.array_equal(run.at(start).order, run.at(start + period).order)


def simulate_types(seed: int) -> list[int]:
    from engines.sorting.motion.start import start_of

    shares = (
        AlgotypeShare(algotype="bubble", n_cells=1),
        AlgotypeShare(algotype="insertion", n_cells=1, descending=True),
    )
    return start_of(SortSpec(own_values=(1, 2), algotypes=shares, seed=seed)).algotype.tolist()


def test_bubble_down_against_selection_up_returns_to_the_same_states():
    shares = (
        AlgotypeShare(algotype="bubble", descending=True),
        AlgotypeShare(algotype="selection"),
    )
    run = simulate(SortSpec(algotypes=shares))
    assert run.stop == "livelock"
    start, period = run.cycle
    assert start + period == run.n_steps
    assert np.array_equal(run.at(start).order, run.at(run.n_steps).order)
    assert run.errors[start:].min() >= run.errors.min()


def test_selection_down_against_insertion_up_comes_to_rest():
    shares = (
        AlgotypeShare(algotype="selection", descending=True),
        AlgotypeShare(algotype="insertion"),
    )
    assert simulate(SortSpec(algotypes=shares, max_swaps=100_000)).stop == "quiescent"


def test_budgets_stop_exactly_where_they_say():
    assert simulate(SortSpec(max_swaps=7)).n_swaps == 7
    assert simulate(SortSpec(max_activations=1000)).n_activations == 1000
    uniform = SortSpec(max_activations=1000, scheduler="uniform", algotypes="insertion")
    assert simulate(uniform).n_activations == 1000


def test_a_large_array_stops_at_its_budget_without_a_large_log():
    run = simulate(SortSpec(n_cells=100_000, max_swaps=50_000, scheduler="uniform"))
    assert (run.stop, run.n_swaps) == ("budget", 50_000)
    assert run.left.nbytes == 4 * 50_000


def test_traditional_programs_cost_what_textbooks_say():
    bubble = simulate(SortSpec(control="traditional"))
    insertion = simulate(SortSpec(control="traditional", algotypes="insertion"))
    selection = simulate(SortSpec(control="traditional", algotypes="selection"))
    assert bubble.n_reads == 4950
    assert insertion.n_swaps <= insertion.n_reads <= insertion.n_swaps + 99
    assert selection.n_reads == 4950
    assert selection.n_swaps <= 99
    assert {bubble.stop, insertion.stop, selection.stop} == {"sorted"}


def test_the_mean_burst_is_what_the_spec_says():
    from engines.sorting.motion.kernel_knobs import burst_lengths

    for mean in (1.0, 1.3, 2.0, 6.5, 7.0, 33.3):
        longest, odds = burst_lengths(SortSpec(mean_burst=mean))
        share = odds / 2**32
        assert (1 + longest) / 2 * (1 - share) + (2 + longest) / 2 * share == pytest.approx(mean)
