"""The sorting view without a browser: messages in, runs by `InProcess`, payloads out."""

from __future__ import annotations

import asyncio
import gc
import weakref

import numpy as np
import pytest

from engines.running.compute import Status
from engines.sorting import Edit, SortSpec, simulate
from engines.sorting.experiments.arrays.compare import CompareSpec
from engines.sorting.model import IMMOVABLE, CellSpec, EnsembleSpec, LiveSpec, Trajectory
from views.sorting import inspector
from views.sorting.run import SortingView

BUBBLE = SortSpec(n_cells=20, algotypes="bubble", seed=3)


def click(view: SortingView, cell: int, step: int, lane: int = 0) -> None:
    view.canvas._handle_msg({"kind": "click", "lane": lane, "cell": cell, "step": step})


def said(view: SortingView) -> list[str]:
    return [notice["text"] for notice in view.notices.notices]


def trajectory(view: SortingView, lane: int = 0) -> Trajectory:
    return view.shown[lane][1]


async def test_a_run_sends_its_trajectory_once(done, read):
    (data,) = done.canvas.lanes
    lane = read(data)
    expected = simulate(BUBBLE)
    np.testing.assert_array_equal(lane["left"], expected.left)
    np.testing.assert_array_equal(lane["rank"], expected.rank)
    assert done.canvas.frame == b""
    assert done.canvas.autoplay
    assert (done.heading.title, done.heading.detail) == ("Bubble", "20 cells · burst 7 · seed 3")


async def test_before_the_first_run_a_click_does_nothing(view, compute):
    click(view, 3, 0)
    view.inspect.facts._handle_msg({"id": "undo"})
    assert compute.jobs == []
    assert view.saves.save("csv") is None
    assert said(view) == ["There is nothing to save yet; press Run first."]


async def test_a_click_asks_about_the_cell_at_its_moment(done, compute):
    click(done, 5, 7)
    await compute.settle()
    assert compute.asked(CellSpec) == [CellSpec(run=BUBBLE, cell=5, step=7)]
    report = done.inspect.report
    order = trajectory(done).at(7).order
    assert order[report.position] == 5
    section = done.inspect.facts.sections[0]
    assert section["title"] == "Cell 5"
    assert ["position", report.position] in section["rows"]
    assert section["sentence"] == report.sentence
    assert done.canvas.selected == 5


@pytest.mark.parametrize(("cell", "lane"), [(20, 0), (-1, 0), (3, 1), (3, 9)])
async def test_a_click_beside_the_array_is_passed_over(done, compute, cell, lane):
    click(done, cell, 0, lane)
    assert compute.asked(CellSpec) == []
    assert done.canvas.selected == -1


async def test_a_click_with_the_freeze_tool_starts_a_branch_with_the_same_past(done, compute):
    before = trajectory(done)
    done.tools.tool.value = "freeze"
    click(done, 4, 11)
    await compute.settle()
    after = trajectory(done)
    (edit,) = after.spec.edits
    assert (edit.at_swap, edit.kind, edit.cell) == (11, "freeze", 4)
    assert after.spec.replace(edits=()) == BUBBLE
    np.testing.assert_array_equal(after.left[:11], before.left[:11])
    assert after.at(11).frozen[4] == IMMOVABLE
    assert done.canvas.keep_position
    assert not done.canvas.autoplay
    assert "branch with 1 edit by hand" in done.heading.detail


async def test_freezing_again_thaws_and_undo_leads_back(done, compute):
    done.tools.tool.value = "freeze"
    click(done, 4, 11)
    await compute.settle()
    click(done, 4, 11)
    await compute.settle()
    assert [edit.kind for edit in trajectory(done).spec.edits] == ["freeze", "unfreeze"]
    for n_left in (1, 0):
        done.inspect.facts._handle_msg({"id": "undo"})
        await compute.settle()
        assert len(trajectory(done).spec.edits) == n_left
    assert trajectory(done).spec == BUBBLE
    done.inspect.facts._handle_msg({"id": "undo"})  # not offered any more
    await compute.settle()
    assert trajectory(done).spec == BUBBLE


async def test_the_inspectors_buttons_change_the_cell(done, compute):
    click(done, 2, 5)
    await compute.settle()
    done.inspect.facts._handle_msg({"id": "become selection"})
    await compute.settle()
    assert trajectory(done).at(5).algotype[2] == 2
    click(done, 2, 5)
    await compute.settle()
    done.inspect.facts._handle_msg({"id": "freeze"})
    await compute.settle()
    assert trajectory(done).at(5).frozen[2] == IMMOVABLE


