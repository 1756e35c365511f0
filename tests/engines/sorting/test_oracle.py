"""The kernels against the same rules in plain Python, swap for swap and count for count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.sorting import AlgotypeShare, SortSpec, simulate
from engines.sorting.plain import PlainArray

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


def assert_same_run(spec: SortSpec) -> None:
    ours, plain = simulate(spec), PlainArray(spec).finish()
    right = ours.right_of(slice(None))
    assert list(zip(ours.left.tolist(), right.tolist(), strict=True)) == plain.swaps
    assert ours.activation.tolist() == plain.activations
    assert ours.at(ours.n_steps).order.tolist() == plain.order
    assert ours.n_paper_steps == plain.n_paper_steps
    assert (ours.n_reads, ours.n_activations) == (plain.n_reads, plain.n_activations)
    assert ours.stop == plain.stop


@settings(max_examples=400, deadline=None)
@given(specs())
def test_every_scheduler_makes_the_plain_loops_swaps(spec):
    assert_same_run(spec)


@pytest.mark.parametrize("scheduler", ["burst", "uniform", "sweep", "round robin", "synchronous"])
def test_a_mixture_of_all_three_matches_the_plain_loop_at_thirty_cells(scheduler):
    mixture = ("bubble", "insertion", "selection")
    assert_same_run(SortSpec(n_cells=30, algotypes=mixture, scheduler=scheduler, seed=5))


@settings(max_examples=60, deadline=None)
@given(specs(), st.integers(1, 50))
def test_slices_never_change_what_a_run_does(spec, slice_steps):
    from engines.sorting.simulation import Simulation

    sliced = Simulation(spec)
    while sliced.stop is None:
        sliced.move_on(sliced.step + slice_steps)
    whole, pieces = simulate(spec), sliced.trajectory()
    assert np.array_equal(whole.left, pieces.left)
    assert np.array_equal(whole.activation, pieces.activation)
    assert whole.ledger == pieces.ledger
    assert whole.stop == pieces.stop
