"""The kernels against the same rules in plain Python, swap for swap and count for count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.sorting import AlgotypeShare, SortSpec, Trajectory, simulate
from engines.sorting.motion.plain_python import PlainArray

SHARES = st.lists(
    st.builds(
        AlgotypeShare,
        algotype=st.sampled_from(["bubble", "insertion", "selection"]),
        parts=st.integers(1, 3),
        descending=st.booleans(),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@st.composite
def specs(draw) -> SortSpec:
    n = draw(st.integers(0, 12))
    return SortSpec(
        n_cells=n,
        value_mode=draw(st.sampled_from(["permutation", "duplicates", "nearly sorted"])),
        n_copies=draw(st.integers(1, 4)),
        algotypes=draw(SHARES),
        n_frozen=draw(st.integers(0, min(n, 3))),
        frozen_kind=draw(st.sampled_from(["movable", "immovable"])),
        frozen_with_replacement=draw(st.booleans()),
        selection_frozen_quirk=draw(st.booleans()),
        scheduler=draw(st.sampled_from(["burst", "sweep", "round robin", "synchronous"])),
        # 1 would be answered by the event-driven kernels, which draw other words.
        mean_burst=draw(st.sampled_from([1.25, 2.0, 7.0, 40.0])),
        max_swaps=60,
        max_activations=draw(st.sampled_from([40, 3000])),
        seed=draw(st.integers(0, 2**64 - 1)),
    )


@st.composite
def faulty_specs(draw) -> SortSpec:
    """Cells that thaw, fail, err or switch, under every scheduler."""
    spec = draw(specs())
    return spec.replace(
        scheduler=draw(st.sampled_from([spec.scheduler, "uniform"])),
        value_mode=draw(st.sampled_from([spec.value_mode, "block"])),
        n_blocks=draw(st.integers(1, 5)),
        nudges_to_unfreeze=draw(st.sampled_from([0, 1, 2, 5])),
        action_failure=draw(st.sampled_from([1e-9, 0.3, 0.9])),
        sensing_noise=draw(st.sampled_from([0.0, 0.05, 0.5])),
        switch_at=draw(st.integers(0, 15)),
        switch_fraction=draw(st.sampled_from([0.0, 0.3, 0.5, 1.0])),
        switch_to=draw(st.sampled_from(["bubble", "insertion", "selection"])),
    )


def assert_same_run(spec: SortSpec) -> Trajectory:
    ours, plain = simulate(spec), PlainArray(spec).finish()
    right = ours.right_of(slice(None))
    assert list(zip(ours.left.tolist(), right.tolist(), strict=True)) == plain.swaps
    assert ours.activation.tolist() == plain.activations
    assert ours.at(ours.n_steps).order.tolist() == plain.order
    assert ours.n_paper_steps == plain.n_paper_steps
    assert (ours.n_reads, ours.n_activations) == (plain.n_reads, plain.n_activations)
    assert ours.stop == plain.stop
    return ours


def test_a_last_swap_that_leaves_nothing_to_do_spends_the_budget():
    # Found by the search below: its 60th swap, the last allowed, brings the array to rest.
    parts = (("insertion", True, 1), ("bubble", True, 1), ("bubble", False, 2))
    shares = tuple(AlgotypeShare(algotype=a, descending=d, parts=n) for a, d, n in parts)
    spec = SortSpec(
        n_cells=11, algotypes=shares, n_frozen=2, frozen_kind="movable", action_failure=1e-9,
        switch_at=6, switch_to="bubble", scheduler="burst", mean_burst=2.0, seed=201645,
        max_swaps=60, max_activations=3000,
    )  # fmt: skip
    assert assert_same_run(spec).stop == "budget"


@settings(max_examples=400, deadline=None)
@given(specs())
def test_every_scheduler_makes_the_plain_loops_swaps(spec):
    assert_same_run(spec)


@settings(max_examples=600, deadline=None)
@given(faulty_specs())
def test_faulty_and_switching_cells_make_the_plain_loops_swaps(spec):
    ours, plain = assert_same_run(spec), PlainArray(spec)
    plain.finish()
    now = ours.at(ours.n_steps)
    assert now.frozen.tolist() == plain.frozen
    assert now.algotype.tolist() == plain.algotype
    made = [(step, cell) for step, cell, *_ in ours.trait_changes.tolist()]
    assert sorted(made) == sorted(plain.changes)


@pytest.mark.parametrize("scheduler", ["burst", "sweep", "round robin", "synchronous"])
@pytest.mark.parametrize("kind", ["movable", "immovable"])
def test_chances_too_small_to_come_true_change_no_byte(scheduler, kind):
    """The kernels without shortcuts, held against those with them."""
    mixture = ("bubble", "insertion", "selection")
    spec = SortSpec(algotypes=mixture, n_frozen=7, frozen_kind=kind, scheduler=scheduler, seed=8)
    sure, faulty = simulate(spec), simulate(spec.replace(action_failure=1e-300))
    assert np.array_equal(sure.left, faulty.left)
    assert np.array_equal(sure.activation, faulty.activation)
    assert (sure.ledger, sure.stop) == (faulty.ledger, faulty.stop)


@pytest.mark.parametrize("scheduler", ["burst", "uniform", "sweep", "round robin", "synchronous"])
def test_a_mixture_of_all_three_matches_the_plain_loop_at_thirty_cells(scheduler):
    mixture = ("bubble", "insertion", "selection")
    assert_same_run(SortSpec(n_cells=30, algotypes=mixture, scheduler=scheduler, seed=5))


@settings(max_examples=60, deadline=None)
@given(st.one_of(specs(), faulty_specs()), st.integers(1, 50))
def test_slices_never_change_what_a_run_does(spec, slice_steps):
    from engines.sorting.motion.simulation import Simulation

    sliced = Simulation(spec)
    while sliced.stop is None:
        sliced.move_on(sliced.step + slice_steps)
    whole, pieces = simulate(spec), sliced.trajectory()
    assert np.array_equal(whole.left, pieces.left)
    assert np.array_equal(whole.activation, pieces.activation)
    assert whole.ledger == pieces.ledger
    assert whole.stop == pieces.stop
    assert np.array_equal(whole.trait_changes, pieces.trait_changes)
