"""What a lane is sent, replayed by a reader of its own, is the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.sorting import AlgotypeShare, Edit, SortSpec, simulate
from engines.sorting.chance.label_null import aggregation_null
from engines.sorting.experiments.arrays.run import EXPERIMENT as RUN
from engines.sorting.model import ALGOTYPES, SortFrame
from views.sorting import lanes
from views.sorting.lanes import bar_heights, lane_payload, live_lane_payload
from views.sorting.live import live_bytes


def order_at(lane: dict[str, Any], step: int) -> list[int]:
    """The browser's replay: swap after swap from the start."""
    order = list(range(lane["n"]))
    for k in range(step):
        a = int(lane["left"][k])
        b = int(lane["right"][k]) if len(lane["right"]) else a + 1
        order[a], order[b] = order[b], order[a]
    return order


def specs() -> st.SearchStrategy[SortSpec]:
    shares = st.lists(
        st.builds(AlgotypeShare, algotype=st.sampled_from(ALGOTYPES), descending=st.booleans()),
        min_size=1,
        max_size=3,
    )
    return st.builds(
        SortSpec,
        n_cells=st.integers(2, 24),
        algotypes=shares.map(tuple),
        value_mode=st.sampled_from(["permutation", "duplicates", "reversed"]),
        n_frozen=st.integers(0, 2),
        frozen_kind=st.sampled_from(["movable", "immovable"]),
        scheduler=st.sampled_from(["burst", "uniform", "sweep", "synchronous"]),
        seed=st.integers(0, 2**32),
        max_swaps=st.just(400),
        max_activations=st.just(20_000),
    )


@given(specs(), st.data())
@settings(max_examples=40, deadline=None)
def test_replaying_the_log_gives_the_run_at_every_step(read, spec, data):
    run = simulate(spec)
    lane = read(lane_payload(run, "x"))
    assert lane["n_swaps"] == run.n_steps == len(lane["left"])
    for step in (0, run.n_steps, data.draw(st.integers(0, run.n_steps))):
        assert order_at(lane, step) == run.at(step).order.tolist()