async def test_two_clicks_with_the_swap_tool_swap_two_cells(done, compute):
    done.tools.tool.value = "swap"
    click(done, 2, 6)
    await compute.settle()
    assert done.canvas.partner == 2
    assert said(done) == ["Cell 2 is picked; click the cell to swap it with."]
    click(done, 9, 6)
    await compute.settle()
    (edit,) = trajectory(done).spec.edits
    assert (edit.at_swap, edit.kind, edit.cell, edit.other) == (6, "swap", 2, 9)
    assert done.canvas.partner == -1


async def test_a_cell_is_not_swapped_with_itself(done, compute):
    click(done, 2, 6)
    await compute.settle()
    done.inspect.facts._handle_msg({"id": "swap with"})
    assert done.canvas.partner == 2
    click(done, 2, 6)
    await compute.settle()
    assert trajectory(done).spec.edits == ()
    assert done.canvas.partner == -1


async def test_what_a_traditional_run_cannot_have_is_a_notice(compute):
    view = SortingView("sorting/run", compute, spec=BUBBLE.replace(control="traditional"))
    view.run()
    await compute.settle()
    click(view, 2, 1)
    await compute.settle()
    view.inspect.facts._handle_msg({"id": "become selection"})
    await compute.settle()
    assert "no algotype to change" in said(view)[-1]
    assert trajectory(view).spec.edits == ()


async def test_a_press_of_run_begins_again_without_edits(done, compute):
    done.tools.tool.value = "freeze"
    click(done, 4, 11)
    await compute.settle()
    done.runner.bar._handle_msg({"kind": "run"})
    await compute.settle()
    assert trajectory(done).spec == BUBBLE
    assert done.controls.edits == ()


async def test_a_link_with_edits_is_run_with_them(compute):
    spec = BUBBLE.replace(edits=(Edit(at_swap=3, cell=1),))
    view = SortingView("sorting/run", compute, spec=spec)
    view.restore_run()
    await compute.settle()
    assert trajectory(view).spec == spec


# Side by side -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comparison", "n_lanes"),
    [("algotypes", 3), ("schedulers", 4), ("cell view and traditional", 2)],
)
async def test_a_comparison_is_one_job_and_a_lane_each(done, compute, read, comparison, n_lanes):
    done.tools.compare.value = comparison
    await compute.settle()
    (asked,) = compute.asked(CompareSpec)
    lanes = [read(data) for data in done.canvas.lanes]
    assert len(asked.runs) == len(lanes) == n_lanes
    assert len({lane["title"] for lane in lanes}) == n_lanes
    for lane in lanes[1:]:
        np.testing.assert_array_equal(lane["rank"], lanes[0]["rank"])
    assert done.heading.title == comparison.capitalize()
    section = next(s for s in done.inspect.facts.sections if "side by side" in s.get("title", ""))
    swaps = next(row for row in section["rows"] if row[0] == "swaps")
    assert swaps[1:] == [f"{t.n_swaps:,}" for _, t in done.shown]


async def test_the_titles_are_those_of_the_runs_also_when_knobs_moved_meanwhile(
    done, compute, read
):
    done.tools.compare.value = "algotypes"
    done.controls.n_frozen = done.controls.n_cells + 1  # does not fit; the job is on its way
    await compute.settle()
    titles = [read(data)["title"] for data in done.canvas.lanes]
    assert titles == ["bubble", "insertion", "selection"]
    assert done.heading.title == "Algotypes"


async def test_a_comparison_that_cannot_be_is_a_notice(done, compute):
    n_jobs = len(compute.jobs)
    done.tools.compare.value = "whole and broken"
    assert len(compute.jobs) == n_jobs
    assert "nothing is broken yet" in said(done)[-1]
    assert done.runner.bar.status == "failed"


async def test_an_edit_in_one_lane_leaves_the_others_alone(done, compute):
    done.tools.compare.value = "algotypes"
    await compute.settle()
    before = [t.spec for _, t in done.shown]
    names = [name for name, _ in done.shown]
    done.tools.tool.value = "freeze"
    click(done, 4, 2, lane=1)
    await compute.settle()
    after = [t.spec for _, t in done.shown]
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] == before[1].replace(edits=(Edit(at_swap=2, cell=4),))
    assert [name for name, _ in done.shown] == names
    done.run()
    await compute.settle()
    assert [t.spec for _, t in done.shown] == before


async def test_fewer_lanes_than_before_leave_no_click_in_the_air(done, compute):
    done.tools.compare.value = "schedulers"
    await compute.settle()
    click(done, 4, 2, lane=3)
    await compute.settle()
    done.tools.compare.value = "one array"
    await compute.settle()
    assert done.lane == 0
    assert len(done.shown) == 1
    assert done.inspect.trajectory is trajectory(done)


# Live -------------------------------------------------------------------------------------------


