"""What the save buttons give, say and start."""

from __future__ import annotations

import io
import threading

import numpy as np
import pandas as pd
import pytest

from engines.sorting import cycle_of, simulate, trace
from engines.sorting.model import AlgotypeShare, SortSpec, TraceSpec
from views.sorting.exports import ITEMS
from views.sorting.moments import position_of, step_at

CONFLICT = SortSpec(
    n_cells=30,
    algotypes=(
        AlgotypeShare(algotype="bubble"),
        AlgotypeShare(algotype="insertion", descending=True),
    ),
    seed=7,
)


def click(view, cell, step):
    view.canvas._handle_msg({"kind": "click", "lane": 0, "cell": cell, "step": step})


def press(view, action):
    view.inspect.facts._handle_msg({"kind": "action", "id": action})


def section(view, title):
    return next(s for s in view.inspect.facts.sections if s.get("title", "").startswith(title))


def said(view):
    return [notice["text"] for notice in view.notices.notices]


def test_every_button_says_in_a_title_what_it_saves():
    assert {item["id"] for item in ITEMS} >= {"csv", "npz", "json", "cell", "gif", "movie"}
    assert all(len(item["title"]) > 15 for item in ITEMS)


async def test_the_moves_of_the_selected_cell_are_saved(done, compute):
    assert done.saves.save("cell") is None
    assert said(done) == ["No cell is selected; click a bar first, then save its moves."]
    click(done, 5, 7)
    await compute.settle()
    name, data = done.saves.save("cell")
    run = done.shown[0][1]
    way = trace(run, 5)
    table = pd.read_csv(io.BytesIO(data))
    assert name == f"sorting-{run.spec.digest()[:8]}-cell-5.csv"
    for column in ("step", "from", "to"):
        expected = {"step": way.step, "from": way.source, "to": way.target}[column]
        assert table[column].tolist() == expected.tolist()


async def test_a_gif_is_made_in_another_thread_and_handed_over(done):
    assert done.saves.save("gif") is None
    for thread in threading.enumerate():
        if thread.name == "sorting-gif":
            thread.join(20)
    assert done.saves.row.filename.endswith(".gif")
    assert done.saves.row.content.startswith(b"GIF89a")


async def test_a_film_is_the_browsers_work(done):
    assert done.saves.save("movie") is None
    assert done.canvas.n_movies == 1
    done.canvas._handle_msg({"kind": "no film"})
    assert said(done)[-1] == "This browser records no films; save the run as a GIF instead."


async def test_a_cells_way_is_asked_for_once_and_its_moves_lead_there(done, compute):
    click(done, 5, 7)
    await compute.settle()
    click(done, 5, 30)
    await compute.settle()
    run = done.shown[0][1]
    assert compute.asked(TraceSpec) == [TraceSpec(run=run.spec, cell=5, n_steps=run.n_steps)]
    way, moves = trace(run, 5), section(done, "Its moves")
    made = int((way.step <= 30).sum())
    (current,) = [row for row in moves["rows"] if row[0]["current"]]
    assert current[0]["action"] == f"at {way.step[made - 1]}"
    press(done, f"at {way.step[made]}")
    assert done.clock.seek_to == way.step[made]
    press(done, "at 123456")  # not offered
    assert done.clock.seek_to == way.step[made]


async def test_a_livelock_is_told_and_its_cycle_looped(view, compute):
    view.controls.take(CONFLICT)
    view.run()
    await compute.settle()
    cycle = cycle_of(view.shown[0][1])
    assert cycle is not None
    told = section(view, "Livelock")
    assert ["period", f"{cycle.period} swaps"] in told["rows"]
    press(view, "cycle")
    assert view.clock.loop == [cycle.start, cycle.end]
    assert section(view, "Livelock")["actions"][0]["on"]
    press(view, "cycle")
    assert view.clock.loop == []
    assert not section(view, "Livelock")["actions"][0]["on"]


@pytest.mark.parametrize("unit", ["swap", "activation", "percent"])
def test_a_clock_position_of_a_step_shows_that_step(unit):
    run = simulate(SortSpec(n_cells=20, seed=2))
    steps = np.arange(run.n_steps + 1)
    assert [step_at(run, position_of(run, int(s), unit), unit) for s in steps] == steps.tolist()
