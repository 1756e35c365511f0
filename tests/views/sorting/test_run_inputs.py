"""What the sorting view takes from people: own values, the mixture, links and the cursor."""

from __future__ import annotations

import pytest

from engines.sorting import AlgotypeShare, SortSpec, Trajectory
from views.sorting.run import SortingView

BUBBLE = SortSpec(n_cells=20, algotypes="bubble", seed=3)


def click(view: SortingView, cell: int, step: int, lane: int = 0) -> None:
    view.canvas._handle_msg({"kind": "click", "lane": lane, "cell": cell, "step": step})


def trajectory(view: SortingView, lane: int = 0) -> Trajectory:
    return view.shown[lane][1]


# Own values and the mixture ---------------------------------------------------------------------


async def test_pasted_values_are_run_as_they_are(view, compute):
    view.extra_controls()
    view.controls.value_mode = "own"
    assert view.own_values.panel.visible
    view.own_values.upload._handle_msg({"kind": "text", "text": "3, 1, 4, 1, 5, 9, 2.5"})
    await compute.settle()
    run = trajectory(view)
    assert run.spec.own_values == (3, 1, 4, 1, 5, 9, 2.5)
    assert run.value.tolist() == [3, 1, 4, 1, 5, 9, 2.5]
    assert run.value[run.at(run.n_steps).order].tolist() == [1, 1, 2.5, 3, 4, 5, 9]
    assert view.own_values.upload.note == "7 values"


async def test_values_that_cannot_be_sorted_are_a_sentence(view, compute):
    view.own_values.upload._handle_msg({"kind": "text", "text": ""})
    assert compute.jobs == []
    assert view.notices.notices[-1]["tone"] == "bad"
    assert view.own_values.upload.note


async def test_what_is_brought_last_counts_though_a_file_is_still_being_read(view, compute):
    bring = view.own_values
    bring._read("slow.csv", b"x\n1\nnan\n")
    number = bring._n_brought
    bring.upload._handle_msg({"kind": "text", "text": "3, 1, 2"})
    await bring._read_file("slow.csv", b"x\n1\nnan\n", number)
    await bring._read_file("slow.csv", b"x\n1\n5\n", number)
    await compute.settle()
    assert bring.upload.note == "3 values"
    assert trajectory(view).spec.own_values == (3, 1, 2)


def test_the_mixture_follows_the_controls_and_they_follow_it(view):
    assert [row["parts"] for row in view.mix.shares] == [1, 0, 0]
    rows = [dict(row) for row in view.mix.shares]
    rows[2].update(parts=3, descending=True)
    view.mix.shares = rows
    assert view.controls.spec().algotypes == (
        AlgotypeShare(algotype="bubble", parts=1),
        AlgotypeShare(algotype="selection", parts=3, descending=True),
    )
    view.controls.algotypes = (AlgotypeShare(algotype="insertion", parts=2),)
    assert [row["parts"] for row in view.mix.shares] == [0, 2, 0]


@pytest.mark.parametrize(
    "rows", [[{"name": "magic", "parts": 1, "descending": False}], [{"parts": 1}], [7], [{}]]
)
def test_a_mixture_that_makes_no_sense_is_put_back(view, rows):
    view.mix.shares = rows
    assert view.controls.spec() == BUBBLE
    assert [row["parts"] for row in view.mix.shares] == [1, 0, 0]


def test_exact_numbers_of_cells_are_shown_as_parts_and_kept(compute):
    exact = {"bubble": 6, "selection": 4}
    view = SortingView("sorting/run", compute, spec=SortSpec(n_cells=10, algotypes=exact))
    assert [row["parts"] for row in view.mix.shares] == [6, 0, 4]
    assert view.controls.spec() == SortSpec(n_cells=10, algotypes=exact)


@pytest.mark.parametrize(
    "algotypes",
    [
        {"bubble": 6, "selection": 14},
        (AlgotypeShare(), AlgotypeShare(descending=True)),
        (AlgotypeShare(), AlgotypeShare()),
    ],
    ids=["exact cells", "one algotype both ways", "one algotype twice"],
)
def test_a_spec_that_rows_cannot_say_is_taken_as_it_is(view, algotypes):
    spec = BUBBLE.replace(algotypes=algotypes)
    view.take(spec)
    assert view.controls.spec() == spec


# What a link keeps ------------------------------------------------------------------------------


async def test_a_selection_comes_back(done, compute):
    assert done.selection() == {}
    click(done, 5, 7)
    done.clock.position = 9
    done.tools.compare.value = "algotypes"
    done.canvas.param.update(colour="value", history="displacement", clock_unit="percent")
    await compute.settle()
    kept = done.selection()
    assert kept == {
        "compare": "algotypes",
        "colour": "value",
        "history": "displacement",
        "clock": "percent",
        "cell": 5,
        "at": 9,
    }
    other = SortingView("sorting/run", compute, owner="you", spec=BUBBLE)
    other.select(kept)
    assert len(compute.jobs) == len([job for job in compute.jobs if job.owner == "me"])
    other.restore_run()
    await compute.settle()
    assert other.clock.seek_to == 9
    other.clock.position = 9  # as the browser tells
    assert other.selection() == kept
    assert len(other.shown) == 3


@pytest.mark.parametrize(
    "nonsense",
    [
        {"cell": "5", "at": None, "colour": "loud", "compare": 7, "other": []},
        {"cell": -4, "at": -1},
        {"cell": 10**2000, "at": 10**2000},
        {"cell": True, "at": True},
        {"colour": ["value"]},
    ],
)
def test_nonsense_in_a_link_selects_nothing(view, nonsense):
    view.select(nonsense)
    assert view.selection() == {}
    assert (view.canvas.selected, view.clock.seek_to) == (-1, -1)


async def test_the_cursor_says_which_moment_is_looked_at(done, compute):
    run = trajectory(done)
    click(done, 5, 0)
    for unit, position, step in (
        ("swap", 12, 12),
        ("swap", 10**9, run.n_steps),
        ("activation", int(run.activation[8]), 9),
        ("activation", int(run.activation[8]) - 1, 8),
        ("percent", 500, run.n_steps // 2),
        ("percent", 1000, run.n_steps),
    ):
        done.canvas.clock_unit = unit
        done.clock.position = -1
        done.clock.position = position
        await compute.settle()
        assert done.inspect.step == step, unit