async def test_a_live_run_shows_moments_and_then_its_trajectory(view, compute, read):
    sent: list[bytes] = []
    lanes: list[list[bytes]] = []
    view.canvas.param.watch(lambda event: sent.append(event.new), "frame")
    view.canvas.param.watch(lambda event: lanes.append(event.new), "lanes")
    view.live.value = True
    view.live_speed.value = 1e5
    view.run()
    await compute.settle()
    assert compute.asked(LiveSpec) == [LiveSpec(run=BUBBLE, swaps_per_second=1e5)]
    steps = [int.from_bytes(data[:4], "little") for data in sent if data]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] == trajectory(view).n_steps
    assert sent[-1] == b""
    assert [read(payloads[0])["stop"] for payloads in lanes] == ["running", "sorted"]
    assert view.canvas.start_at >= trajectory(view).n_steps
    assert not view.canvas.autoplay


@pytest.mark.parametrize("change", [{"n_cells": 11}, {"seed": 4}, {"value_mode": "reversed"}])
async def test_a_live_run_of_another_array_is_drawn_with_its_own_cells(done, compute, read, change):
    done.controls.param.update(**change)
    done.live.value = True
    job = done.run()
    while job.frame is None:
        await asyncio.sleep(0)
    (lane,) = map(read, done.canvas.lanes)
    np.testing.assert_array_equal(lane["rank"], job.frame.rank)
    compute.cancel(job)  # its moment stays on the canvas
    done.controls.param.update(n_cells=7, seed=9)
    job = done.run()
    while job.frame is None:
        await asyncio.sleep(0)
    (lane,) = map(read, done.canvas.lanes)
    np.testing.assert_array_equal(lane["rank"], job.frame.rank)
    assert len(done.canvas.frame) == 16 + job.frame.order.nbytes
    compute.cancel(job)


async def test_a_branch_keeps_its_lane_while_it_is_computed(done, compute):
    lanes: list[list[bytes]] = []
    done.canvas.param.watch(lambda event: lanes.append(event.new), "lanes")
    done.tools.tool.value = "freeze"
    click(done, 4, 11)
    await compute.settle()
    assert len(lanes) == 1  # the branch itself: nothing in between moves the cursor


def test_the_live_speed_is_shown_with_the_switch(view):
    assert not view.live_speed.visible
    view.live.value = True
    assert view.live_speed.visible


# Numbers ----------------------------------------------------------------------------------------


async def test_the_mean_of_many_runs_is_asked_for_once_somebody_wants_it(
    done, compute, monkeypatch
):
    monkeypatch.setattr(inspector, "N_RUNS", 12)
    assert compute.asked(EnsembleSpec) == []
    done.inspect.facts._handle_msg({"id": "ensemble"})
    await compute.settle()
    assert compute.asked(EnsembleSpec) == [EnsembleSpec(run=BUBBLE, n_runs=12, control=False)]
    ledgers = next(s for s in done.inspect.facts.sections if s.get("title") == "Ledgers")
    assert ledgers["columns"][-1] == "mean of 12"
    mean = np.mean([simulate(BUBBLE.replace(seed=BUBBLE.seed + r)).n_swaps for r in range(12)])
    assert ledgers["rows"][0][-1].startswith(f"{mean:,.0f} ±")
    done.controls.seed = 99  # means of another setting are not shown
    done.run()
    await compute.settle()
    ledgers = next(s for s in done.inspect.facts.sections if s.get("title") == "Ledgers")
    assert ledgers["columns"] == ["", "this run"]


async def test_files_are_of_the_lane_that_is_looked_at(done, compute):
    done.tools.compare.value = "algotypes"
    await compute.settle()
    click(done, 1, 0, lane=2)
    name, data = done.saves.save("json")
    assert SortSpec.from_json(data) == done.shown[2][1].spec
    assert name.startswith("sorting-")


async def test_a_run_that_will_stop_at_its_budget_says_so_before(view, compute):
    view.controls.max_swaps = 10
    view.run()
    assert said(view) == [
        "About 95 swaps are expected; the run will stop at the budget of 10. "
        "Raise Swap budget under Limits to see it end."
    ]
    await compute.settle()
    assert trajectory(view).stop == "budget"


async def test_nothing_is_held_alive_after_the_session(compute):
    view = SortingView("sorting/run", compute, owner="me", spec=BUBBLE)
    view.__panel__()
    view.run()
    await compute.settle()
    click(view, 4, 2)
    view.tools.compare.value = "algotypes"
    await compute.settle()
    job = view.run()  # one that never ends well
    view.close()
    assert job.state.status is Status.CANCELLED
    gone = weakref.ref(view)
    del view
    gc.collect()
    assert gone() is None
    assert len(compute.jobs) >= 4