@given(specs())
@settings(max_examples=25, deadline=None)
def test_the_curves_follow_from_the_replayed_orders(read, spec):
    run = simulate(spec)
    lane = read(lane_payload(run, "x"))
    last = run.n_steps
    for step in {0, last // 2, last}:
        order = np.array(order_at(lane, step))
        ranks, kinds = lane["rank"][order], lane["algotype"][order]
        gaps = -np.diff(ranks) if not run.measured_descending else np.diff(ranks)
        assert lane["errors"][step] == (gaps > 0).sum()
        assert lane["same_type"][step] == (kinds[1:] == kinds[:-1]).sum()


def test_a_home_is_where_the_cell_stands_in_the_sorted_array(read):
    for down in (False, True):
        share = AlgotypeShare(algotype="bubble", descending=down)
        run = simulate(SortSpec(n_cells=30, algotypes=(share,), seed=2))
        lane = read(lane_payload(run, "x"))
        assert run.stop == "sorted"
        assert lane["home"][order_at(lane, run.n_steps)].tolist() == list(range(30))


def test_homes_are_places_also_when_cells_are_equal(read):
    run = simulate(SortSpec(n_cells=40, value_mode="duplicates", n_copies=8))
    lane = read(lane_payload(run, "x"))
    assert sorted(lane["home"].tolist()) == list(range(40))
    by_home = np.argsort(lane["home"])
    assert (np.diff(lane["rank"][by_home]) >= 0).all()


def test_a_long_run_is_thinned_and_true_at_every_frame(read, monkeypatch):
    run = simulate(SortSpec(n_cells=60, algotypes="bubble", scheduler="uniform", seed=1))
    monkeypatch.setattr(lanes, "_LOG_SWAPS_MAX", 100)
    monkeypatch.setattr(lanes, "_THIN_CELLS", 60 * 50)
    monkeypatch.setattr(lanes, "_TRACE_POINTS", 80)
    assert run.n_steps > 500
    lane = read(lane_payload(run, "x"))
    assert len(lane["left"]) == len(lane["right"]) == 0
    steps = lane["frame_swaps"].astype(int)
    frames = lane["frames"].reshape(len(steps), 60)
    assert len(steps) == 50
    assert (steps[0], steps[-1]) == (0, run.n_steps)
    for step, order, activations in zip(steps, frames, lane["frame_activations"], strict=True):
        np.testing.assert_array_equal(order, run.at(int(step)).order)
        assert activations == (run.activation[step - 1] if step else 0)
    traced = lane["trace_swaps"].astype(int)
    assert len(traced) <= 80
    np.testing.assert_array_equal(lane["errors"], run.errors[traced])
    np.testing.assert_array_equal(lane["same_type"], run.same_type[traced])


def test_edits_by_hand_are_told_at_the_steps_at_which_they_were_made(read):
    edits = (
        Edit(at_swap=3, kind="freeze", cell=4),
        Edit(at_swap=9, kind="algotype", cell=7, algotype="insertion"),
        Edit(at_swap=12, kind="swap", cell=1, other=15),
        Edit(at_swap=20, kind="unfreeze", cell=4),
        Edit(at_swap=10**6, kind="freeze", cell=0),
    )
    run = simulate(SortSpec(n_cells=20, algotypes="bubble", edits=edits, seed=4, max_swaps=60))
    lane = read(lane_payload(run, "x"))
    assert len(lane["edits"]) == 4  # the budget was used up before the last one
    for made in lane["edits"]:
        before, state = run.at(made["at_swap"] - 1), run.at(made["at_swap"])
        if "frozen" in made:
            assert state.frozen[made["cell"]] == made["frozen"] != before.frozen[made["cell"]]
        if "algotype" in made:
            assert state.algotype[made["cell"]] == made["algotype"] == 1
    assert [("frozen" in m, "algotype" in m) for m in lane["edits"]] == [
        (True, False), (False, True), (False, False), (True, False),
    ]  # fmt: skip


def test_the_null_band_is_two_standard_deviations_around_the_mean(read, trajectory):
    mean, sd = aggregation_null(trajectory.algotype)
    band = read(lane_payload(trajectory, "x"))["null_band"]
    assert band == pytest.approx([mean - 2 * sd, mean + 2 * sd])


@pytest.mark.parametrize("n_cells", [0, 1])
def test_an_array_without_neighbours_has_no_null_band(read, n_cells):
    lane = read(lane_payload(simulate(SortSpec(n_cells=n_cells)), "x"))
    assert lane["null_band"] is None
    assert (lane["n"], lane["n_swaps"], len(lane["height"])) == (n_cells, 0, n_cells)


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ((0, 5, 10), (0.0, 0.5, 1.0)),
        ((5, 10), (0.5, 1.0)),  # bars stand on zero when no value is negative
        ((-10, 0, 10), (0.0, 0.5, 1.0)),
        ((-3, -3), (1.0, 1.0)),
        ((0, 0), (1.0, 1.0)),
        ((float("inf"), 0, 7), (1.0, 0.0, 0.5)),  # by rank: no height is infinite
        (("b", "a", "c"), (0.5, 0.0, 1.0)),
        ((-1.7e308, 1.7e308), (0.0, 1.0)),
        ((5e-324, 0.0), (1.0, 0.0)),
    ],
)
def test_bars_are_as_high_as_their_values(values, shares):
    heights = bar_heights(simulate(SortSpec(own_values=values)))
    np.testing.assert_allclose(heights, 0.02 + 0.98 * np.array(shares), atol=1e-6)
    assert heights.dtype == np.float32


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_higher_value_never_has_a_lower_bar(values):
    run = simulate(SortSpec(own_values=tuple(values), max_swaps=0))
    heights = bar_heights(run)
    assert ((heights >= 0.0199) & (heights <= 1.0001)).all()
    assert (np.diff(heights[np.argsort(run.rank)]) >= 0).all()


def test_labels_from_outside_are_cleaned(read):
    run = simulate(SortSpec(own_values=("a\u202eb", "x" * 5000)))
    labels = read(lane_payload(run, "x"))["labels"]
    assert "\u202e" not in labels[0]
    assert len(labels[1]) < 300


# Live -------------------------------------------------------------------------------------------


@pytest.fixture
def frame(spec) -> SortFrame:
    return next(item for item in RUN.frames(spec) if isinstance(item, SortFrame))


def test_a_live_moment_is_its_step_a_time_and_the_order(frame):
    data = live_bytes(frame)
    assert int.from_bytes(data[:4], "little") == frame.step
    order = np.frombuffer(data, frame.order.dtype, offset=16)
    np.testing.assert_array_equal(order, frame.order)
    assert len(data) <= 1024
    assert np.frombuffer(data, "<f8", 1, 8)[0] > 1.6e12  # milliseconds since 1970


def test_a_live_lane_has_what_a_finished_one_has(read, frame, trajectory):
    live, done = read(live_lane_payload(frame)), read(lane_payload(trajectory, "x"))
    assert set(live) == set(done)
    assert live["n"] == 24
    np.testing.assert_array_equal(live["home"], done["home"])
    np.testing.assert_array_equal(live["rank"], done["rank"])
    assert live["errors"].tolist() == [done["errors"][0]]
    assert live["same_type"][0] == pytest.approx(done["same_type"][0])


@pytest.mark.parametrize("n_cells", [0, 1])
def test_a_live_lane_of_next_to_nothing(read, n_cells):
    items = list(RUN.frames(SortSpec(n_cells=n_cells)))
    lane = read(live_lane_payload(items[0]))
    assert (lane["n"], len(lane["height"])) == (n_cells, n_cells)
